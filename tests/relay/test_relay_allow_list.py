"""The relay tells no secret: not in messages, headers, logs or the ledger, whatever becomes of the record."""

import pytest
import shelf
import structlog
from post_office import PostOffice
from printed_contacts import MARK, broken_contacts, marked, printed
from secrets_of import MARKS, broken
from sqlalchemy import create_engine, text

from adapter.ledger.facts import unpack
from adapter.ledger.payload import unpacked

RECORDS = [
    fixture for fixture in shelf.documents() if fixture.path.stem in ("kr-cn-1-item", "ik-cepa-1-item", "kr-in-1-item")
]
DOMESTIC = [fixture for fixture in RECORDS if fixture.system.side == "domestic"]
BAD = [fixture for fixture in shelf.bad_documents() if fixture.system.side == "domestic"]


@pytest.fixture
def worked(office: PostOffice):
    """Good records, bad ones and some with a broken secret, all taken in; and what was logged meanwhile."""
    with structlog.testing.capture_logs() as logged:
        for fixture in [*DOMESTIC, *BAD]:
            office.put(fixture.system.code, fixture.body, f"m-{fixture}")
        for fixture in DOMESTIC:
            for nth, (_, body) in enumerate(list(broken(fixture))[::25]):
                office.put(fixture.system.code, body, f"b-{fixture.system.code}-{fixture.path.stem}-{nth}")
        office.work()
    return office, logged


def test_no_mark_appears_in_what_the_relay_sends_logs_or_lists(worked, tmp_path):
    office, logged = worked
    assert not MARKS.search(repr(logged))
    for code in ("CN", "ID", "IN", "kcci", "unipass"):
        taken = office.take(code)
        assert taken
        for delivery in taken:
            assert not MARKS.search(delivery.body.decode())
            assert not MARKS.search(repr((delivery.message_id, dict(delivery.headers))))
    for dead in office.take_queue("dead"):
        assert not MARKS.search(repr((dead.message_id, dict(dead.headers))))
    assert not MARKS.search(_ledger(tmp_path))


def test_printed_contacts_are_in_the_message_and_in_nothing_that_is_said_of_it(office: PostOffice, tmp_path):
    with structlog.testing.capture_logs() as logged:
        for fixture in printed():
            office.put(fixture.system.code, marked(fixture), f"m-{fixture}")
            for nth, (_, body) in enumerate(broken_contacts(fixture)):
                office.put(fixture.system.code, body, f"b-{fixture.system.code}-{fixture.path.stem}-{nth}")
        office.work()
    taken = {code: office.take(code) for code in shelf.catalogue().systems}
    assert any(MARK.search(delivery.body.decode()) for delivery in taken["IN"])
    for code, deliveries in taken.items():
        for delivery in deliveries:
            assert code == "IN" or not MARK.search(delivery.body.decode())
            assert not MARK.search(repr((delivery.message_id, dict(delivery.headers))))
    assert office.ledger.dead()
    assert not MARK.search(repr(logged))
    assert not MARK.search(_ledger(tmp_path, bodies=False))


def _ledger(folder, bodies: bool = True) -> str:
    """Everything in the ledger but the raw originals, and perhaps the messages."""
    with create_engine(f"sqlite:///{folder / 'ledger.db'}").connect() as ledger:
        names = ledger.execute(text("select name from sqlite_master where type = 'table'")).scalars().all()
        rows = [(name, row._asdict()) for name in names for row in ledger.execute(text(f"select * from {name}"))]
    assert rows
    for name, row in rows:
        if name == "deliveries":
            assert row.pop("body") is not None
        elif name == "bodies":
            row["body"] = unpacked(row["coding"], row["body"]) if bodies else None
        elif name == "journal":
            row["facts"] = unpack(row["facts"])
    return repr(rows)
