"""The ledger alone: opening, lists, questions."""

import subprocess
import sys
from pathlib import Path

import pytest
from entries import AT, entry, standing
from sqlalchemy import event

from adapter.findings import Unavailable
from adapter.ledger import Change, Ledger, Outcome, Outpaced, Question, micros, moment
from adapter.ledger.engine import open_engine, reading, writing
from adapter.ledger.statements import due


def test_an_entry_written_again_outpaces_whoever_writes_it(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"))], [], AT)
    with pytest.raises(Outpaced):
        ledger.write([Outcome(entry("b")), Outcome(entry("a"))], [], AT)
    assert ledger.known(Question(deliveries=("a", "b"))).deliveries == {"a": "done"}


def test_a_certificate_version_is_there_once(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"))], [], AT)
    with pytest.raises(Outpaced):
        ledger.write([Outcome(entry("b"), certificate=standing("s"))], [], AT)
    assert len(ledger.standings()) == 1


def test_what_is_known_of_a_certificate_is_found_by_its_key(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"))], [], AT)
    (found,) = ledger.known(Question(keys=("KEYs",))).of_key("KEYs")
    assert (found.id, found.state, found.received_at) == ("s", "issued", AT)


def test_a_state_changes_only_from_one_before_it(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s", "denied"))], [], AT)
    ledger.write([Outcome(entry("b"), changes=(Change("s", "acknowledged", ("issued",)),))], [], AT)
    assert [each.state for each in ledger.standings()] == ["denied"]
    ledger.write([Outcome(entry("c"), changes=(Change("s", "granted", ("issued", "denied")),))], [], AT)
    assert [each.state for each in ledger.standings()] == ["granted"]


def test_a_question_about_more_than_one_statement_holds_is_answered_whole(ledger: Ledger) -> None:
    ids = [f"{place:05d}" for place in range(1_200)]
    ledger.write([Outcome(entry(id)) for id in ids], [], AT)
    assert set(ledger.known(Question(deliveries=tuple(ids))).deliveries) == set(ids)


def test_lists_load_no_payload(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a", "rules"), certificate=standing("s"))], [], AT)
    asked: list[str] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    ledger.dead()
    ledger.standings()
    ledger.queue(AT)
    assert asked and not [statement for statement in asked if "body" in statement]


def test_looking_for_what_is_due_does_not_go_through_all_that_ever_left(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with reading(ledger._engine) as connection:
        question = due(0, 1).compile(ledger._engine, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}").all()
    ledger.close()
    assert ["outbox_due" in step.detail for step in plan if " outbox " in f"{step.detail} "] == [True]
    assert not [step.detail for step in plan if "TEMP B-TREE" in step.detail]


def test_the_newest_dead_come_first(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a", "rules"))], [], AT)
    ledger.write([Outcome(entry("b", "read"))], [], AT.replace(hour=11))
    assert [dead.id for dead in ledger.dead()] == ["b", "a"]
    assert [dead.id for dead in ledger.dead(1)] == ["b"]


def test_a_dead_letter_is_shown_with_its_bytes(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a", "rules")), Outcome(entry("b"))], [], AT)
    letter = ledger.dead_letter("a")
    assert letter is not None and letter.body == b"body of a"
    assert ledger.dead_letter("b") is None


def test_microseconds_survive() -> None:
    assert moment(micros(AT)) == AT


@pytest.mark.parametrize("url", ["nonsense", "oracle://user:SECRET@host/db", "mysql+nothing://user:SECRET@host/db"])
def test_a_misspelt_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="not a database URL") as refused:
        Ledger.open(url)
    assert "SECRET" not in str(refused.value)


def test_a_database_that_does_not_answer_is_unavailable_and_its_password_is_not_told() -> None:
    with pytest.raises(Unavailable) as refused:
        Ledger.open("postgresql://user:SECRET@127.0.0.1:9/nothing")
    assert "SECRET" not in str(refused.value)


def test_a_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Ledger.open(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'ledger.db'}")


def test_a_server_that_only_lets_itself_be_read_is_unavailable(database_url: str) -> None:
    engine = open_engine(database_url)
    with pytest.raises(Unavailable, match="read-only"), writing(engine) as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql("DELETE FROM outbox")
    engine.dispose()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path):
    place = tmp_path / "ledger.db"
    place.write_bytes(b"what a torn disk left")
    with pytest.raises(ValueError, match=r"ledger\.db is no SQLite database; .* put a backup back"):
        Ledger.open(f"sqlite:///{place}")
    assert place.read_bytes() == b"what a torn disk left"


def test_a_second_look_in_the_same_process_keeps_the_locks_of_the_first(tmp_path):
    """A file opened and closed beside SQLite loses them: another process then takes the log away that we write to."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    first = Ledger.open(url)
    Ledger.open(url, make=False).close()
    subprocess.run([sys.executable, "-c", OTHER, url], check=True, timeout=60)
    assert (tmp_path / "ledger.db-wal").exists()
    first.close()


OTHER = (
    "import sys; from adapter.ledger import Ledger; ledger = Ledger.open(sys.argv[1]); ledger.dead(); ledger.close()"
)
