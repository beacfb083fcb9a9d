"""`eodes send`, `relay` and `queues` on real servers, as whoever operates them does: each a process or a command."""

import contextlib
import json
from pathlib import Path

import hostile
import pytest
import shelf
from shell import RECORD, eodes, relaying, said, wait_until, waiting

from adapter import translate
from adapter.delivery import Delivery
from adapter.relay.broker import Parcel
from adapter.relay.names import DEAD
from adapter.relay.rabbitmq import RabbitMQ

OVERSIZED = {"from.kcci": hostile.JSON["50 MB of text"][0], "from.id": hostile.XML["50 MB of text"][0]}
MANY = 12
MOST_MEMORY = 500_000_000
"""Bytes for the whole process, less than those bodies have together; two of them may be on their way out at once."""


@pytest.fixture(params=["by option", "by environment"])
def servers(request, amqp_url, database_url, monkeypatch):
    """RabbitMQ and PostgreSQL, named both ways: the words for the broker, and those for both."""
    if request.param == "by option":
        return ("--broker", amqp_url), ("--broker", amqp_url, "--database", database_url)
    monkeypatch.setenv("EODES_BROKER", amqp_url)
    monkeypatch.setenv("EODES_DATABASE", database_url)
    return (), ()


@pytest.fixture
def broker(amqp_url):
    """The hands of those whom the relay serves."""
    with contextlib.closing(RabbitMQ(amqp_url, patience=60)) as broker:
        yield broker


def take(broker, queue, count):
    """So many messages of a queue, acknowledged, one after the other."""
    for nth in range(count):
        window = broker.take([queue], 1, 1, 60)
        assert window, f"{count - nth} are missing in {queue}"
        broker.acknowledge(window)
        yield from window


def put(broker, queue, message_id, body):
    """A body into a queue, confirmed."""
    broker.send([Parcel(queue, message_id, body)])
    while not broker.receipts(30):
        pass


def record(number):
    """A chamber's record under another number."""
    return json.dumps(json.loads(Path(RECORD).read_bytes()) | {"certificateNo": number}).encode()


def peak_memory(running):
    """The most bytes that the process ever had in memory, as Linux tells it."""
    (line,) = (line for line in Path(f"/proc/{running.pid}/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) * 1024


def test_a_record_that_is_sent_comes_out_at_the_partner_and_is_acknowledged_at_home(servers, broker, tmp_path):
    words, all_words = servers
    eodes("topology", "declare", *words)
    sent = eodes("send", RECORD, "--from", "kcci", *words)
    assert sent.exit_code == 0, sent.stderr
    assert waiting(*all_words)["from.kcci"] == 1
    with relaying(tmp_path / "log", *all_words) as running:
        wait_until(lambda: at_both(waiting(*all_words)), running)
    assert running.returncode == 0
    assert json.loads((tmp_path / "log").read_text().splitlines()[-1])["event"] == "stopped"
    (document,), (answer,) = take(broker, "to.cn", 1), take(broker, "to.kcci", 1)
    assert document.body.startswith(b"<?xml")
    reading = translate.read(Delivery(document.body, "CN"), shelf.catalogue(), shelf.facts())
    assert reading.certificate.number == json.loads(Path(RECORD).read_bytes())["certificateNo"]
    assert (document.headers["type"], document.headers["number"]) == ("certificate", reading.certificate.number)
    assert (answer.headers["type"], answer.headers["correlation_id"]) == ("acknowledgement", sent.stdout.split()[0])


def at_both(depths):
    return (depths["from.kcci"], depths["to.cn"], depths["to.kcci"]) == (0, 1, 1)


def test_when_all_is_handed_over_nothing_is_left_to_do(servers, tmp_path):
    words, all_words = servers
    eodes("topology", "declare", *words)
    eodes("send", RECORD, "--from", "kcci", *words)
    with relaying(tmp_path / "log", *all_words) as running:
        wait_until(lambda: at_both(waiting(*all_words)), running)
    told = said("queues", *all_words)
    assert (told["outbox"], told["dead"]) == ([], [])
    assert {each["queue"]: each["waiting"] for each in told["queues"] if each["waiting"]} == {"to.cn": 1, "to.kcci": 1}


def test_queues_that_nobody_has_made_yet_are_told_to_be_none(servers):
    _, all_words = servers
    assert set(waiting(*all_words).values()) == {None}


@pytest.mark.parametrize("queue", OVERSIZED)
def test_a_body_of_50_mb_is_buried_whole_and_its_neighbours_flow(queue, broker, amqp_url, tmp_path):
    words = ("--broker", amqp_url)
    with relaying(tmp_path / "log", *words) as running:
        wait_until(lambda: waiting(*words)[DEAD] == 0, running)
        put(broker, "from.kcci", "before", record("K001-25-0000001"))
        put(broker, queue, "hostile", OVERSIZED[queue])
        put(broker, "from.kcci", "behind", record("K001-25-0000002"))
        (buried,) = take(broker, DEAD, 1)
        numbers = [each.headers["number"] for each in take(broker, "to.cn", 2)]
        wait_until(lambda: not said("queues", *words)["outbox"], running)
    assert running.returncode == 0
    assert numbers == ["K001-25-0000001", "K001-25-0000002"]
    assert buried.body == OVERSIZED[queue]
    assert buried.headers["source"] == queue
    assert (buried.headers["reason"], buried.headers["message_id"]) == ("DOC-SIZE", "hostile")
    assert [(each["code"], each["size"]) for each in said("queues", *words)["dead"]] == [("DOC-SIZE", len(buried.body))]
    assert waiting(*words)[DEAD] == 0


def test_many_bodies_of_50_mb_do_not_fill_the_memory(broker, amqp_url, tmp_path):
    words = ("--broker", amqp_url)
    bodies = [OVERSIZED[queue] for queue in OVERSIZED]
    assert MANY * min(map(len, bodies)) > MOST_MEMORY
    with relaying(tmp_path / "log", *words) as running:
        wait_until(lambda: waiting(*words)[DEAD] == 0, running)
        for nth in range(MANY):
            queue = list(OVERSIZED)[nth % len(OVERSIZED)]
            put(broker, queue, f"hostile-{nth}", OVERSIZED[queue])
            put(broker, "from.kcci", f"good-{nth}", record(f"K001-25-{nth:07d}"))
        buried = {each.headers["message_id"]: len(each.body) for each in take(broker, DEAD, MANY)}
        numbers = {each.headers["number"] for each in take(broker, "to.cn", MANY)}
        peak = peak_memory(running)
    assert running.returncode == 0
    assert len(buried) == len(numbers) == MANY
    assert peak < MOST_MEMORY
