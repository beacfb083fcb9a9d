"""`eodes queues`: how many messages wait where, what is due, what died."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.guard import USAGE, VALID, explain
from adapter.cli.join import broker_of, ledger_of
from adapter.cli.log import configure_log
from adapter.cli.readers import advice_on, open_files
from adapter.cli.say import masked, put_json, tell
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.findings import Unavailable
from adapter.ledger import Backlog, Dead, Position, Turn
from adapter.relay.names import queue_names
from adapter.settings import LEDGER, QUEUES, Settings, settings

Lists = dict[str, list[dict[str, Any]]]

NOTHING: Lists = {"outbox": [], "held": [], "dead": []}
MOST_DEAD = 100
WAITING = ("receiver", "open", "due", "dead", "oldest", "asked_again", "first_error")
HELD = ("id", "source", "message", "key", "until")
COLUMNS = ("received_at", "source", "message_id", "message", "number", "stage", "code", "said", "id")


def run(broker: str | None, database: str | None, partner_vhosts: str | None, json: bool, home: Path | None) -> int:
    """Put the depths of the queues, the outbox by receiver, what is held, and what died last."""
    configure_log(reader=True)
    told = settings(broker, database, partner_vhosts)
    if places := open_files(told):
        tell(f"warning: others on this machine may read certificates: {advice_on(places)}")
    catalogue = open_catalogue(home or told.home)
    missing: list[str] = []
    depths = _or_say(missing, lambda: _depths(told, catalogue), _unknown(catalogue))
    if is_new := _is_new(told):
        tell("no ledger yet: `eodes relay` makes one beside these queues when it begins")
    said = {**depths, **(NOTHING if is_new else _or_say(missing, lambda: _ledger(told), NOTHING))}
    if json:
        put_json(said | {"missing": missing})
    else:
        _put(said)
    return USAGE if missing else VALID


def _or_say(missing: list[str], look: Callable[[], Lists], otherwise: Lists) -> Lists:
    """What is found, or what stands for it where nobody answers: that is told, and noted as missing."""
    try:
        return look()
    except Unavailable as error:
        missing.append(masked(str(error)))
        explain(error)
        return otherwise


def _is_new(told: Settings) -> bool:
    """Whether there are queues in the folder and no ledger beside them: something was sent, and no relay began."""
    if told.broker or told.database:
        return False
    return (told.folder / QUEUES).is_file() and not (told.folder / LEDGER).is_file()


def _put(said: Lists) -> None:
    put_table(("queue", "waiting"), [(each["queue"], each["waiting"]) for each in said["queues"]])
    put_table(WAITING, [[each[name] for name in WAITING] for each in said["outbox"]], "Outbox")
    if said["held"]:
        put_table(HELD, [[each[name] for name in HELD] for each in said["held"]], "Held until their certificate comes")
    put_table(COLUMNS, [[each[name] for name in COLUMNS] for each in said["dead"]], "Dead")


def _unknown(catalogue: Catalogue) -> Lists:
    return {"queues": [{"queue": name, "waiting": None} for name in queue_names(catalogue)]}


def _depths(told: Settings, catalogue: Catalogue) -> Lists:
    names = queue_names(catalogue)
    with broker_of(told, catalogue, make=False) as broker:
        depths = broker.depths(names)
    return {"queues": [{"queue": name, "waiting": depths.get(name)} for name in names]}


def _ledger(told: Settings) -> Lists:
    with ledger_of(told, make=False) as ledger:
        outbox, dead, turns = ledger.queue(datetime.now(UTC)), ledger.dead(MOST_DEAD), ledger.turns()
        held = ledger.held(MOST_DEAD)
    return {
        "outbox": [_backlog(each, turns.get(each.receiver)) for each in outbox],
        "held": [
            {name: getattr(each, name) for name in HELD[:-1]} | {HELD[-1]: each.until.isoformat()} for each in held
        ],
        "dead": [_dead(each) for each in dead],
    }


def _backlog(each: Backlog, turn: Turn | None) -> dict[str, Any]:
    """A destination that is left alone is asked again at a moment; until then nothing is handed over to it."""
    oldest = each.oldest.isoformat() if each.oldest else None
    asked = turn.until.isoformat() if turn and turn.position is not Position.CLOSED else None
    return {
        "receiver": each.receiver, "open": each.open, "due": each.due, "dead": each.dead, "oldest": oldest,
        "asked_again": asked, "first_error": each.first_error,
    }  # fmt: skip


def _dead(each: Dead) -> dict[str, Any]:
    return {
        "id": each.id, "source": each.source, "message_id": each.message_id, "message": each.kind,
        "number": each.number, "stage": each.stage, "code": each.code, "said": each.message,
        "received_at": each.received_at.isoformat(), "size": each.size,
    }  # fmt: skip
