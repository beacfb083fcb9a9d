"""A true copy and its original are one certificate: what was used of one, or is over with one, is so with both."""

import json

import pytest
from post_office import PostOffice, answer, feed_back, fixture, issue, record

from adapter.messages import Feedback

ORIGINAL, COPY, NEXT = "K001-25-0000001", "K001-25-0000002", "K001-25-0000003"
DAY = "2025-05-14"


def copying(number: str, **changes: object) -> dict[str, object]:
    """What a true copy of the certificate of this number says besides."""
    return {"copyType": "CERTIFIED TRUE COPY", "originalNo": number, "originalDate": DAY} | changes


def issued(office: PostOffice, number: str, name: str = "ik-cepa-1-item", **changes: object) -> list[str]:
    """As `issue`, certificates alone, and with what the chamber was told out of the way."""
    sent = issue(office, number, name, **changes)
    office.take("kcci")
    return [kind for kind in sent if kind == "certificate"]


def grant(office: PostOffice, number: str, declared: str) -> None:
    """The importing customs grants preference for goods that were declared on this day."""
    said = {"number": number, "agreement": "ik-cepa", "declared_on": declared, "decided_on": declared}
    granted = Feedback.model_validate_json(json.dumps(said | {"items": [{"number": 1, "status": "granted"}]}))
    answer(office, "ID", granted, f"f-{declared}")
    office.work()


def died(office: PostOffice) -> list[str]:
    return [dead.code for dead in office.ledger.dead()]


@pytest.fixture
def copied(office: PostOffice) -> PostOffice:
    """An office with a certificate and a true copy of it, neither of which was used."""
    assert issued(office, ORIGINAL) == issued(office, COPY, **copying(ORIGINAL)) == ["certificate"]
    return office


def test_a_copy_of_a_copy_is_refused_once_the_original_was_used(copied: PostOffice) -> None:
    feed_back(copied, "ID", ORIGINAL, "granted")
    copied.work()
    assert issued(copied, NEXT, **copying(COPY)) == []
    assert died(copied) == ["TRU-01"]


def test_a_copy_cannot_be_replaced_once_the_original_was_used(copied: PostOffice) -> None:
    feed_back(copied, "ID", ORIGINAL, "granted")
    copied.work()
    replacing = {"copyType": "REPLACEMENT", "replacedNo": COPY, "replacedDate": DAY}
    assert issued(copied, NEXT, **replacing) == []
    assert died(copied) == ["STA-02"]


def test_what_replaces_a_copy_replaces_the_original_too(copied: PostOffice) -> None:
    replacing = {"copyType": "REPLACEMENT", "replacedNo": COPY, "replacedDate": DAY}
    assert issued(copied, NEXT, **replacing) == ["certificate"]
    assert copied.states() == {ORIGINAL: "superseded", COPY: "superseded", NEXT: "acknowledged"}


def test_a_copy_is_not_used_after_the_validity_of_its_original(office: PostOffice) -> None:
    assert issued(office, ORIGINAL) == ["certificate"]
    office.clock.forward(days=60)
    assert issued(office, COPY, **copying(ORIGINAL, issueDate="2026-04-30")) == ["certificate"]
    office.clock.forward(days=60)
    grant(office, COPY, declared="2026-05-15")
    assert died(office) == ["STA-06"]
    assert office.states() == {ORIGINAL: "acknowledged", COPY: "acknowledged"}


def test_what_was_used_in_time_is_not_used_again_after_its_validity(office: PostOffice) -> None:
    assert issued(office, ORIGINAL) == ["certificate"]
    office.clock.forward(days=90)
    grant(office, ORIGINAL, declared="2026-05-14")
    assert (office.states(), died(office)) == ({ORIGINAL: "used"}, [])
    grant(office, ORIGINAL, declared="2026-05-15")
    assert died(office) == ["STA-06"]
    assert office.states() == {ORIGINAL: "used"}


def test_an_original_that_names_itself_as_its_original_is_still_a_duplicate(office: PostOffice) -> None:
    name = "akfta-1-item"
    said = json.loads(fixture(f"kcci/certificate/{name}.json"))
    assert issued(office, ORIGINAL, name) == ["certificate"]
    goods = [said["goods"][0] | {"quantity": 999_999}]
    itself = {"originalNo": ORIGINAL, "originalDate": said["issueDate"]}
    assert issued(office, ORIGINAL, name, goods=goods, **itself) == []
    assert died(office) == ["DUP-01"]


def test_a_copy_of_other_goods_than_the_original_is_refused(office: PostOffice) -> None:
    (goods,) = json.loads(record(ORIGINAL))["goods"]
    assert issued(office, ORIGINAL) == ["certificate"]
    assert issued(office, COPY, **copying(ORIGINAL, goods=[goods | {"quantity": 64_000}])) == []
    assert died(office) == ["TRU-03"]
    assert issued(office, COPY, **copying(ORIGINAL)) == ["certificate"]
