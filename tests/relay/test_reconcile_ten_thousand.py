"""A day of ten thousand messages, reconciled over the relay: both sides learn what each lacks, in little memory."""

import tracemalloc
from datetime import date

import pytest
from entries import entry, post
from post_office import PostOffice, catalogue, kinds

from adapter import translate
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.ledger import DayBook, Exchanged, Outcome
from adapter.messages import Function, Header, Kind
from adapter.reconciliation import Reconciliation
from adapter.relay.reconcile import differences, tell

DAY = date(2026, 3, 2)
COUNT, PARTS = 10_000, 10
OURS = [f"m-{place:05}" for place in range(COUNT)]
LOST, GARBLED, STRANGE = OURS[4_321], OURS[8_765], "m-strange"
"""What the partner never got, what it got with other bytes, and what it has that we never sent."""
SENT = post(LOST).message.digest
MOST = 40_000_000
"""Bytes of Python's own at the height of it; ten parts of a thousand ids each are a few megabytes of XML."""


def theirs() -> list[Exchanged]:
    """The day as the partner has it."""
    garbled = {GARBLED: digest(b"other bytes")}
    ids = [id for id in OURS if id != LOST] + [STRANGE]
    return [Exchanged("certificate", "received", id, garbled.get(id, SENT)) for id in ids]


@pytest.fixture
def told(office: PostOffice) -> tuple[list[Delivery], int]:
    """What the partner got back for its day, told in parts, and how much memory that took."""
    office.ledger.write([Outcome(entry("many"), tuple(post(id) for id in OURS))], [], office.clock())
    office.ledger.settle(OURS, [], office.clock())
    office.clock.forward(days=1)
    parts = tell(DAY, theirs())
    assert len(parts) == PARTS
    for part in parts:
        if part is parts[-1]:  # with the last one everything is compared, and ours is told
            office.work()
            tracemalloc.start()
        office.put("ID", _said(part, office), f"r-{part.part}")
    office.work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return office.take("ID"), peak


def _said(part: Reconciliation, office: PostOffice) -> bytes:
    header = Header(
        id=f"r-{part.part}", kind=Kind.RECONCILIATION, function=Function.TELL, sender="ID", receiver="KR",
        sent_at=office.clock(),
    )  # fmt: skip
    return translate.write(part, catalogue().system("ID"), catalogue(), header).body


def _content(delivery: Delivery) -> object:
    return translate.read(Delivery(delivery.body, "ID"), catalogue()).content


def test_both_sides_of_a_day_of_ten_thousand_learn_what_each_lacks(told: tuple[list[Delivery], int]) -> None:
    came, peak = told
    complaints = [
        complaint
        for each in came
        if each.headers["type"] == Kind.RESPONSE
        for complaint in _content(each).complaints  # type: ignore[attr-defined]
    ]
    assert {(one.code, next(id for id in (LOST, GARBLED, STRANGE) if id in one.text)) for one in complaints} == {
        ("RCD-01", STRANGE), ("RCD-02", LOST), ("RCD-03", GARBLED),
    }  # fmt: skip
    assert len(complaints) == 3
    ours = [_content(each) for each in came if each.headers["type"] == Kind.RECONCILIATION]
    assert kinds(came).count(Kind.RECONCILIATION) == PARTS
    report = {(each.what, each.id) for each in differences(ours, DayBook(ours=tuple(theirs())))}  # type: ignore[arg-type]
    assert report == {("missing here", LOST), ("missing there", STRANGE), ("other bytes", GARBLED)}
    assert peak < MOST
