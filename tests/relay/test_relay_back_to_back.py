"""A back-to-back certificate is held to the first Party's certificate where that came this way."""

import itertools
import json
from datetime import date

import pytest
from post_office import PostOffice, catalogue, fixture, kinds, record

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.messages import Function, Header, Kind

ORIGINAL = "26C3301A0011/00042"
"""China's: 9000 pieces of heading 8207.50 among others."""
NEXT = "26C3301A0011/00043"


def resting(number: str, pieces: int, original: str = ORIGINAL) -> bytes:
    """A record of so many of those goods, resting on that certificate."""
    name = "rcep-1-item-for-indonesia"
    said = json.loads(record(number, name))
    goods = [said["goods"][0] | {"hsCode": "820750", "quantity": pieces, "originCountry": "CN"}]
    first = {"type": "ORIGINAL CERTIFICATE", "documentNo": original, "issueDate": "2026-03-09", "country": "CN"}
    days = {"issueDate": "2026-03-20", "departureDate": "2026-03-20", "declarationDate": "2026-03-19"}
    return record(number, name, goods=goods, backToBack=True, relatedDocuments=[first], **days)


@pytest.fixture
def first(office: PostOffice) -> PostOffice:
    """An office that China's certificate came to."""
    office.clock.forward(days=30)
    office.put("CN", fixture("common/certificate/rcep-import-3-items.xml"), "c-1")
    office.work()
    assert office.ledger.dead() == []
    return office


def test_as_much_as_the_original_covers_goes_on(first: PostOffice) -> None:
    first.put("kcci", resting("K001-26-0000001", 9_000))
    first.work()
    assert kinds(first.take("ID")) == ["certificate"]


def test_more_than_the_original_covers_is_refused(first: PostOffice) -> None:
    first.put("kcci", resting("K001-26-0000001", 9_001))
    first.work()
    assert [(dead.stage, dead.code) for dead in first.ledger.dead()] == [("rules", "BTB-03")]
    assert first.take("ID") == []


def take_in(office: PostOffice, *drawn: int) -> list[str]:
    """Certificates that draw so many pieces each, put in together; what became of those that died."""
    for place, pieces in enumerate(drawn, 1):
        office.put("kcci", resting(f"K001-26-000000{place}", pieces), f"m-{place}")
    office.work()
    return [str(dead.code) for dead in office.ledger.dead()]


def test_several_draw_together_no_more_than_the_original_covers(first: PostOffice) -> None:
    assert take_in(first, 5_000, 4_000) == []
    first.put("kcci", resting("K001-26-0000003", 1), "m-3")
    first.work()
    assert [dead.code for dead in first.ledger.dead()] == ["BTB-03"]
    assert kinds(first.take("ID")) == ["certificate", "certificate"]


def test_of_two_that_come_together_and_draw_too_much_the_second_is_refused(first: PostOffice) -> None:
    assert take_in(first, 5_000, 4_001) == ["BTB-03"]
    assert first.states()["K001-26-0000001"] == "sent"


def test_what_comes_again_draws_nothing_more(first: PostOffice) -> None:
    assert take_in(first, 9_000) == []
    first.put("kcci", resting("K001-26-0000001", 9_000), "again")
    first.work()
    assert first.ledger.dead() == []


def test_what_is_cancelled_gives_back_what_it_drew(first: PostOffice) -> None:
    assert take_in(first, 9_000) == []
    said = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    (agreement,) = [key for key, value in said.items() if key.lower().startswith("agreement")]
    named = json.loads(record("x", "rcep-1-item-for-indonesia"))
    cancelled = said | {"certificateNo": "K001-26-0000001", agreement: named[agreement], "issueDate": "2026-03-20"}
    cancelled["cancelDate"] = "2026-03-25"
    first.put("kcci", json.dumps(cancelled).encode(), "x-1")
    first.work()
    assert first.states()["K001-26-0000001"] == "cancelled"
    first.put("kcci", resting("K001-26-0000002", 9_000), "m-2")
    first.work()
    assert first.ledger.dead() == []


def test_what_replaces_one_that_drew_may_draw_what_that_did(first: PostOffice) -> None:
    assert take_in(first, 9_000) == []
    replacing = {"copyType": "REPLACEMENT", "replacedNo": "K001-26-0000001", "replacedDate": "2026-03-20"}
    replacing["transaction"] = "CORRECTED"
    then = json.loads(resting("K001-26-0000002", 8_000)) | replacing
    first.put("kcci", json.dumps(then).encode(), "m-2")
    first.work()
    assert first.ledger.dead() == []
    first.put("kcci", resting("K001-26-0000003", 1_001), "m-3")
    first.work()
    assert [dead.code for dead in first.ledger.dead()] == ["BTB-03"]


def withdrawn() -> bytes:
    """China's word that its certificate is cancelled."""
    said = fixture("cn/cancellation/rcep-cancelled.xml").replace(b">KR<", b">-<").replace(b">CN<", b">KR<")
    said = said.replace(b">-<", b">CN<").replace(b"2026-01-12", b"2026-03-09").replace(b"2026-01-15", b"2026-03-25")
    return said.replace(b"K001260900233", b"26C3301A001100042").replace(b"K001-26-0900233", ORIGINAL.encode())


def test_on_an_original_that_was_cancelled_nothing_is_drawn_any_more(first: PostOffice) -> None:
    first.put("CN", withdrawn(), "c-2")
    first.work()
    assert first.states()[ORIGINAL] == "cancelled"
    assert take_in(first, 1_000) == ["STA-03"]
    assert first.take("ID") == []
    (told,) = [json.loads(each.body) for each in first.take("kcci")]
    assert "relatedDocuments" in told["findings"][0]["text"], "the number of the record itself is not the one meant"


def test_what_was_drawn_before_its_original_was_cancelled_is_neither_stopped_nor_refused_when_it_comes_again(
    first: PostOffice,
) -> None:
    assert take_in(first, 1_000) == []
    first.put("CN", withdrawn(), "c-2")
    first.work()
    first.put("kcci", resting("K001-26-0000001", 1_000), "again")
    first.work()
    assert (first.states()["K001-26-0000001"], first.ledger.dead()) == ("sent", [])


def replacing(office: PostOffice) -> bytes:
    """China's certificate that replaces that one."""
    came = translate.read(Delivery(fixture("common/certificate/rcep-import-3-items.xml"), "CN"), catalogue()).content
    assert isinstance(came, Certificate)
    anew = {"number": NEXT, "issued_on": date(2026, 3, 12), "form": "replacement"}
    anew["supersedes"] = {"number": ORIGINAL, "issued_on": came.issued_on}
    content, at = Certificate.model_validate(came.model_dump() | anew), office.clock.now.replace(microsecond=0)
    header = Header(id="c-3", kind=Kind.CERTIFICATE, function=Function.REPLACE, sender="CN", receiver="KR", sent_at=at)
    return translate.write(content, catalogue().system("CN"), catalogue(), header).body


@pytest.mark.parametrize("order", list(itertools.permutations(("original", "replacement", "drawing"))), ids="-".join)
def test_nothing_is_drawn_on_what_was_replaced_whichever_of_the_two_came_first(
    order: tuple[str, ...], office: PostOffice
) -> None:
    """What was drawn before anybody knew of the replacement stands."""
    office.clock.forward(days=30)
    bodies = {
        "original": ("CN", fixture("common/certificate/rcep-import-3-items.xml")),
        "replacement": ("CN", replacing(office)),
        "drawing": ("kcci", resting("K001-26-0000001", 1_000)),
    }
    for name in order:
        office.put(*bodies[name], f"m-{name}")
        office.work()
    is_late = order.index("replacement") < order.index("drawing")
    assert [dead.code for dead in office.ledger.dead()] == ["STA-04"] * is_late
    assert kinds(office.take("ID")) == ["certificate"] * (not is_late)
    assert (office.states()[ORIGINAL], office.states()[NEXT]) == ("superseded", "accepted")


def test_an_original_that_did_not_come_this_way_is_no_obstacle(first: PostOffice) -> None:
    first.put("kcci", resting("K001-26-0000001", 9_001, original="0025JP000123456"))
    first.work()
    assert kinds(first.take("ID")) == ["certificate"]


@pytest.mark.parametrize("original", [ORIGINAL, "0025JP000123456"])
def test_a_true_copy_goes_on_as_what_it_copies_did_whether_its_original_came_this_way_or_not(
    first: PostOffice, original: str
) -> None:
    first.put("kcci", resting("K001-26-0000001", 9_000, original))
    first.work()
    copying = {"copyType": "CERTIFIED TRUE COPY", "originalNo": "K001-26-0000001", "originalDate": "2026-03-20"}
    copying["transaction"] = "COPY"
    copy = json.loads(resting("K001-26-0000001", 9_000, original)) | copying
    first.put("kcci", json.dumps(copy).encode(), "copy")
    first.work()
    assert first.ledger.dead() == []
    assert kinds(first.take("ID")) == ["certificate", "certificate"]
