"""The relay's queues and messages in AsyncAPI 3.0, for whoever only puts messages in or takes them out.

The application that is described is the relay: what it receives, others send.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from adapter.catalogue import Catalogue
from adapter.mapping.table import Table
from adapter.messages import Kind
from adapter.relay.labels import DEAD_HEADERS, READ_HEADERS, READ_PROPERTIES, SET_HEADERS, SET_PROPERTIES, label_schema
from adapter.relay.names import DEAD, ENTRANCE, UNKNOWN, inbox, outbox
from adapter.relay.topology import Topology, Vhost
from adapter.system import System

Json = dict[str, Any]

BINDING = {"bindingVersion": "0.3.0"}
PERSPECTIVE = (
    "Certificates of origin between domestic systems and free-trade partners, over RabbitMQ. The application described "
    "is the relay: what it receives from an inbox, a system publishes to the exchange there; what it sends to an "
    "outbox, a system consumes. It hands over at least once: the same message_id may come again."
)
_SCHEMAS = {
    "propertiesRead": READ_PROPERTIES, "headersRead": READ_HEADERS, "propertiesSet": SET_PROPERTIES,
    "headersSet": SET_HEADERS, "headersOfTheDead": DEAD_HEADERS,
}  # fmt: skip


def describe(catalogue: Catalogue, topology: Topology, host: str, protocol: str, version: str) -> Json:
    """The whole document; the host has no user and no password in it."""
    systems = [catalogue.systems[code] for code in sorted(catalogue.systems)]
    messages = {name: told for system in systems for name, told in _messages(catalogue, system)} | _stray_messages()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "EODES relay", "version": version, "description": PERSPECTIVE},
        "servers": {_server(each): _where(each, host, protocol) for each in topology.vhosts},
        "channels": {
            queue: _channel(queue, vhost, messages) for vhost in topology.vhosts for queue in vhost.queues
        },
        "operations": {name: told for queue in topology.place for name, told in _operations(queue, messages)},
        "components": {
            "messages": messages,
            "schemas": {name: label_schema(labels) for name, labels in _SCHEMAS.items()},
        },
    }  # fmt: skip


def _messages(catalogue: Catalogue, system: System) -> Iterator[tuple[str, Json]]:
    """Each table's message, by the queue that it goes through and the table's name."""
    for table in catalogue.tables(system):
        stem = table.name.rpartition("/")[2].removesuffix(".toml")
        if table.direction != "out":
            yield f"{inbox(system.code)}.{stem}", _incoming(table, system)
        if table.direction != "in":
            yield f"{outbox(system.code)}.{stem}", _outgoing(table, system)


def _incoming(table: Table, system: System) -> Json:
    """What a system puts in; only a domestic record may name its receiver."""
    is_record = system.side == "domestic" and table.message is Kind.CERTIFICATE
    headers = {"headers": _ref("headersRead")} if is_record else {}
    return {**_message(table, f"from {system.name}"), **headers, "x-properties": _ref("propertiesRead")}


def _outgoing(table: Table, system: System) -> Json:
    bound = {"amqp": {"messageType": table.message.value, **BINDING}}
    labels = {"headers": _ref("headersSet"), "x-properties": _ref("propertiesSet")}
    return {**_message(table, f"for {system.name}"), **labels, "bindings": bound}


def _message(table: Table, whose: str) -> Json:
    under = f" under {table.agreement}" if table.agreement else ""
    written = "JSON" if table.is_json else f"XML with the root element {table.root.steps[0].name}"
    payload = {"type": "object" if table.is_json else "string", "description": f"{written}, by xsd/{table.schema}"}
    return {
        "name": table.message.value, "title": f"{table.message.value}{under} {whose}",
        "contentType": "application/json" if table.is_json else "application/xml",
        "payload": {**payload, "x-schema": f"xsd/{table.schema}"},
    }  # fmt: skip


def _stray_messages() -> dict[str, Json]:
    """What lies where no system takes it: as it came."""
    came = {
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "description": "The bytes as they came."},
    }
    return {
        DEAD: {"name": DEAD, "title": "what could not be taken in", "headers": _ref("headersOfTheDead"), **came},
        UNKNOWN: {"name": UNKNOWN, "title": "what was put in for no queue that there is", **came},
    }


def _channel(queue: str, vhost: Vhost, messages: Iterable[str]) -> Json:
    exchange = next((each for each in vhost.exchanges if each.name == ENTRANCE and _is_inbox(queue)), None)
    if exchange:
        way = {"is": "routingKey", "exchange": {"name": exchange.name, "type": exchange.kind, **_kept(vhost)}}
        summary = f"Put in: to the exchange {exchange.name}, with this routing key."
    else:
        way = {"is": "queue", "queue": {"name": queue, "exclusive": False, **_kept(vhost)}}
        summary = "Taken out: a durable quorum queue."
    return {
        "address": queue, "summary": summary, "servers": [{"$ref": f"#/servers/{_server(vhost)}"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _through(queue, messages)},
        "bindings": {"amqp": {**way, **BINDING}},
    }  # fmt: skip


def _operations(queue: str, messages: Iterable[str]) -> Iterator[tuple[str, Json]]:
    """What the relay does there: nothing with the unknown, which are the operators'."""
    if queue == UNKNOWN:
        return
    verb, how = ("receive", {"ack": True}) if _is_inbox(queue) else ("send", {"deliveryMode": 2, "mandatory": True})
    names = _through(queue, messages)
    yield f"{verb}.{queue}", {
        "action": verb, "channel": {"$ref": f"#/channels/{queue}"},
        "messages": [{"$ref": f"#/channels/{queue}/messages/{name}"} for name in names],
        "bindings": {"amqp": {**how, **BINDING}},
    }  # fmt: skip


def _through(queue: str, messages: Iterable[str]) -> list[str]:
    return [name for name in messages if name == queue or name.startswith(f"{queue}.")]


def _is_inbox(queue: str) -> bool:
    return queue.startswith(inbox(""))


def _kept(vhost: Vhost) -> Json:
    return {"durable": True, "autoDelete": False, "vhost": vhost.name}


def _server(vhost: Vhost) -> str:
    return f"partner-{vhost.partner.lower()}" if vhost.partner else "main"


def _where(vhost: Vhost, host: str, protocol: str) -> Json:
    whose = f"The vhost of {vhost.partner} alone." if vhost.partner else "The main vhost."
    place = {
        "host": host,
        "protocol": protocol,
        "protocolVersion": "0-9-1",
        "pathname": f"/{quote(vhost.name, safe='')}",
    }
    return {**place, "description": whose, "security": [{"type": "userPassword"}]}


def _ref(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}
