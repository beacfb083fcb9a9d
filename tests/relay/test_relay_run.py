"""Running: until told to stop, through whatever is unavailable, and with nothing half done at the end."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from post_office import START, PostOffice, catalogue, fixture, kinds, record
from structlog.testing import capture_logs

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.ledger import Ledger
from adapter.ledger.engine import open_engine, writing
from adapter.relay.names import queue_names
from adapter.relay.stop import Stop


def test_it_runs_until_it_is_told_to_stop(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    steps: list[object] = []
    office.relay.run(until=lambda: len(steps) == 2, on_step=steps.append)
    assert kinds(office.take("ID")) == ["certificate"]


def test_when_it_ends_every_receipt_is_in_the_ledger(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    steps: list[object] = []
    office.relay.run(until=lambda: bool(steps), on_step=steps.append)
    assert office.ledger.queue(office.clock.now) == []


def test_a_signal_ends_it_after_a_whole_round(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    with Stop() as stop:
        office.relay.run(stop, on_step=lambda _: os.kill(os.getpid(), signal.SIGTERM))
    assert kinds(office.take("ID")) == ["certificate"]


def test_a_second_signal_interrupts() -> None:
    with Stop() as stop, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Stop():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_it_waits_out_a_broker_that_is_away(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("kcci", record("K001-25-0000001"))
    take, tries, waits = office.broker.take, [], []

    def away(queues: Sequence[str], *rest: Any) -> list[Delivery]:
        tries.append(queues)
        if len(tries) < 4:
            raise Unavailable("nobody answers")
        return take(queues, *rest)

    monkeypatch.setattr(office.broker, "take", away)
    office = PostOffice(office.broker, office.ledger, pause=waits.append)
    steps: list[object] = []
    office.relay.run(until=lambda: bool(steps), on_step=steps.append)
    assert sum(waits) >= 1 + 2 + 4
    monkeypatch.undo()
    assert kinds(office.take("ID")) == ["certificate"]


def test_it_says_when_it_goes_on_again(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    take, tries = office.broker.take, []

    def away(queues: Sequence[str], *rest: Any) -> list[Delivery]:
        tries.append(queues)
        if len(tries) < 3:
            raise Unavailable("nobody answers")
        return take(queues, *rest)

    monkeypatch.setattr(office.broker, "take", away)
    relay = office.open(office.broker, pause=lambda _: None)
    with capture_logs() as log:
        relay.run(until=lambda: len(tries) == 5)
    assert [line["event"] for line in log] == ["waiting", "waiting", "goes on again"]


def test_what_is_held_is_not_counted_as_accepted(office: PostOffice) -> None:
    office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"))
    done = office.relay.step(1.0)
    assert (done.taken, done.accepted, done.held, done.dead) == (1, 0, 1, 0)


def test_it_waits_out_a_ledger_that_is_away_and_keeps_its_window(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("kcci", record("K001-25-0000001"))

    def away(*_: Any) -> None:
        raise Unavailable("the database is locked")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr("adapter.ledger.ledger.write_window", away)
        office.relay.step(0.1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert office.ledger.dead() == []


def test_a_locked_database_is_unavailable_not_an_error(tmp_path: Path) -> None:
    first, second = (Ledger(open_engine(f"sqlite:///{tmp_path / 'ledger.db'}", busy=0)) for _ in range(2))
    with writing(first._engine), pytest.raises(Unavailable, match="locked"):
        second.settle(["nothing"], [], START)
    first.close()
    second.close()


def test_queues_are_made_for_every_system_and_the_dead(office: PostOffice) -> None:
    names = queue_names(catalogue())
    assert names[-1] == "dead"
    assert set(office.broker.depths(names)) == set(names)
    assert {"from.kcci", "to.kcci", "from.id", "to.id"} <= set(names)
