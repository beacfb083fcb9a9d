"""The broker in one file: leases, several processes, and files that cannot be written."""

import signal
import sqlite3
import subprocess
import sys

import pytest
from parcels import WINDOW_BYTES, ids, parcels, send_all, take_all

from adapter.findings import Unavailable
from adapter.relay import embedded
from adapter.relay.embedded import Embedded

QUEUE = "to.XA"
TAKER = "import sys, time; from adapter.relay.embedded import Embedded; broker = Embedded(sys.argv[1])"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queues.db"


@pytest.fixture
def open_broker(path):
    brokers = []

    def open_one(**options):
        brokers.append(Embedded(path, **options))
        brokers[-1].declare([QUEUE])
        return brokers[-1]

    yield open_one
    for broker in brokers:
        broker.close()


def test_a_lease_that_expired_is_taken_by_another_with_a_higher_count(open_broker):
    now = [1_000.0]
    slow, other = (open_broker(lease=60, clock=lambda: now[0]) for _ in range(2))
    send_all(slow, parcels(1))
    take_all(slow, count=1)
    now[0] += 59
    assert other.take([QUEUE], 1, WINDOW_BYTES, 0) == []
    now[0] += 1
    (delivery,) = other.take([QUEUE], 1, WINDOW_BYTES, 0)
    assert (delivery.message_id, delivery.times) == ("id-0", 2)


def test_who_comes_too_late_neither_acknowledges_nor_releases(open_broker):
    now = [1_000.0]
    slow, other = (open_broker(lease=60, clock=lambda: now[0]) for _ in range(2))
    send_all(slow, parcels(2))
    late = take_all(slow, count=2)
    now[0] += 60
    again = take_all(other, count=2)
    slow.acknowledge(late[:1])
    slow.release(late[1:])
    assert other.take([QUEUE], 2, WINDOW_BYTES, 0) == []
    other.release(again)
    assert ids(take_all(other, count=2)) == ["id-0", "id-1"]


def test_what_a_killed_process_held_comes_again_when_its_lease_expires(open_broker, path):
    broker = open_broker()
    send_all(broker, parcels(3))
    script = f"{TAKER}; broker.take(['{QUEUE}'], 3, 10_000, 10); print('taken', flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"taken\n"
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    assert broker.take([QUEUE], 3, WINDOW_BYTES, 0) == []
    later = open_broker(clock=lambda: embedded.time.time() + 60)
    assert [(each.message_id, each.times) for each in take_all(later, count=3)] == [(f"id-{n}", 2) for n in range(3)]


def test_several_processes_share_the_work_and_double_nothing(open_broker, path):
    broker = open_broker()
    send_all(broker, parcels(300))
    script = f"""{TAKER}
while window := broker.take(['{QUEUE}'], 7, 10_000, 0.5):
    broker.acknowledge(window)
    print(*(each.message_id for each in window))
broker.close()"""
    command = [sys.executable, "-c", script, path]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [word for worker in workers for word in worker.communicate()[0].split()]
    assert sorted(taken) == sorted(ids(parcels(300)))
    assert broker.depths([QUEUE]) == {QUEUE: 0}


def test_several_processes_may_make_the_file_at_once(path):
    script = f"{TAKER}; broker.declare(['{QUEUE}']); broker.close()"
    workers = [subprocess.Popen([sys.executable, "-c", script, path]) for _ in range(4)]
    assert [worker.wait() for worker in workers] == [0, 0, 0, 0]


def test_a_waiting_taker_looks_ever_less_often_and_no_longer_than_it_was_told(open_broker):
    pauses = []
    broker = open_broker(pause=pauses.append)
    assert broker.take([QUEUE], 1, WINDOW_BYTES, 1.0) == []
    assert sum(pauses) == pytest.approx(1.0)
    assert max(pauses) == embedded.LONGEST_PAUSE
    assert len(pauses) < 40


def test_a_full_disk_takes_none_of_a_batch(open_broker):
    broker = open_broker()
    send_all(broker, parcels(1))
    pages = broker._connection.execute("PRAGMA page_count").fetchone()[0]
    broker._connection.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(Unavailable, match="full"):
        broker.send(parcels(100, size=4_000, start=1))
    assert broker.receipts(0) == []
    broker._connection.execute("PRAGMA max_page_count = 100000")
    assert ids(take_all(broker, count=1)) == ["id-0"]
    assert take_all(broker) == []


def test_a_file_that_another_keeps_locked_is_unavailable_until_it_is_free(open_broker, path, monkeypatch):
    monkeypatch.setattr(embedded, "BUSY_SECONDS", 0.1)
    broker = open_broker()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        broker.send(parcels(1))
    other.execute("ROLLBACK")
    other.close()
    send_all(broker, parcels(1))
    assert ids(take_all(broker, count=1)) == ["id-0"]


def test_a_folder_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="unable to open"):
        Embedded(tmp_path / "missing" / "queues.db").declare([QUEUE])


def test_a_file_that_is_no_database_is_unavailable(path):
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        Embedded(path).declare([QUEUE])


def test_what_was_sent_outlives_the_broker(open_broker):
    broker = open_broker()
    send_all(broker, parcels(2))
    broker.close()
    assert ids(take_all(open_broker(), count=2)) == ["id-0", "id-1"]
