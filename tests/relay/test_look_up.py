"""What a verification site shows of a number: one certificate, or that it cannot tell which one is meant."""

from datetime import UTC, date, datetime

import pytest
from post_office import PostOffice, catalogue, feed_back, fixture, record

from adapter import translate
from adapter.delivery import Delivery
from adapter.enquiry import StatusQuery, StatusReply
from adapter.messages import Function, Header, Kind
from adapter.relay.exchange import Exchange
from adapter.relay.look_up import Ambiguous, Looked, look_up

NUMBER, CODE, OTHER = "K001-25-0000001", "4821-7730", "1111-2222"
DAY = date(2026, 3, 2)


def looked(office: PostOffice, code: str = CODE, agreement: str | None = None) -> Looked | Ambiguous | None:
    return look_up(office.ledger, Exchange(catalogue()), NUMBER, code, DAY, agreement)


@pytest.fixture
def twice(office: PostOffice) -> PostOffice:
    """An office with a certificate of two bodies each under one number, one agreement and different codes."""
    office.put("kcci", record(NUMBER, referenceCode=CODE), "m-1")
    office.put("unipass", unipass(OTHER), "m-2")
    office.work()
    assert office.ledger.dead() == []
    return office


def unipass(code: str) -> bytes:
    body = fixture("unipass/certificate/ik-cepa-1-item.xml")
    content = translate.read(Delivery(body, "unipass"), catalogue()).content
    body = body.replace(b"<kcs:ID>C20</kcs:ID>", b"<kcs:ID>C10</kcs:ID>")
    return body.replace(content.number.encode(), NUMBER.encode()).replace(CODE.encode(), code.encode())  # type: ignore[union-attr]


def test_the_code_tells_which_bodys_certificate_is_shown_and_how_that_stands(twice: PostOffice) -> None:
    twice.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json").replace(b"K001-25-0712345", NUMBER.encode()))
    twice.work()
    states = {code: looked(twice, code) for code in (CODE, OTHER)}
    assert [each.state.value for each in states.values() if isinstance(each, Looked)] == ["cancelled", "sent"]
    assert looked(twice, "0000-0000") is None


def test_where_the_code_opens_two_none_is_shown(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER, referenceCode=CODE), "m-1")
    office.put("unipass", unipass(CODE), "m-2")
    office.work()
    assert looked(office) == Ambiguous(("ik-cepa",))
    assert looked(office, agreement="akfta") is None


def test_feedback_on_a_number_of_two_bodies_decides_on_neither(twice: PostOffice) -> None:
    feed_back(twice, "ID", NUMBER, "granted")
    twice.work()
    assert [dead.code for dead in twice.ledger.dead()] == ["REF-01"]
    assert [each.state for each in twice.ledger.standings()] == ["sent", "sent"]


def ask(office: PostOffice, id: str, code: str | None) -> list[bytes]:
    """What the partner is told of the number: the bodies of the replies."""
    query = StatusQuery(number=NUMBER, agreement="ik-cepa", reference_code=code)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    header = Header(id=id, kind=Kind.STATUS_QUERY, function=Function.ASK, sender="ID", receiver="KR", sent_at=at)
    office.put("ID", translate.write(query, catalogue().system("ID"), catalogue(), header).body, id)
    office.work()
    return [each.body for each in office.take("ID") if each.headers["type"] == "status_reply"]


def test_a_query_whose_code_does_not_tell_is_told_that_it_is_not_clear(twice: PostOffice) -> None:
    twice.take("ID")
    assert ask(twice, "q-1", None) == []
    assert [dead.code for dead in twice.ledger.dead()] == ["REF-01"]


def test_a_query_with_a_code_is_told_of_the_certificate_that_it_opens(twice: PostOffice) -> None:
    twice.take("ID")
    (reply,) = ask(twice, "q-1", OTHER)
    said = translate.read(Delivery(reply, "ID"), catalogue()).content
    assert isinstance(said, StatusReply) and said.information is not None
    assert (said.number, said.state) == (NUMBER, "sent")
