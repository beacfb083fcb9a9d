"""`eodes deadlines` and `eodes ledger numbers`, read aloud."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from entries import entry, post, standing
from shell import eodes, said

from adapter.ledger import Ledger, Outcome, VerificationStep

# Six in the evening in Seoul, still Monday everywhere.
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Past midnight in Seoul, still the evening of the 2nd in UTC.
LATE = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def ledger(monkeypatch, tmp_path):
    """A ledger that the commands look at."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    opened = Ledger.open(url)
    monkeypatch.setenv("EODES_DATABASE", url)
    yield opened
    opened.close()


def issue(ledger, id="c", issued=date(2025, 3, 20), state="issued", closed=True):
    """A certificate that went to Indonesia."""
    there = replace(standing(id, state), issued_on=issued, message=f"m-{id}")
    ledger.write([Outcome(entry(id), (post(f"m-{id}", certificate=id),), there)], [], AT)
    if closed:
        ledger.settle([f"m-{id}"], [], AT)


def ask(ledger, part="request", at=AT, step=1):
    """A question of Indonesia's about that certificate."""
    asked = VerificationStep(
        "V-1", "ID", step, part, False, "kcci", "ik-cepa", "KEY-c", "KEYc", "c", f"d{step}", None, at.date()
    )
    ledger.write([Outcome(entry(f"v{step}"), verifications=(asked,))], [], at)


def deadlines(*words):
    return said("deadlines", *words)["deadlines"]


def only(what, *words):
    (found,) = [each for each in deadlines(*words) if each["what"] == what]
    return found


def test_where_nothing_waits_nothing_is_due(ledger):
    result = eodes("deadlines")
    assert (result.exit_code, result.stdout) == (0, "nothing is overdue, and nothing due within 30 days\n")


def test_a_certificate_that_expires_soon_is_due(ledger):
    issue(ledger, state="accepted")
    due = only("expiry", "--on", "2026-03-02")
    assert (due["status"], due["due"], due["partner"], due["number"]) == ("due", "2026-03-20", "ID", "KEY-c")
    assert due["clause"] == "Article 3.18.3"


def test_a_true_copy_expires_with_its_original(ledger):
    first = replace(standing("k", "accepted"), issued_on=date(2025, 9, 1), valid_from=date(2025, 3, 20))
    ledger.write([Outcome(entry("k"), (), replace(first, form="true_copy", earlier="KEYc"))], [], AT)
    due = only("expiry", "--on", "2026-03-02")
    assert (due["due"], due["number"]) == ("2026-03-20", "KEY-k")
    assert due["clause"] == "Article 3.18.3; Article 3.16.7"


@pytest.mark.parametrize("on", ["2026-02-17", "2026-03-21"])
def test_a_certificate_that_expires_later_or_has_expired_is_not(ledger, on):
    issue(ledger, state="accepted")
    assert deadlines("--on", on) == []


def test_a_certificate_that_is_over_does_not_expire(ledger):
    issue(ledger, state="cancelled")
    assert deadlines("--on", "2026-03-02") == []


@pytest.mark.parametrize(("state", "what"), [("issued", "acknowledgement"), ("acknowledged", "response")])
def test_a_partner_that_does_not_answer_in_its_own_time_is_overdue(ledger, state, what):
    issue(ledger, state=state, issued=date(2026, 3, 2))
    due = only(what, "--on", "2026-03-02")
    assert (due["status"], due["by"]) == ("overdue", "ID")
    assert due["due"].startswith("2026-03-02T16:05" if what == "acknowledgement" else "2026-03-02T17:00")


def test_what_has_not_left_waits_for_no_answer(ledger):
    issue(ledger, closed=False, issued=date(2026, 3, 2))
    assert deadlines("--on", "2026-03-02") == []


def test_a_verification_is_due_two_months_after_it_came_in_the_issuers_own_days(ledger):
    issue(ledger, state="accepted", issued=date(2026, 3, 2))
    ask(ledger, at=LATE)
    due = only("verification_reply", "--within", "365", "--on", "2026-03-03")
    assert (due["due"], due["by"], due["partner"]) == ("2026-05-03", "kcci", "ID")
    assert due["clause"] == "Article 3.23.1(b)"


def test_a_verification_is_overdue_the_day_after(ledger):
    issue(ledger, state="accepted", issued=date(2026, 3, 2))
    ask(ledger)
    assert only("verification_reply", "--on", "2026-05-02")["status"] == "due"
    assert only("verification_reply", "--on", "2026-05-03")["status"] == "overdue"


def test_more_information_is_due_four_months_after_that_was_asked_for(ledger):
    issue(ledger, state="accepted", issued=date(2026, 3, 2))
    ask(ledger)
    ask(ledger, "information", step=2)
    assert only("verification_information", "--within", "365", "--on", "2026-03-03")["due"] == "2026-07-02"


def test_deadlines_are_listed_by_partner(ledger):
    issue(ledger, issued=date(2025, 3, 20))
    result = eodes("deadlines", "--on", "2026-03-02", "--partner", "id")
    assert result.exit_code == 0
    assert result.stdout.index("Overdue") < result.stdout.index("acknowledgement") < result.stdout.index("expiry")
    assert deadlines("--on", "2026-03-02", "--partner", "CN") == []


@pytest.mark.parametrize("words", [("--on", "2026-02-30"), ("--partner", "XX"), ("--within", "-1")])
def test_what_makes_no_sense_is_refused(ledger, words):
    assert eodes("deadlines", *words).exit_code == 2


# Numbers


def test_gaps_in_numbers_are_told(ledger):
    for serial in (1, 2, 5, 9):
        named = replace(standing(f"c{serial}"), number=f"K001-26-000000{serial}")
        ledger.write([Outcome(entry(f"d{serial}"), (), named)], [], AT)
    (series,) = said("ledger", "numbers")["series"]
    assert (series["form"], series["count"], series["missing"]) == ("K001-26-#", 4, [[3, 4], [6, 8]])
    result = eodes("ledger", "numbers")
    assert result.exit_code == 0
    assert "3-4, 6-8" in result.stdout
