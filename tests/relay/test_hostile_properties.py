"""What a sender on RabbitMQ may write beside a record, whatever it means by it: the record is taken in all the same."""

import datetime
import decimal
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pika
import pytest
from post_office import PostOffice, kinds, record
from shell import eodes

from adapter.ledger import Ledger
from adapter.relay.rabbitmq import RabbitMQ

NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
STRANGE: dict[str, Any] = {
    "text": "x" * 30_000, "bytes": b"\xff\xfe", "moment": NOON, "number": decimal.Decimal("1.5"), "nothing": None,
    "list": [1, [2, [3, {"a": [4]}]]], "table": {"a": {"b": {"c": "d"}}}, "yes": True, "control": "\x00\x1b[31m\n",
}  # fmt: skip
NAMES = (
    "receiver",
    "source",
    "reason",
    "message_id",
    "number",
    "agreement",
    "CC",
    "BCC",
    "x-delivery-count",
    "x-death",
)
PROPERTIES: dict[str, dict[str, Any]] = {
    "an id of 255": {"message_id": "m" * 255}, "an id of controls": {"message_id": "\x00\n\x1b[31m"},
    "an id of bytes": {"message_id": b"\xff\xfe".decode("latin-1")}, "no id": {},
    "gzip": {"content_encoding": "gzip", "content_type": "application/json; charset=utf-16"},
    "a late answer": {"reply_to": "to.kcci", "correlation_id": "c" * 255, "type": "t" * 255, "app_id": "a" * 255},
    "of low rank": {"priority": 255, "delivery_mode": 1, "timestamp": 2**33},
}  # fmt: skip


@pytest.fixture
def office(amqp_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A post office on RabbitMQ, and commands that find it."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("EODES_BROKER", amqp_url)
    monkeypatch.setenv("EODES_DATABASE", url)
    with closing(RabbitMQ(amqp_url)) as broker, closing(Ledger.open(url)) as ledger:
        yield PostOffice(broker, ledger)


@pytest.fixture
def plain(amqp_url: str) -> Iterator[Any]:
    """A channel of plain pika."""
    with closing(pika.BlockingConnection(pika.URLParameters(amqp_url))) as connection:
        yield connection.channel()


@pytest.mark.parametrize("said", PROPERTIES.values(), ids=PROPERTIES)
def test_properties_of_any_kind_keep_no_record_out(office: PostOffice, plain: Any, said: dict[str, Any]) -> None:
    plain.basic_publish("", "from.kcci", record("K001-25-0000001"), pika.BasicProperties(**said))
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert kinds(office.take("kcci")) == ["acknowledgement"]


@pytest.mark.parametrize("kind", STRANGE)
def test_headers_of_any_kind_keep_no_record_out_and_stop_nothing(office: PostOffice, plain: Any, kind: str) -> None:
    for place, name in enumerate(NAMES):
        if name in ("CC", "BCC") and not isinstance(STRANGE[kind], list):
            continue  # the broker itself refuses these
        value = ["to.cn", "dead"] if name in ("CC", "BCC") else STRANGE[kind]
        said = pika.BasicProperties(message_id=f"m-{name}", headers={name: value})
        plain.basic_publish("", "from.kcci", record(f"K001-25-{place:07d}"), said)
    office.work()
    assert office.relay.settle()
    assert len(office.take("kcci")) == len([each for each in NAMES if not each.endswith("CC") or kind == "list"])


@pytest.mark.parametrize("kind", STRANGE)
def test_what_lies_in_no_inbox_is_listed_whatever_is_written_on_it(office: PostOffice, plain: Any, kind: str) -> None:
    headers = {"source": STRANGE[kind], "reason": STRANGE[kind], "message_id": STRANGE[kind]}
    for queue in ("unknown", "dead"):
        plain.basic_publish("", queue, b"<a/>", pika.BasicProperties(message_id="m-1", headers=headers))
        told = eodes("dead", "queue", queue, "--json")
        assert told.exit_code == 0, told.stderr
        assert len(json.loads(told.stdout)["messages"]) == 1
        assert eodes("dead", "queue", queue).exit_code == 0
