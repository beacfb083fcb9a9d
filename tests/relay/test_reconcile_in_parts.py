"""A day that a partner tells of in several parts is held to ours as one list, whatever day either clock had."""

from datetime import timedelta

import pytest
from post_office import PostOffice, catalogue, record

from adapter import translate
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.messages import Function, Header, Kind
from adapter.reconciliation import Counted, Reconciliation, Tally


@pytest.fixture
def sent(office: PostOffice) -> Delivery:
    """A certificate that left on the day before the one that its partner tells of."""
    office.put("kcci", record("K001-25-0000001"))
    office.work()
    (certificate,) = office.take("ID")
    office.clock.forward(days=2)
    return certificate


def tell(office: PostOffice, lists: list[list[Counted]], count: int) -> list[str]:
    """The partner's day in as many parts, each with the count of the whole; what is found in the last."""
    at = office.clock.now.replace(microsecond=0)
    day = at.date() - timedelta(days=1)
    for part, listed in enumerate(lists, 1):
        tally = Tally(kind="certificate", direction="received", count=count, messages=tuple(listed))
        content = Reconciliation(day=day, part=part, parts=len(lists), tallies=(tally,))
        header = Header(
            id=f"r-{part}", kind=Kind.RECONCILIATION, function=Function.TELL, sender="ID", receiver="KR", sent_at=at
        )
        office.put("ID", translate.write(content, catalogue().system("ID"), catalogue(), header).body, f"r-{part}")
        office.work()
    responses = [each for each in office.take("ID") if each.headers["type"] == Kind.RESPONSE]
    told = translate.read(Delivery(responses[-1].body, "ID"), catalogue()).content
    return [complaint.code for complaint in told.complaints]  # type: ignore[union-attr]


def counted(certificate: Delivery) -> Counted:
    return Counted(id=str(certificate.message_id), digest=digest(certificate.body))


def test_what_an_earlier_part_counts_of_another_day_is_missing_nowhere(office: PostOffice, sent: Delivery) -> None:
    assert tell(office, [[counted(sent)], []], count=1) == []


def test_a_count_that_the_parts_together_do_not_list_is_told(office: PostOffice, sent: Delivery) -> None:
    assert tell(office, [[counted(sent)], []], count=5) == ["RCD-04"]


def test_a_message_that_two_parts_list_is_told(office: PostOffice, sent: Delivery) -> None:
    assert tell(office, [[counted(sent)], [counted(sent)]], count=1) == ["RCD-04"]
