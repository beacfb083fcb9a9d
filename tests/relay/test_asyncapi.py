"""The AsyncAPI document: valid by AsyncAPI's own schema, and true to what the relay does."""

import copy
import hashlib
import json
from pathlib import Path
from urllib.parse import unquote

import jsonschema_rs
import pytest
from post_office import PostOffice, acknowledge, catalogue, feed_back, fixture, record, respond

from adapter.relay.asyncapi import describe
from adapter.relay.labels import DEAD_HEADERS, SET_HEADERS, SET_PROPERTIES
from adapter.relay.names import queue_names
from adapter.relay.topology import topology

DATA = Path(__file__).parents[1] / "data/asyncapi"
ROOT = Path(__file__).parents[2]
SYSTEMS = catalogue().systems
LAYOUTS = {
    "together": topology(SYSTEMS.values(), "main"),
    "apart": topology(SYSTEMS.values(), "the/main", "eodes-{code}"),
}
DOCUMENTS = {
    name: describe(catalogue(), layout, "broker.example:5671", "amqps", "1.0") for name, layout in LAYOUTS.items()
}
DOCUMENT = DOCUMENTS["apart"]


@pytest.fixture(scope="module")
def schema():
    return jsonschema_rs.Draft7Validator(json.loads((DATA / "3.0.0.json").read_text(encoding="utf-8")))


def at(pointer):
    """What a reference within the document leads to."""
    found = DOCUMENT
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from references(each)


def message(delivery, queue):
    """The messages of the document that a delivery may be one of."""
    through = at(f"#/operations/send.{queue}/messages")
    told = [at(at(each["$ref"])["$ref"]) for each in through]
    return [each for each in told if each["name"] == delivery.headers["type"]]


# Valid


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_valid_by_asyncapis_own_schema(schema, document):
    assert [f"{error.instance_path}: {error.message}" for error in schema.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("#/channels/to.id/bindings/amqp", {"is": "topic", "bindingVersion": "0.3.0"}),
        ("#/operations/send.to.id", {"action": "publish"}),
        ("#/servers/main", {"url": "amqp://host"}),
        ("#/components/messages/dead", {"payload": 1}),
    ],
)
def test_the_schema_finds_what_is_wrong(schema, place, wrong):
    broken = copy.deepcopy(DOCUMENT)
    *parents, last = place.removeprefix("#/").split("/")
    holder = broken
    for part in parents:
        holder = holder[part]
    holder[last] = holder[last] | wrong
    assert not schema.is_valid(broken)


def test_the_schema_is_the_published_one():
    told = (DATA / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256((DATA / "3.0.0.json").read_bytes()).hexdigest() in told


def test_every_reference_leads_somewhere():
    every = list(references(DOCUMENT))
    assert every
    assert all(at(each) for each in every)


# True to the topology


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_queue_is_a_channel_in_its_vhost(name):
    document, layout = DOCUMENTS[name], LAYOUTS[name]
    assert set(document["channels"]) == set(queue_names(catalogue()))
    for queue, channel in document["channels"].items():
        (server,) = channel["servers"]
        pathname = document["servers"][server["$ref"].rpartition("/")[2]]["pathname"]
        assert unquote(pathname.removeprefix("/")) == layout.place[queue]


def test_an_inbox_is_reached_by_the_exchange_that_leads_there():
    for vhost in LAYOUTS["apart"].vhosts:
        for binding in (each for each in vhost.bindings if each.exchange == "from"):
            bound = at(f"#/channels/{binding.queue}")
            kind = next(each.kind for each in vhost.exchanges if each.name == "from")
            exchange = bound["bindings"]["amqp"]["exchange"]
            assert (bound["address"], exchange["name"], exchange["type"]) == (binding.key, "from", kind)


def test_the_relay_receives_from_inboxes_and_sends_to_outboxes_and_the_dead():
    done = {(each["action"], each["channel"]["$ref"].rpartition("/")[2]) for each in DOCUMENT["operations"].values()}
    names = [queue for queue in queue_names(catalogue()) if queue != "unknown"]
    assert done == {("receive" if queue.startswith("from.") else "send", queue) for queue in names}


def test_every_table_is_a_message_with_its_schema():
    for system in SYSTEMS.values():
        tables = [table for table in catalogue().tables(system) if table.direction != "in"]
        told = at(f"#/operations/send.to.{system.code.lower()}/messages")
        schemas = [at(at(each["$ref"])["$ref"])["payload"]["x-schema"] for each in told]
        assert sorted(schemas) == sorted(f"xsd/{table.schema}" for table in tables)


def test_every_schema_that_is_named_exists():
    named = {each["payload"]["x-schema"] for name, each in DOCUMENT["components"]["messages"].items() if "." in name}
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


# True to the relay


def test_every_message_of_the_relay_fits_one_of_its_queues_messages(office: PostOffice):
    seen = 0
    for code, delivery in everything(office):
        (told, *_) = message(delivery, f"to.{code.lower()}")
        assert told["contentType"] == delivery.headers["content_type"]
        assert told["bindings"]["amqp"]["messageType"] == delivery.headers["type"]
        headers = {name: value for name, value in delivery.headers.items() if name in named(SET_HEADERS)}
        properties = {"message_id": delivery.message_id, **delivery.headers}
        assert jsonschema_rs.validator_for(at(told["headers"]["$ref"])).is_valid(headers)
        assert jsonschema_rs.validator_for(at(told["x-properties"]["$ref"])).is_valid(properties)
        assert set(properties) <= named(SET_HEADERS) | named(SET_PROPERTIES)
        seen += 1
    assert seen >= 8


def test_every_header_that_may_be_set_is_set_on_some_message(office: PostOffice):
    seen = {name for _, delivery in everything(office) for name in ("message_id", *delivery.headers)}
    assert seen == named(SET_HEADERS) | named(SET_PROPERTIES)


def test_the_dead_bear_the_headers_that_are_told(office: PostOffice):
    office.put("kcci", b" " * (10 * 1024 * 1024 + 1))
    office.work()
    (buried,) = office.take_queue("dead")
    assert set(buried.headers) == named(DEAD_HEADERS)


def everything(office):
    """Messages of every kind, to both sides."""
    office.put("kcci", record("K001-25-0000001"))
    office.work()
    (sent,) = office.take("ID")
    acknowledge(office, "ID", sent)
    respond(office, "ID", sent, "accepted")
    feed_back(office, "ID", "K001-25-0000001", "granted")
    office.put("ID", fixture("id/certificate/ik-cepa-import-3-items.xml"), "p-1")
    office.put("kcci", b"{}", "bad")
    office.work()
    yield "ID", sent
    for code in ("ID", "kcci", "unipass"):
        yield from ((code, delivery) for delivery in office.take(code))


def named(labels):
    return {each.name for each in labels}
