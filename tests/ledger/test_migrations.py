"""A ledger is brought to this program's tables when it is opened, whichever program made it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from old_ledger import CERTIFICATE, OPEN, ROWS, execute, insert, make_old_ledger, rows_of, take_steps
from sqlalchemy import create_engine, inspect, text

from adapter.envelope import digest
from adapter.ledger import Ledger
from adapter.ledger.engine import open_engine, writing
from adapter.ledger.migrations import configured
from adapter.ledger.schema import METADATA
from adapter.ledger.upgrade import HEAD


def test_the_program_knows_the_last_step() -> None:
    assert ScriptDirectory.from_config(configured()).get_heads() == [HEAD]


def test_the_steps_lead_to_the_tables_of_the_program(ledger_url: str) -> None:
    engine = create_engine(ledger_url)
    with writing(engine) as connection:
        take_steps(connection, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_an_old_ledger_and_a_new_one_have_the_same_columns_and_indexes(ledger_url: str, tmp_path: Path) -> None:
    engine = create_engine(ledger_url)
    with writing(engine) as connection:
        take_steps(connection, "head")
    stepped = shape(engine)
    with writing(engine) as connection:
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    open_engine(ledger_url).dispose()
    assert stepped == shape(engine)
    engine.dispose()


def shape(engine):
    """Every table's columns in their order and its indexes as the database itself tells them."""
    known = inspect(engine)
    names = sorted(known.get_table_names())
    sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    if engine.dialect.name == "sqlite":
        sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    with engine.connect() as connection:
        indexes = [each.lower().replace('"', "") for each in connection.execute(text(sql)).scalars()]
    columns = {
        name: [
            (each["name"], str(each["type"]), each["nullable"], each["default"] is None)
            for each in known.get_columns(name)
        ]
        for name in names
    }
    if engine.dialect.name == "postgresql":  # there a column's place is nobody's business
        columns = {name: sorted(each) for name, each in columns.items()}
    return columns, indexes


@pytest.mark.parametrize("counted", [True, False], ids=["of the first revision", "of the time before revisions"])
def test_an_old_ledger_keeps_every_value(ledger_url: str, counted: bool) -> None:
    make_old_ledger(ledger_url, counted)
    Ledger.open(ledger_url).close()
    for table, row in ROWS:
        (found,) = [each for each in rows_of(ledger_url, table) if each["id"] == row["id"]]
        assert {name: found[name] for name in row} == row
    assert rows_of(ledger_url, "alembic_version") == [{"version_num": HEAD}]


def test_a_ledger_newer_than_the_program_is_refused_and_left_as_it_is(ledger_url: str) -> None:
    Ledger.open(ledger_url).close()
    execute(ledger_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ValueError, match=f"revision '9999', newer than this program, which knows it up to '{HEAD}'"):
        Ledger.open(ledger_url)
    assert rows_of(ledger_url, "alembic_version") == [{"version_num": "9999"}]


def test_several_that_open_an_old_ledger_at_once_bring_it_up_once(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    with ThreadPoolExecutor(4) as pool:
        for ledger in pool.map(Ledger.open, [ledger_url] * 4):
            ledger.close()
    assert rows_of(ledger_url, "alembic_version") == [{"version_num": HEAD}]
    assert len(rows_of(ledger_url, "deliveries")) == 3


def test_a_ledger_that_is_current_is_opened_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    code = (
        f"import sys; from adapter.ledger import Ledger; Ledger.open({url!r}).close(); print('alembic' in sys.modules)"
    )
    for _ in range(2):  # made, then found
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert ran.stdout == "False\n"


# State before, whether a partner issued it, whether its message was confirmed; then the states it went through.
STOOD = [
    ("granted", False, True, ["granted", "used"]),
    ("partly_granted", False, True, ["partly_granted", "partly_used"]),
    ("denied", False, True, ["denied"]),
    ("issued", False, False, ["issued"]),
    ("issued", False, True, ["issued", "sent"]),
    ("issued", True, True, ["issued", "accepted"]),
    ("acknowledged", True, True, ["acknowledged", "accepted"]),
    ("acknowledged", False, True, ["acknowledged"]),
]


def test_certificates_of_an_old_ledger_come_into_the_states_of_the_program(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    for place, (state, is_imported, is_closed, _) in enumerate(STOOD):
        system, sender = ("ID", "ID") if is_imported else ("kcci", "KR")
        named = {"id": f"s{place}", "message": f"sm{place}"}
        insert(ledger_url, "certificates", CERTIFICATE | named | {"state": state, "system": system})
        message = OPEN | {"id": f"sm{place}", "certificate": f"s{place}", "sender": sender}
        insert(ledger_url, "outbox", message | {"closed_at": 5_000_000 if is_closed else None})
        insert(ledger_url, "bodies", {"id": f"sm{place}", "body": b"message"})
    execute(ledger_url, "UPDATE deliveries SET digest = :it", it=digest(b"body"))
    execute(ledger_url, "UPDATE outbox SET digest = :it", it=digest(b"message"))
    ledger = Ledger.open(ledger_url)
    assert [[step.state for step in ledger.history(f"s{place}")] for place in range(len(STOOD))] == [
        went for *_, went in STOOD
    ]
    stands = {each.id: each.state for each in ledger.standings()}
    assert [stands[f"s{place}"] for place in range(len(STOOD))] == [went[-1] for *_, went in STOOD]
    assert ledger.verify().findings == []
    ledger.close()
