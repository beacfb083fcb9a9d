"""A relay that is watched while it works: its numbers are the ledger's, and what is away or hostile stops neither."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from at_work import at_work, fill
from onlooker import Onlooker
from post_office import PostOffice, fixture, record
from sqlalchemy import create_engine, func, select

from adapter.ledger import Ledger
from adapter.ledger.schema import DELIVERIES, HISTORY, OUTBOX
from adapter.relay.broker import Broker, Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox
from adapter.relay.rabbitmq import RabbitMQ

GOOD = 24
HELD = "kcci/cancellation/ik-cepa-replaced.json"
NOWHERE = "127.0.0.1:1"

Engine = tuple[str, str, Broker]


@pytest.fixture(params=["embedded-sqlite", "rabbitmq-postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """URLs of queues and ledger, and a broker to fill the queues with."""
    if request.param == "embedded-sqlite":
        place = tmp_path / "queues.db"
        made: Engine = f"embedded://{place}", f"sqlite:///{tmp_path / 'ledger.db'}", Embedded(place)
    else:
        url = request.getfixturevalue("amqp_url")
        made = url, request.getfixturevalue("database_url"), RabbitMQ(url)
    with closing(made[2]):
        yield made


def parcels(first: int = 0) -> list[Parcel]:
    """Good records, each twice; bad ones; and one whose certificate has not come."""
    good = [(f"g-{first + nth}", record(f"K001-25-{first + nth:07d}")) for nth in range(GOOD)]
    bad = [(f"b-{first}-{name}", fixture(name)) for name in bad_records()]
    every = [*good, *good, *bad, (f"h-{first}", fixture(HELD))]
    return [Parcel(inbox("kcci"), id, body) for id, body in every]


def bad_records() -> list[str]:
    folder = Path(__file__).parents[2] / "fixtures"
    return [str(path.relative_to(folder)) for path in sorted((folder / "kcci/bad").glob("*.json"))[:6]]


def grouped(database: str, *columns: object, where: object = None) -> dict[tuple[str, ...], int]:
    """How many rows of the ledger there are by these columns."""
    chosen = select(*columns, func.count()).group_by(*columns)
    made = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with made.connect() as connection:
            rows = connection.execute(chosen if where is None else chosen.where(where))
            return {tuple(row[:-1]): row[-1] for row in rows}
    finally:
        made.dispose()


def agree(look: Onlooker, database: str, broker: Broker) -> None:
    """Every number is what the ledger and the broker say."""
    died = DELIVERIES.c.stage.not_in(("done", "held"))
    dead = grouped(database, DELIVERIES.c.source, DELIVERIES.c.stage, DELIVERIES.c.code, where=died)
    look.relay.until(lambda: look.numbers("eodes_dead_now", "source", "stage", "code") == dead)
    assert dead and look.numbers("eodes_dead_total", "source", "stage", "code") == dead
    stages = grouped(database, DELIVERIES.c.source, DELIVERIES.c.stage)
    fates = look.numbers("eodes_deliveries_total", "source", "fate")
    assert fates["kcci", "accepted"] == stages["kcci", "done"]
    assert fates["kcci", "held"] == stages["kcci", "held"] == sum(look.numbers("eodes_held").values())
    assert fates["kcci", "dead"] == sum(dead.values())
    closed = grouped(database, OUTBOX.c.receiver, OUTBOX.c.kind, where=OUTBOX.c.attempts > 0)
    confirmed = look.numbers("eodes_confirmed_total", "receiver", "kind")
    # What comes again is acknowledged again, under the same id, unless the first is still on its way.
    again = confirmed.pop(("kcci", "acknowledgement")) - closed.pop(("kcci", "acknowledgement"))
    assert 0 <= again <= fates["kcci", "repeated"] == GOOD
    assert confirmed == closed
    assert look.numbers("eodes_certificate_states_total", "state") == grouped(database, HISTORY.c.state)
    assert not look.numbers("eodes_outbox_open")
    queues = look.numbers("eodes_queue_messages", "queue")
    assert queues == {(name,): count for name, count in broker.depths([name for (name,) in queues]).items()}


def test_its_numbers_are_those_of_the_ledger(engine: Engine, tmp_path: Path) -> None:
    url, database, broker = engine
    with at_work(tmp_path / "work", url, database, "--watch", "0") as relay:
        look = Onlooker(relay)
        relay.line("relaying")
        fill(broker, parcels())
        taken = len(parcels())
        look.until("eodes_deliveries_total", lambda count: count == taken)
        look.until(
            "eodes_confirmed_total", lambda count: count == sum(look.numbers("eodes_sent_total").values()) > taken
        )
        relay.until(lambda: not look.numbers("eodes_queue_messages", "queue").get((inbox("kcci"),)))
        agree(look, database, broker)
        assert sum(look.numbers("eodes_delivery_seconds_count").values()) == taken
        confirmed = sum(look.numbers("eodes_confirmed_total").values())
        assert sum(look.numbers("eodes_confirm_seconds_count").values()) == confirmed
        assert look.numbers("eodes_up", "part") == {("broker",): 1, ("database",): 1}
        assert look.said("/health")[0] == look.said("/ready")[0] == 200
        changed = [(line["state"],) for line in relay.lines("certificate changed")]
        counted = grouped(database, HISTORY.c.state)
        assert {state: changed.count(state) for state in changed} == counted
    assert relay.process.returncode == 0


def test_a_crew_is_watched_as_one_and_forgets_nothing_when_a_worker_is_killed(engine: Engine, tmp_path: Path) -> None:
    url, database, broker = engine
    with at_work(tmp_path / "work", url, database, "--watch", "0", "--workers", "2") as relay:
        look = Onlooker(relay)
        relay.until(lambda: len(relay.lines("relaying")) == 2)
        fill(broker, parcels())
        taken = len(parcels())
        look.until("eodes_deliveries_total", lambda count: count >= taken)
        look.until("eodes_relay_processes", lambda count: count == 2)
        before = look.numbers("eodes_confirmed_total", "receiver", "kind")
        os.kill(relay.lines("relaying")[0]["process"], signal.SIGKILL)
        relay.until(lambda: len(relay.lines("relaying")) == 3)
        look.until("eodes_relay_processes", lambda count: count == 2)
        after = look.numbers("eodes_confirmed_total", "receiver", "kind")
        assert all(after[cell] >= count for cell, count in before.items())
        assert look.said("/health")[0] == 200
        fill(broker, parcels(first=500))
        look.until("eodes_deliveries_total", lambda count: count >= 2 * taken)
    assert relay.process.returncode == 0
    assert {line["event"] for line in relay.lines("watched")} == {"watched"}


def test_a_database_that_is_away_is_told_and_no_reason_to_start_again(tmp_path: Path) -> None:
    database = f"postgresql://user:hush@{NOWHERE}/x"
    with at_work(tmp_path / "work", f"embedded://{tmp_path / 'queues.db'}", database, "--watch", "0") as relay:
        look = Onlooker(relay)
        relay.line("waiting")
        assert look.numbers("eodes_up", "part") == {("broker",): 1}
        assert look.said("/health")[0] == 200
        status, said = look.said("/ready")
        assert (status, said["troubles"]["database"]) == (503, "away")
        assert "hush" not in look.get("/ready").text + look.get("/metrics").text
    assert relay.process.returncode == 0


def test_a_database_that_never_answers_keeps_nobody_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = f"postgresql://user@127.0.0.1:{silent.getsockname()[1]}/x"
        words = ("--watch", "0", "--drain", "0.5")
        with at_work(tmp_path / "work", f"embedded://{tmp_path / 'queues.db'}", database, *words) as relay:
            look = Onlooker(relay)
            assert look.numbers("eodes_up", "part") == {("broker",): 1}
            assert look.said("/ready")[1]["troubles"]["database"] == "away"
    assert relay.process.returncode == 1  # it was still asking


def test_a_broker_that_is_away_is_told_and_no_reason_to_start_again(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'ledger.db'}"
    with at_work(tmp_path / "work", f"amqp://user:hush@{NOWHERE}/v", database, "--watch", "0") as relay:
        look = Onlooker(relay)
        relay.line("waiting")
        look.until("eodes_up", lambda up: up == 1)
        assert look.numbers("eodes_up", "part") == {("database",): 1}
        assert look.said("/health")[0] == 200
        assert look.said("/ready")[1]["troubles"] == {"broker": "away"}
        assert "hush" not in look.get("/ready").text + look.get("/metrics").text
    assert relay.process.returncode == 0


def test_a_log_that_cannot_be_written_undoes_no_commit(tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise BrokenPipeError

    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(Embedded(tmp_path / "queues.db")) as broker, closing(Ledger.open(url, told=fail)) as ledger:
        office = PostOffice(broker, ledger)
        office.put("kcci", record("K001-25-0000001"))
        done = office.relay.step(1.0)
        assert (done.accepted, done.repeated, done.sent) == (1, 0, 2)


HOSTILE = {
    "nothing at all": b"",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc SECRET",
    "half a request": b"GET /metrics HTTP/1.1\r\nHost: x\r\n",
    "a long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"X-SECRET: 1\r\n" * 10_000 + b"\r\n",
    "a large body": b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nSECRET",
    "a body in chunks": b"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nSECRET",
    "a delete": b"DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    "a way out": b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "a proxy's": b"GET http://169.254.169.254/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    "a connect": b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "two at once": b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
}


def test_hostile_requests_get_nothing_and_leave_nothing(tmp_path: Path) -> None:
    urls = f"embedded://{tmp_path / 'queues.db'}", f"sqlite:///{tmp_path / 'ledger.db'}"
    with at_work(tmp_path / "work", *urls, "--watch", "0") as relay:
        look = Onlooker(relay)
        relay.line("relaying")
        for how, said in HOSTILE.items():
            answer = exchange(look, said)
            assert b"200 OK" not in answer or how == "a proxy's", (how, answer[:300])
            assert b"Traceback" not in answer and b"root:" not in answer
        open_ones = [socket.create_connection((look.host, look.port)) for _ in range(40)]
        for each in open_ones:
            each.sendall(b"GET /metrics HT")
        assert look.said("/health")[0] == 200
        relay.process.send_signal(signal.SIGTERM)  # with all of them still connected
        relay.process.wait(60)
        for each in open_ones:
            each.close()
    assert relay.process.returncode == 0
    told = (tmp_path / "work" / "log").read_text()
    assert "SECRET" not in told
    assert {line["event"] for line in map(json.loads, told.splitlines())} == {"watched", "relaying", "stopped"}


def exchange(look: Onlooker, said: bytes) -> bytes:
    """What is answered until the other side hangs up, or we do."""
    answer = b""
    with socket.create_connection((look.host, look.port), timeout=60) as client, suppress(ConnectionError):
        client.sendall(said)
        with suppress(OSError):  # it may have hung up already: then there is nobody to say the end to
            client.shutdown(socket.SHUT_WR)
        while part := client.recv(65_536):
            answer += part
    return answer
