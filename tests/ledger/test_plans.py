"""However many rows there are, what is asked for often reads an index, and no more of it than it shows."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, Executable

from adapter.ledger import Place, moment
from adapter.ledger.dead import dead_newest
from adapter.ledger.engine import open_engine
from adapter.ledger.find import Wanted, page_of
from adapter.ledger.history import CARRIED, SEND, SENT_BY, STOOD
from adapter.ledger.search import (
    dead_messages,
    deliveries_about,
    due_at,
    messages_about,
    page_before,
    sent_to,
)
from adapter.ledger.statements import CLOSE, due, recall
from benchmarks.many_rows import AT, fill, key

PAGE = 100
QUESTIONS: dict[str, tuple[Executable, set[str]]] = {
    "deliveries by number": (deliveries_about(key(5_000)), {"deliveries_by_key"}),
    "messages by number": (messages_about(key(5_000)), {"outbox_by_key"}),
    "first page": (page_before(None, PAGE), {"deliveries_by_time"}),
    "page in the middle": (page_before(Place(moment(1_000_000_100_000_000), "7"), PAGE), {"deliveries_by_time"}),
    "search, newest first": (page_of(Wanted()), {"deliveries_by_time"}),
    "search by partner, kind and time": (
        page_of(Wanted(partner="ID", kind="certificate", since=1_000_000_000_000_000)),
        {"deliveries_by_time"},
    ),
    "search a page behind": (page_of(Wanted(after=(1_000_000_100_000_000, "7"))), {"deliveries_by_time"}),
    "search what is dead": (page_of(Wanted(state="dead")), {"deliveries_dead"}),
    "what died last": (dead_newest(PAGE), {"deliveries_dead"}),
    "what died of a code": (dead_newest(PAGE, "HS-01", "ID"), {"deliveries_dead"}),
    "what is due": (due_at(AT, PAGE), {"outbox_due"}),
    "what died": (dead_messages(PAGE), {"outbox_dead"}),
    "what is due to be leased": (due(AT, 256), {"outbox_due", "outbox_in_order"}),
}
SEARCHED = [name for name in QUESTIONS if name.startswith(("search", "what died "))]
"""These bring up pages of what is there, which other tests read."""
OF_MANY = {"closed": CLOSE, "carried": CARRIED, "stood": STOOD, "sent": SEND, "sent by": SENT_BY}
MANY = [100_000, pytest.param(1_000_000, marks=pytest.mark.drill)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, rows: int) -> Iterator[Engine]:
    """A ledger with so many deliveries and messages."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('many') / 'ledger.db'}", rows)
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield from _filled(url, rows)


def _filled(url: str, rows: int) -> Iterator[Engine]:
    engine = open_engine(url)
    fill(engine, rows)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("rows", MANY, scope="module")
@pytest.mark.parametrize(("question", "indexes"), QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_reads_its_index_and_sorts_nothing(filled: Engine, question: Executable, indexes: set[str]) -> None:
    used, whole = plan(filled, question)
    assert used == indexes
    assert whole == []


@pytest.mark.parametrize("rows", MANY, scope="module")
def test_the_questions_bring_up_what_they_ask_for(filled: Engine, rows: int) -> None:
    with filled.connect() as connection:
        asked = {name: question for name, (question, _) in QUESTIONS.items() if name not in SEARCHED}
        found = {name: len(connection.execute(question).all()) for name, question in asked.items()}
    assert found == {
        "deliveries by number": 2, "messages by number": 2, "first page": PAGE, "page in the middle": PAGE,
        "what is due": PAGE, "what died": 0, "what is due to be leased": 256,
    }  # fmt: skip


@pytest.mark.parametrize("rows", MANY, scope="module")
def test_what_was_put_off_too_far_is_found_by_the_index_of_what_is_due(filled: Engine, rows: int) -> None:
    assert plan(filled, recall(AT, 2 * AT)) == ({"outbox_due"}, [])


@pytest.mark.parametrize("rows", MANY, scope="module")
def test_what_left_for_a_partner_in_a_time_is_read_from_its_index(filled: Engine, rows: int) -> None:
    """PostgreSQL brings those that left in one moment into the order of their places: what was read is in order."""
    used, whole = plan(filled, sent_to("ID", 1_000_000_000_000_000, 1_000_000_000_000_900, PAGE, (0, 0)))
    assert used == {"outbox_by_end"}
    assert set(whole) <= {"Incremental Sort"}


@pytest.mark.parametrize("rows", MANY, scope="module")
@pytest.mark.parametrize("statement", OF_MANY.values(), ids=OF_MANY.keys())
def test_what_is_done_to_many_at_once_asks_the_index_of_their_ids(filled: Engine, statement: Executable) -> None:
    """There are no certificates in these ledgers, which PostgreSQL sees at a glance."""
    told = explained(filled, statement, {"at": 1, "moment": 1, "these": [f"m-{place}" for place in range(256)]})
    whole = r"SCAN (outbox|certificates)\b(?! USING)|Seq Scan on outbox"
    assert [line for line in told if re.search(whole, line)] == []


def test_certificates_are_searched_in_the_order_of_their_index(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    page = page_of(Wanted("certificates", state="sent", after=(1_000_000_100_000_000, "7")))
    assert plan(engine, page) == ({"certificates_by_time"}, [])
    engine.dispose()


def test_a_question_without_an_index_is_told_apart(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX deliveries_by_key")
        connection.exec_driver_sql("DROP INDEX deliveries_by_time")
    assert plan(engine, deliveries_about(key(1))) == (set(), ["SCAN deliveries"])
    assert "USE TEMP B-TREE FOR ORDER BY" in plan(engine, page_before(None, PAGE))[1]
    engine.dispose()


def explained(engine: Engine, statement: Executable, values: dict[str, Any]) -> list[str]:
    """What the database says of how it will carry it out with these values, each bound."""
    compiled = statement.compile(engine)  # type: ignore[attr-defined]
    bound = [compiled.construct_params(values)[name] for name in compiled.positiontup]
    word = "EXPLAIN"
    if engine.dialect.name == "sqlite":
        word, bound = "EXPLAIN QUERY PLAN", [json.dumps(each) if isinstance(each, list) else each for each in bound]
    with engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"{word} {compiled}", tuple(bound))]


def plan(engine: Engine, question: Executable) -> tuple[set[str], list[str]]:
    """The indexes that the database will use, and whatever reads a whole table or sorts."""
    sql = str(question.compile(engine, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return _of_sqlite([row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")])
        told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}".replace("%", "%%")).scalar()
    nodes = list(_nodes((told if isinstance(told, list) else json.loads(str(told)))[0]["Plan"]))
    whole = [node["Node Type"] for node in nodes if node["Node Type"] in ("Seq Scan", "Sort", "Incremental Sort")]
    return {node["Index Name"] for node in nodes if "Index Name" in node}, whole


def _of_sqlite(lines: list[str]) -> tuple[set[str], list[str]]:
    used = {line.split(" INDEX ")[1].split()[0] for line in lines if " INDEX " in line}
    return used, [line for line in lines if "TEMP B-TREE" in line or (line.startswith("SCAN") and "INDEX" not in line)]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from _nodes(each)
