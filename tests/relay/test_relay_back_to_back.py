"""A back-to-back certificate is held to the first Party's certificate where that came this way."""

import json

import pytest
from post_office import PostOffice, fixture, kinds, record

ORIGINAL = "26C3301A0011/00042"
"""China's: 9000 pieces of heading 8207.50 among others."""


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


def test_an_original_that_did_not_come_this_way_is_no_obstacle(first: PostOffice) -> None:
    first.put("kcci", resting("K001-26-0000001", 9_001, original="0025JP000123456"))
    first.work()
    assert kinds(first.take("ID")) == ["certificate"]
