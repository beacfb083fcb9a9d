"""Hostile deliveries: each becomes one dead row, and its neighbours flow."""

import hostile
import pytest
from post_office import PostOffice, catalogue, kinds, record, said

from adapter import translate
from adapter.delivery import Delivery
from adapter.ledger import ledger
from adapter.relay import arrival
from adapter.relay.broker import OVERSIZED, UNREADABLE, Parcel
from adapter.relay.exchange import Exchange
from adapter.relay.names import DEAD, inbox
from adapter.rules import Facts
from adapter.schema import Limits

SMALL = 2_000_000
"""Larger bodies have tests of their own: what they show does not need 50 MB in every queue."""


def cases(documents: dict[str, tuple[bytes, str]]) -> dict[str, tuple[bytes, str]]:
    return {name: case for name, case in documents.items() if len(case[0]) < SMALL}


def between_neighbours(office: PostOffice, code: str, documents: dict[str, tuple[bytes, str]]) -> None:
    for place, (name, (body, _)) in enumerate(documents.items()):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"good-{place}")
        office.put(code, body, name)
    office.work()


@pytest.mark.parametrize(
    ("code", "documents"), [("ID", hostile.XML), ("kcci", hostile.JSON), ("ID", hostile.WRONG_SCHEMA)]
)
def test_each_hostile_document_dies_alone(
    office: PostOffice, code: str, documents: dict[str, tuple[bytes, str]]
) -> None:
    documents = cases(documents)
    between_neighbours(office, code, documents)
    dead = office.ledger.dead(1000)
    assert sorted(each.message_id for each in dead) == sorted(documents)  # type: ignore[type-var]
    assert len(office.take("ID")) - (len(documents) if code == "ID" else 0) == len(documents)


@pytest.mark.parametrize(("code", "documents"), [("ID", hostile.XML), ("kcci", hostile.JSON)])
def test_each_dies_of_its_own_code(office: PostOffice, code: str, documents: dict[str, tuple[bytes, str]]) -> None:
    documents = cases(documents)
    for name, (body, _) in documents.items():
        office.put(code, body, name)
    office.work()
    assert {each.message_id: each.code for each in office.ledger.dead(1000)} == {
        name: expected for name, (_, expected) in documents.items()
    }


def test_hostile_documents_do_not_stop_a_relay_on_any_engine(any_office: PostOffice) -> None:
    documents = cases(hostile.JSON)
    between_neighbours(any_office, "kcci", documents)
    assert len(any_office.ledger.dead(1000)) == len(documents)
    assert kinds(any_office.take("ID")) == ["certificate"] * len(documents)


def test_a_crash_of_ours_is_the_death_of_one_delivery(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    recognise = translate.recognise

    def crash(body: bytes, *rest: object, **more: object) -> object:
        if b"0000001" in body:
            raise RecursionError("SECRET")
        return recognise(body, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(translate, "recognise", crash)
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.work()
    (dead,) = office.ledger.dead()
    assert (dead.message_id, dead.stage, dead.code) == ("m-1", "crash", "REL-01")
    whole = office.ledger.dead_letter(dead.id)
    assert whole is not None and "SECRET" not in f"{whole.message} {whole.findings}"
    assert len(office.take("ID")) == 2
    told = [each for each in office.take("kcci") if each.headers["type"] == "response"]
    assert said(told[0])["findings"][0]["level"] == "UNDECIDED"  # type: ignore[index]


def test_an_oversized_document_goes_to_the_dead_with_the_reason(any_office: PostOffice) -> None:
    office = PostOffice(any_office.broker, any_office.ledger, limits=Limits(size=10_000))
    office.put("kcci", b"{" + b" " * 10_000 + b"}", "m-1")
    office.put("kcci", record("K001-25-0000001"), "m-2")
    office.work()
    (buried,) = office.take_queue(DEAD)
    assert (buried.headers["reason"], buried.headers["source"]) == ("DOC-SIZE", "from.kcci")
    (dead,) = office.ledger.dead()
    assert (dead.stage, dead.code, dead.size) == ("intake", "DOC-SIZE", 10_002)
    whole = office.ledger.dead_letter(dead.id)
    assert whole is not None and whole.body is None
    assert kinds(office.take("ID")) == ["certificate"]
    assert office.broker.depths([inbox("kcci")]) == {inbox("kcci"): 0}


def test_what_came_with_unreadable_headers_goes_to_the_dead(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"), "m-1", **{UNREADABLE: "not AMQP"})
    office.work()
    (buried,) = office.take_queue(DEAD)
    assert buried.headers["reason"] == "DLV-01"
    assert office.take("ID") == []


def test_the_sender_of_an_oversized_document_is_told(office: PostOffice) -> None:
    office = PostOffice(office.broker, office.ledger, limits=Limits(size=10_000))
    office.put("kcci", b"{" + b" " * 10_000 + b"}", "m-1")
    office.work()
    (told,) = office.take("kcci")
    assert said(told)["findings"][0]["code"] == "DOC-SIZE"  # type: ignore[index]


@pytest.mark.parametrize("id", ["\0", "x" * 200, "한국", "a b", "\x1b[31m"])
def test_a_hostile_message_id_is_no_obstacle(any_office: PostOffice, id: str) -> None:
    any_office.put("kcci", record("K001-25-0000001"), id)
    any_office.put("kcci", b"{", id)
    any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate"]
    assert len(any_office.ledger.dead()) == 1
    assert sorted(kinds(any_office.take("kcci"))) == ["acknowledgement", "response"]


def test_what_the_database_will_not_have_dies_alone(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    write = ledger.write_window

    def refuse(connection: object, outcomes: list[object], *rest: object) -> None:
        if any("0000001" in str(getattr(outcome, "posts", "")) for outcome in outcomes):
            raise ValueError("SECRET")
        write(connection, outcomes, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "write_window", refuse)
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.work()
    assert [(dead.message_id, dead.stage) for dead in office.ledger.dead()] == [("m-1", "crash")]
    assert len(office.take("ID")) == 2


def test_a_queue_of_no_known_system_is_dead_and_unanswered() -> None:
    exchange = Exchange(catalogue())
    taken = arrival.arrive(Delivery(b"{}", "from.nowhere", "m-1"), exchange, Facts())
    assert (taken.stage, taken.findings[0].code) == ("intake", "SRC-01")


def test_the_dead_queue_keeps_the_original_bytes(office: PostOffice) -> None:
    office = PostOffice(office.broker, office.ledger, limits=Limits(size=10))
    office.broker.send([Parcel(inbox("kcci"), "m-1", b"twelve bytes")])
    office.work()
    assert [buried.body for buried in office.take_queue(DEAD)] == [b"twelve bytes"]


def test_what_was_too_large_to_be_let_in_is_refused_for_its_size_and_its_sender_told(office: PostOffice) -> None:
    office.broker.send([Parcel("from.kcci", "m-1", b"", headers={OVERSIZED: 10**9})])
    office.work()
    (buried,) = office.take_queue("dead")
    assert (buried.headers["reason"], buried.headers["message_id"]) == ("DOC-SIZE", "m-1")
    (told,) = office.take("kcci")
    assert said(told)["findings"][0]["code"] == "DOC-SIZE"  # type: ignore[index]


def test_a_receiver_named_at_length_keeps_nothing_out_of_the_dead(any_office: PostOffice) -> None:
    """With it the grave had more headers than a frame of AMQP carries: it was refused again and again."""
    any_office.put("kcci", b"<a/>", "m-1", **{UNREADABLE: "x", "receiver": "R" * 130_900})
    any_office.work()
    (buried,) = any_office.take_queue("dead")
    assert buried.headers["receiver"] == "R" * 255
