"""`eodes reconcile`, read aloud."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import shelf
from entries import entry, post
from shell import eodes, said

from adapter import translate
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


def test_without_a_ledger_there_is_nothing_to_compare(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    assert eodes("reconcile", "ID").exit_code == 2
    assert not (tmp_path / "none.db").exists()
