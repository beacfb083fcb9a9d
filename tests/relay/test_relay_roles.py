"""Intake and dispatch as relays of their own on one ledger."""

from post_office import PostOffice, kinds, record

from adapter.relay.relay import Role

NUMBERS = [f"K001-25-{place:07d}" for place in range(3)]


def put(office: PostOffice) -> None:
    for place, number in enumerate(NUMBERS):
        office.put("kcci", record(number), f"m-{place}")


def test_intake_alone_owns_what_comes_and_sends_nothing(any_office: PostOffice) -> None:
    put(any_office)
    any_office.relay = any_office.open(any_office.broker, role=Role.INTAKE)
    done = any_office.work()
    assert (done.accepted, done.sent) == (3, 0)
    assert len(any_office.states()) == 3
    assert any_office.take("ID") == []


def test_dispatch_alone_sends_what_intake_left_to_it(any_office: PostOffice) -> None:
    put(any_office)
    any_office.relay = any_office.open(any_office.broker, role=Role.INTAKE)
    any_office.work()
    any_office.relay = any_office.open(any_office.broker, role=Role.DISPATCH)
    any_office.work()
    assert sorted(sent.headers["number"] for sent in any_office.take("ID")) == NUMBERS
    assert kinds(any_office.take("kcci")) == ["acknowledgement"] * 3


def test_dispatch_alone_takes_nothing_in(office: PostOffice) -> None:
    put(office)
    office.relay = office.open(office.broker, role=Role.DISPATCH)
    assert office.work().taken == 0
    assert office.states() == {}


def test_dispatch_sends_what_intake_took_a_moment_ago_without_waiting_for_a_lease(office: PostOffice) -> None:
    put(office)
    office.relay = office.open(office.broker, role=Role.INTAKE)
    office.work()
    assert {each.receiver: each.due for each in office.ledger.queue(office.clock.now)} == {"ID": 3, "kcci": 3}
