"""Bytes are dropped when retention is over, and the ledger stays sound."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from entries import AT, entry, post, standing
from old_ledger import execute, rows_of
from sqlalchemy import event

from adapter.agreement import Agreement
from adapter.catalogue import Catalogue
from adapter.ledger import Change, Ledger, Outcome
from adapter.ledger.engine import micros
from adapter.ledger.retention import Retention, latest, today

AGREEMENTS = Catalogue.open().agreements
RETENTION = Retention.of(AGREEMENTS)
ISSUED = date(2026, 3, 1)
CAME = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
LAST = datetime(2031, 3, 1, tzinfo=UTC)
"""Midnight at the beginning of the last day that the certificate is kept."""
OVER = LAST + timedelta(days=1, hours=12)
"""When that day has ended everywhere."""


@pytest.fixture
def kept(ledger: Ledger) -> Ledger:
    """A certificate that was sent and confirmed, an answer about it, and one that died about nothing."""
    certificate = replace(standing("c"), key="KEYC", number="KEY-C", issued_on=ISSUED)
    about = replace(entry("d"), key="KEYC", number="KEY-C", agreement="ik-cepa")
    ledger.write([Outcome(about, (post("m", b"<a>" * 200, "c"), post("n")), certificate)], [], CAME)
    answer = replace(entry("e"), key="KEYC", number="KEY-C", source="ID")
    ledger.write([Outcome(answer, changes=(Change("c", "accepted", ("issued",)),))], ["m", "n"], CAME)
    ledger.write([Outcome(entry("x", "read"))], [], AT)
    return ledger


def bytes_of(url: str) -> dict[str, bool]:
    """Whether the bytes of each delivery and message are there."""
    deliveries = {row["id"]: row["body"] is not None for row in rows_of(url, "deliveries")}
    return deliveries | {row["id"]: row["coding"] != "dropped" for row in rows_of(url, "bodies")}


def counted(ledger: Ledger, at: datetime, apply: bool = False) -> dict[str, tuple[int, int]]:
    pruned = ledger.prune(RETENTION, at, apply)
    return {name: (pruned.deliveries[name], pruned.messages[name]) for name in sorted(pruned.bytes)}


def test_a_dry_run_says_what_would_go_and_drops_nothing(kept: Ledger, ledger_url: str) -> None:
    before = [rows_of(ledger_url, table) for table in ("deliveries", "outbox", "bodies", "journal", "anchors")]
    assert counted(kept, OVER) == {"ik-cepa": (2, 2)}
    assert [rows_of(ledger_url, table) for table in ("deliveries", "outbox", "bodies", "journal", "anchors")] == before


def test_what_is_over_loses_its_bytes_and_nothing_else(kept: Ledger, ledger_url: str) -> None:
    before = kept.deliveries(), kept.messages_of("KEY-C"), kept.standings(), kept.history("c")
    assert [len(each) for each in before] == [3, 2, 1, 2]
    assert counted(kept, OVER, apply=True) == {"ik-cepa": (2, 2)}
    assert bytes_of(ledger_url) == {"d": False, "e": False, "x": True, "m": False, "n": False}
    assert all(each.dropped_at == OVER for each in kept.deliveries_of("KEY-C") + kept.messages_of("KEY-C"))
    after = (
        [replace(each, dropped_at=None) for each in kept.deliveries()],
        [replace(each, dropped_at=None) for each in kept.messages_of("KEY-C")],
    )
    assert (*after, kept.standings(), kept.history("c")) == before


def test_the_ledger_is_sound_before_and_after(kept: Ledger) -> None:
    assert kept.verify().findings == []
    kept.prune(RETENTION, OVER, apply=True)
    assert kept.verify().findings == []
    kept.prune(RETENTION, OVER + timedelta(days=400), apply=True)
    proof = kept.verify()
    assert (proof.findings, proof.checked["deliveries"], proof.checked["messages"]) == ([], 3, 2)


def test_the_last_day_is_kept_to_its_end_wherever_that_is(kept: Ledger) -> None:
    for at in (LAST, LAST + timedelta(hours=35, minutes=59)):
        assert counted(kept, at, apply=True) == {}
    assert counted(kept, LAST + timedelta(hours=36)) == {"ik-cepa": (2, 2)}


def test_what_belongs_to_no_certificate_is_kept_for_the_longest_from_receipt(kept: Ledger) -> None:
    assert RETENTION.longest == 5
    assert "" not in counted(kept, datetime(2031, 3, 3, 11, 59, tzinfo=UTC))
    assert counted(kept, datetime(2031, 3, 3, 12, 1, tzinfo=UTC), apply=True)[""] == (1, 0)
    assert kept.deliveries_of("KEY-C")[0].dropped_at is not None


def test_what_came_later_than_its_certificate_was_issued_is_kept_from_when_it_came(kept: Ledger) -> None:
    late = CAME.replace(year=2030)
    kept.write([Outcome(replace(entry("again"), key="KEYC"), (post("answer"),))], [], late)
    kept.settle(["answer"], [], late)
    assert counted(kept, OVER + timedelta(days=9), apply=True) == {"": (1, 0), "ik-cepa": (2, 2)}
    assert counted(kept, late.replace(year=2035)) == {}
    assert counted(kept, late.replace(year=2035) + timedelta(days=2)) == {"ik-cepa": (1, 1)}


def test_an_old_certificate_that_came_today_is_not_dropped_today(ledger: Ledger) -> None:
    old = replace(standing("c"), key="KEYC", issued_on=date(2011, 3, 1))
    ledger.write([Outcome(replace(entry("d"), key="KEYC"), (post("m", certificate="c"),), old)], [], AT)
    ledger.settle(["m"], [], AT)
    assert counted(ledger, AT + timedelta(minutes=5)) == {}
    assert counted(ledger, AT.replace(year=2031) + timedelta(days=2)) == {"ik-cepa": (1, 1)}


def test_answers_that_cannot_be_sent_again_are_named(kept: Ledger) -> None:
    assert kept.unanswerable(["d", "e", "x"]) == []
    kept.prune(RETENTION, OVER, apply=True)
    assert kept.unanswerable(["d", "e", "x"]) == ["d"]


def test_nothing_is_dropped_twice(kept: Ledger) -> None:
    assert counted(kept, OVER, apply=True) == {"ik-cepa": (2, 2)}
    assert counted(kept, OVER, apply=True) == {}


def test_an_exchange_of_which_a_message_is_open_is_left_alone(kept: Ledger, ledger_url: str) -> None:
    feedback = replace(entry("f"), key="KEYC")
    kept.write([Outcome(feedback, (post("late", certificate="c", direct=False),))], [], AT)
    kept.write([Outcome(entry("y", "read"), (post("refusal"),))], [], AT)
    assert counted(kept, OVER + timedelta(days=9), apply=True) == {"": (1, 0)}  # x alone
    kept.settle(["late", "refusal"], [], OVER)
    assert counted(kept, OVER + timedelta(days=9), apply=True) == {"": (1, 1), "ik-cepa": (3, 3)}
    assert not any(bytes_of(ledger_url).values())


def test_a_message_without_its_bytes_is_not_sent_again(kept: Ledger) -> None:
    kept.prune(RETENTION, OVER, apply=True)
    kept.write([Outcome(entry("g"), again=("m",))], [], OVER)
    assert kept.lease_due(OVER, 10, 10**9).waiting == []
    assert kept.verify().findings == []


def test_a_message_decided_again_brings_no_bytes_back(kept: Ledger, ledger_url: str) -> None:
    kept.prune(RETENTION, OVER, apply=True)
    kept.write([Outcome(entry("g"), (post("m", b"other bytes", "c", direct=False),))], [], OVER)
    assert bytes_of(ledger_url)["m"] is False
    assert kept.verify().findings == []


def test_of_several_certificates_under_one_number_the_latest_counts(kept: Ledger) -> None:
    copy = replace(standing("c2"), key="KEYC", version="true_copy", issued_on=date(2026, 9, 1))
    kept.write([Outcome(entry("h"), certificate=copy)], [], AT)
    assert counted(kept, OVER) == {}
    assert set(counted(kept, datetime(2031, 9, 3, tzinfo=UTC))) == {"", "ik-cepa"}


def test_a_certificate_of_which_no_day_of_issue_is_known_is_kept_from_receipt(kept: Ledger, ledger_url: str) -> None:
    execute(ledger_url, f"UPDATE certificates SET issued_on = NULL, received_at = {micros(AT)}")
    assert counted(kept, OVER) == {}
    assert counted(kept, OVER + timedelta(days=1)) == {"": (1, 0), "ik-cepa": (2, 2)}


def test_an_agreement_that_says_no_years_keeps_everything(kept: Ledger) -> None:
    silent = {
        name: Agreement.model_validate(each.model_dump() | {"retention": ()}) for name, each in AGREEMENTS.items()
    }
    others = Retention(MappingProxyType(silent), 5)
    assert kept.prune(others, OVER + timedelta(days=9), apply=False).deliveries == {"": 1}
    with pytest.raises(ValueError, match="no agreement says"):
        Retention.of(silent)


def test_more_than_one_transaction_holds_goes_bit_by_bit(ledger: Ledger) -> None:
    ids = [f"{place:05d}" for place in range(1_200)]
    ledger.write([Outcome(entry(id, "read")) for id in ids], [], AT)
    asked: list[str] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert counted(ledger, OVER + timedelta(days=9), apply=True) == {"": (1_200, 0)}
    assert len([statement for statement in asked if statement.startswith("INSERT INTO journal")]) == 3
    assert [statement for statement in asked if statement.startswith("SELECT") and ".body," in statement] == []
    assert ledger.verify().findings == []


def test_progress_is_told_up_to_the_end(kept: Ledger) -> None:
    told: dict[str, tuple[int, int]] = {}
    kept.prune(RETENTION, OVER, False, lambda what, done, of: told.update({what: (done, of)}))
    assert told == {"deliveries": (3, 3), "outbox": (2, 2)}


@pytest.mark.parametrize("agreement", AGREEMENTS)
def test_every_agreement_says_how_long_records_are_kept(agreement: str) -> None:
    assert RETENTION.last_day(agreement, date(2024, 2, 29), CAME.replace(year=2023)) == date(2029, 2, 28)


def test_an_agreement_that_nobody_knows_keeps_everything() -> None:
    assert RETENTION.last_day("nobody", ISSUED, CAME) is None
    assert latest([ISSUED, None]) is None
    assert latest([ISSUED, date(2027, 1, 1)]) == date(2027, 1, 1)


def test_it_is_tomorrow_only_when_it_is_so_everywhere() -> None:
    assert today(datetime(2026, 3, 2, 11, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert today(datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_what_died_keeps_all_bytes_of_its_exchange_until_it_is_given_up(kept: Ledger) -> None:
    late = replace(entry("again"), key="KEYC", number="KEY-C")
    kept.write([Outcome(late, (post("cancel", certificate="c", direct=False),))], [], CAME)
    kept.settle([], [], CAME, declined=[("cancel", "END-01", "it answers 422")])
    assert counted(kept, OVER) == {}
    kept.give_up(["cancel"], CAME)
    assert counted(kept, OVER, apply=True) == {"ik-cepa": (3, 3)}
    assert kept.verify().findings == []
