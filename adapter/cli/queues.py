"""`eodes queues`: how many messages wait where, what is due, what died."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.guard import VALID
from adapter.cli.join import broker_of, ledger_of
from adapter.cli.log import configure_log
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.ledger import Backlog, Dead
from adapter.relay.names import queue_names
from adapter.settings import Settings, settings

MOST_DEAD = 100
WAITING = ("receiver", "open", "due", "oldest", "first_error")
COLUMNS = ("received_at", "source", "message", "number", "stage", "code", "said", "id")


def run(broker: str | None, database: str | None, partner_vhosts: str | None, json: bool, home: Path | None) -> int:
    """Put the depths of the queues, the outbox by receiver, and what died last."""
    configure_log()
    told = settings(broker, database, partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    said = {"queues": _depths(told, catalogue), **_ledger(told)}
    if json:
        put_json(said)
        return VALID
    put_table(("queue", "waiting"), [(each["queue"], each["waiting"]) for each in said["queues"]])
    put_table(WAITING, [[each[name] for name in WAITING] for each in said["outbox"]], "Outbox")
    put_table(COLUMNS, [[each[name] for name in COLUMNS] for each in said["dead"]], "Dead")
    return VALID


def _depths(told: Settings, catalogue: Catalogue) -> list[dict[str, Any]]:
    names = queue_names(catalogue)
    with broker_of(told, catalogue) as broker:
        depths = broker.depths(names)
    return [{"queue": name, "waiting": depths.get(name)} for name in names]


def _ledger(told: Settings) -> dict[str, list[dict[str, Any]]]:
    with ledger_of(told) as ledger:
        outbox, dead = ledger.queue(datetime.now(UTC)), ledger.dead(MOST_DEAD)
    return {"outbox": [_backlog(each) for each in outbox], "dead": [_dead(each) for each in dead]}


def _backlog(each: Backlog) -> dict[str, Any]:
    oldest = each.oldest.isoformat() if each.oldest else None
    return {
        "receiver": each.receiver, "open": each.open, "due": each.due, "oldest": oldest,
        "first_error": each.first_error,
    }  # fmt: skip


def _dead(each: Dead) -> dict[str, Any]:
    return {
        "id": each.id, "source": each.source, "message": each.kind, "number": each.number, "stage": each.stage,
        "code": each.code, "said": each.message, "received_at": each.received_at.isoformat(), "size": each.size,
    }  # fmt: skip
