"""An original, its true copies and what replaces it end alike, in whatever order they come."""

import itertools
import json
from datetime import date

import pytest
from post_office import PostOffice, catalogue, feed_back, fixture, issue, kinds, record, said

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.messages import Function, Header, Kind

ORIGINAL, COPY, NEXT, LAST = "K001-25-0000001", "K001-25-0000002", "K001-25-0000003", "K001-25-0000004"
DAY = "2025-05-14"
AKFTA = "akfta-1-item"
AKFTA_DAY = json.loads(fixture(f"kcci/certificate/{AKFTA}.json"))["issueDate"]


def copying(number: str, day: str = DAY) -> dict[str, object]:
    return {"copyType": "CERTIFIED TRUE COPY", "originalNo": number, "originalDate": day}


def replacing(number: str, day: str = DAY) -> dict[str, object]:
    return {"copyType": "REPLACEMENT", "replacedNo": number, "replacedDate": day}


def cancelling(number: str) -> bytes:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    return json.dumps(cancellation | {"certificateNo": number}).encode()


def cancel(office: PostOffice, number: str) -> list[str]:
    office.put("kcci", cancelling(number), f"x-{number}")
    office.work()
    return kinds(office.take("ID"))


def told(office: PostOffice) -> list[tuple[str, list[str]]]:
    """Outcome and codes of the responses that the chamber got."""
    responses = [said(each) for each in office.take("kcci") if each.headers["type"] == "response"]
    return [(str(each["result"]), [one["code"] for one in each.get("findings", ())]) for each in responses]


def died(office: PostOffice) -> list[str | None]:
    return [dead.code for dead in office.ledger.dead()]


def test_an_original_that_comes_after_its_replacement_is_superseded_and_goes_nowhere(any_office: PostOffice) -> None:
    assert issue(any_office, NEXT, **replacing(ORIGINAL)) == ["certificate"]
    any_office.take("kcci")
    assert issue(any_office, ORIGINAL) == []
    assert any_office.states() == {NEXT: "acknowledged", ORIGINAL: "superseded"}
    assert [codes for _, codes in told(any_office)] == [["STA-08"]]
    assert died(any_office) == []


def test_its_history_names_the_replacement_as_the_cause(office: PostOffice) -> None:
    issue(office, NEXT, **replacing(ORIGINAL))
    issue(office, ORIGINAL)
    stands = {each.number: each for each in office.ledger.standings()}
    first, then = office.ledger.history(stands[ORIGINAL].id)
    assert (first.state, then.state) == ("issued", "superseded")
    assert (first.cause, then.cause) == (stands[ORIGINAL].delivery, stands[NEXT].delivery)
    assert office.ledger.verify().findings == []


def test_a_cancellation_of_what_went_nowhere_is_accepted_and_goes_nowhere(office: PostOffice) -> None:
    issue(office, NEXT, **replacing(ORIGINAL))
    issue(office, ORIGINAL)
    assert cancel(office, ORIGINAL) == []
    assert died(office) == []
    assert office.states() == {NEXT: "acknowledged", ORIGINAL: "superseded"}


def test_feedback_on_what_was_superseded_before_it_came_is_refused(office: PostOffice) -> None:
    issue(office, NEXT, **replacing(ORIGINAL))
    issue(office, ORIGINAL)
    feed_back(office, "ID", ORIGINAL, "granted")
    office.work()
    assert died(office) == ["STA-04"]


def test_a_second_replacement_of_what_has_not_come_is_refused(office: PostOffice) -> None:
    assert issue(office, NEXT, **replacing(ORIGINAL)) == ["certificate"]
    assert issue(office, LAST, **replacing(ORIGINAL)) == []
    assert died(office) == ["STA-04"]


def imported(office: PostOffice, number: str, function: Function, **changes: object) -> bytes:
    """The partner's certificate under this number, with these fields changed."""
    plain = translate.read(Delivery(fixture("id/certificate/ik-cepa-import-3-items.xml"), "ID"), catalogue()).content
    assert isinstance(plain, Certificate)
    content = Certificate.model_validate(plain.model_dump() | {"number": number} | changes)
    at = office.clock.now.replace(microsecond=0)
    header = Header(id=f"c-{number}", kind=Kind.CERTIFICATE, function=function, sender="ID", receiver="KR", sent_at=at)
    return translate.write(content, catalogue().system("ID"), catalogue(), header).body


def test_a_partners_original_that_comes_after_its_replacement_is_superseded_too(office: PostOffice) -> None:
    office.clock.forward(days=30)
    first, then = "000001/KPU/2025", "000002/KPU/2025"
    replaced = {"number": first, "issued_on": date(2025, 8, 1)}
    office.put("ID", imported(office, then, Function.REPLACE, form="replacement", supersedes=replaced), "c-2")
    office.work()
    assert (kinds(office.take("unipass")), died(office)) == (["certificate"], [])
    office.take("ID")
    office.put("ID", imported(office, first, Function.ISSUE), "c-1")
    office.work()
    assert office.take("unipass") == []
    assert [b"STA-08" in each.body for each in office.take("ID") if each.headers["type"] == "response"] == [True]
    assert office.states() == {then: "accepted", first: "superseded"}


def test_what_is_cancelled_takes_its_true_copies_along(any_office: PostOffice) -> None:
    assert issue(any_office, ORIGINAL) == issue(any_office, COPY, **copying(ORIGINAL)) == ["certificate"]
    assert cancel(any_office, ORIGINAL) == ["cancellation"]
    assert any_office.states() == {ORIGINAL: "cancelled", COPY: "cancelled"}
    feed_back(any_office, "ID", COPY, "granted")
    any_office.work()
    assert died(any_office) == ["STA-03"]


def test_what_is_superseded_takes_its_true_copies_along(office: PostOffice) -> None:
    issue(office, ORIGINAL)
    issue(office, COPY, **copying(ORIGINAL))
    assert issue(office, NEXT, **replacing(ORIGINAL)) == ["certificate"]
    assert office.states() == {ORIGINAL: "superseded", COPY: "superseded", NEXT: "acknowledged"}


def test_what_is_used_leaves_nothing_for_its_true_copies(office: PostOffice) -> None:
    issue(office, ORIGINAL)
    office.put("kcci", record(COPY, **copying(ORIGINAL)), "m-copy")
    office.work()
    feed_back(office, "ID", ORIGINAL, "granted")
    office.work()
    assert office.states() == {ORIGINAL: "used", COPY: "used"}


def test_a_true_copy_of_what_was_cancelled_is_refused(office: PostOffice) -> None:
    issue(office, ORIGINAL)
    cancel(office, ORIGINAL)
    assert issue(office, COPY, **copying(ORIGINAL)) == []
    assert died(office) == ["STA-03"]


def test_the_cancellation_of_a_true_copy_is_not_its_originals(office: PostOffice) -> None:
    issue(office, ORIGINAL)
    issue(office, COPY, **copying(ORIGINAL))
    cancel(office, COPY)
    assert office.states() == {ORIGINAL: "acknowledged", COPY: "cancelled"}
    feed_back(office, "ID", COPY, "granted")
    office.work()
    assert died(office) == ["STA-03"]


def test_a_true_copy_that_comes_first_is_one_with_its_original_all_the_same(office: PostOffice) -> None:
    assert issue(office, COPY, AKFTA, **copying(ORIGINAL, AKFTA_DAY)) == ["certificate"]
    assert issue(office, ORIGINAL, AKFTA) == ["certificate"]
    feed_back(office, "ID", COPY, "granted", agreement="akfta")
    office.work()
    assert office.states() == {ORIGINAL: "used", COPY: "used"}


@pytest.mark.parametrize("order", list(itertools.permutations(("original", "copy", "replacement"))), ids="-".join)
def test_what_replaces_a_copy_replaces_its_original_in_whatever_order_they_come(
    order: tuple[str, ...], office: PostOffice
) -> None:
    said = {
        "original": (ORIGINAL, {}),
        "copy": (COPY, copying(ORIGINAL, AKFTA_DAY)),
        "replacement": (NEXT, replacing(COPY, AKFTA_DAY)),
    }
    for event in order:
        number, changes = said[event]
        issue(office, number, AKFTA, **changes)
    states = office.states()
    assert states.pop(NEXT) == "acknowledged"
    assert set(states.values()) == {"superseded"} and ORIGINAL in states


EVENTS = {
    "original": lambda office: issue(office, ORIGINAL),
    "replacement": lambda office: issue(office, NEXT, **replacing(ORIGINAL)),
    "cancellation": lambda office: cancel(office, ORIGINAL),
    "copy": lambda office: issue(office, COPY, **copying(ORIGINAL)),
}


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)), ids="-".join)
def test_the_order_of_arrival_decides_nothing(order: tuple[str, ...], office: PostOffice) -> None:
    """What is usable at the end is the replacement alone, and the original is superseded."""
    for event in order:
        EVENTS[event](office)
        office.clock.forward(minutes=1)
        office.work()
    states = office.states()
    assert {number for number, state in states.items() if state not in ("superseded", "cancelled")} == {NEXT}
    assert states[ORIGINAL] == "superseded"
    assert office.ledger.verify().findings == []
