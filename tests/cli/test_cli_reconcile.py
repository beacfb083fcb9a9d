"""`eodes reconcile`, read aloud."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import shelf
from entries import entry, post
from shell import eodes, said

from adapter import translate
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.ledger import Ledger, Outcome
from adapter.messages import Function, Header, Kind
from adapter.reconciliation import Counted, Reconciliation, Tally

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = AT.date()
BODY = b"<certificate/>"


@pytest.fixture
def ledger(monkeypatch, tmp_path):
    """A ledger with two certificates that left for Indonesia on the day."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    opened = Ledger.open(url)
    monkeypatch.setenv("EODES_DATABASE", url)
    opened.write([Outcome(entry("d"), (post("m-1"), post("m-2")))], [], AT)
    opened.settle(["m-1", "m-2"], [], AT)
    yield opened
    opened.close()


def tell(ledger, *counted, part=1, parts=1):
    """Indonesia says which messages it received on the day."""
    tally = Tally(kind="certificate", direction="received", count=len(counted), messages=counted)
    content = Reconciliation(day=DAY, part=part, parts=parts, tallies=(tally,))
    header = Header(
        id=f"r-{part}", kind=Kind.RECONCILIATION, function=Function.TELL, sender="ID", receiver="KR", sent_at=AT
    )
    body = translate.write(content, shelf.catalogue().system("ID"), shelf.catalogue(), header).body
    came = replace(
        entry(f"told-{part}"), source="ID", kind=Kind.RECONCILIATION.value, body=body, size=len(body),
        digest=digest(body),
    )  # fmt: skip
    ledger.write([Outcome(came)], [], AT + timedelta(days=1))


def counted(id, body=BODY):
    return Counted(id=id, digest=digest(body))


def test_a_day_on_which_both_have_the_same_agrees(ledger):
    tell(ledger, counted("m-1"), counted("m-2"))
    told = said("reconcile", "ID", "--day", str(DAY))
    assert (told["outcome"], told["differences"]) == ("agrees", [])
    assert told["counts"] == [{"kind": "certificate", "direction": "sent", "count": 2}]


def test_what_either_side_lacks_or_has_with_other_bytes_is_told_by_its_id(ledger):
    tell(ledger, counted("m-1", b"other"), counted("m-3"))
    result = eodes("reconcile", "ID", "--day", DAY)
    assert result.exit_code == 1
    told = said("reconcile", "ID", "--day", str(DAY))
    assert {(each["what"], each["id"]) for each in told["differences"]} == {
        ("other bytes", "m-1"), ("missing there", "m-2"), ("missing here", "m-3"),
    }  # fmt: skip
    for word in ("other bytes", "missing there", "missing here", "differs"):
        assert word in result.stdout


def test_a_partner_that_has_said_nothing_or_not_all_is_no_agreement(ledger):
    assert eodes("reconcile", "ID", "--day", DAY).exit_code == 3
    tell(ledger, counted("m-1"), counted("m-2"), part=1, parts=2)
    result = eodes("reconcile", "ID", "--day", DAY)
    assert result.exit_code == 3
    assert "not all its parts" in result.stdout


def test_a_day_that_there_is_not_is_told_under_the_name_that_it_was_given_by(ledger):
    result = eodes("reconcile", "ID", "--day", "2025-1-1")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: --day 2025-1-1: no such day")


def test_without_a_ledger_there_is_nothing_to_compare(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    assert eodes("reconcile", "ID").exit_code == 2
    assert not (tmp_path / "none.db").exists()


def test_ours_of_a_day_is_put_into_the_outbox_once_and_says_what_was_exchanged(ledger):
    first = said("reconcile", "ID", "--day", str(DAY), "--send")
    again = said("reconcile", "ID", "--day", str(DAY), "--send")
    assert (first["new"], again["new"], first["messages"]) == (True, False, again["messages"])
    (waiting,) = ledger.lease_due(datetime.now(UTC), 10, 10**7).waiting
    reading = translate.read(Delivery(waiting.message.body, "ID"), shelf.catalogue())
    assert (waiting.message.receiver, reading.findings) == ("ID", ())
    (tally,) = reading.content.tallies
    assert [message.id for message in tally.messages] == ["m-1", "m-2"]
    assert ledger.verify().is_sound


def test_a_day_of_more_messages_than_a_document_holds_is_sent_in_parts(ledger):
    many = [f"n-{place:05}" for place in range(2_100)]
    ledger.write([Outcome(entry("many"), tuple(post(id) for id in many))], [], AT)
    ledger.settle(many, [], AT)
    assert len(said("reconcile", "ID", "--day", str(DAY), "--send")["messages"]) == 3
    waiting = ledger.lease_due(datetime.now(UTC), 10, 10**8).waiting
    readings = [translate.read(Delivery(each.message.body, "ID"), shelf.catalogue()) for each in waiting]
    assert [reading.findings for reading in readings] == [()] * 3
    parts = sorted((reading.content for reading in readings), key=lambda each: each.part)
    assert [(each.part, each.parts) for each in parts] == [(1, 3), (2, 3), (3, 3)]
    told = [message.id for each in parts for tally in each.tallies for message in tally.messages]
    assert sorted(told) == sorted(["m-1", "m-2", *many])


@pytest.mark.parametrize(
    ("partner", "day", "word"),
    [
        ("kcci", "2026-03-02", "nobody to tell"),
        ("KH", "2026-03-02", "nobody to tell"),
        ("ID", "2999-01-01", "not over"),
    ],
)
def test_what_cannot_be_told_is_refused_before_anything_is_written(ledger, partner, day, word):
    result = eodes("reconcile", partner, "--day", day, "--send")
    assert result.exit_code == 2
    assert word in result.stderr
    assert ledger.queue(AT) == []
