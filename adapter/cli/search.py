"""`eodes search`: what came, what was exchanged, what leaves; newest first, page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from adapter.cli.guard import INVALID, VALID, refuse
from adapter.cli.join import ledger_of
from adapter.cli.say import put, put_json
from adapter.cli.start import moment_of, open_catalogue
from adapter.cli.tables import put_table
from adapter.ledger import micros, moment
from adapter.ledger.find import STATES, Wanted
from adapter.messages import Kind
from adapter.settings import settings
from adapter.states import State

COLUMNS: Mapping[str, Sequence[str]] = {
    "deliveries": ("received_at", "source", "partner", "kind", "agreement", "number", "stage", "code", "id"),
    "certificates": ("received_at", "system", "holder", "agreement", "issuer", "number", "version", "state", "id"),
    "messages": ("created_at", "receiver", "kind", "function", "agreement", "number", "state", "attempts", "id"),
}
PRIVATE = ("place", "digest")
TIMES = "_at"


def run(
    wanted: Wanted, since: str | None, until: str | None, after: str | None, json: bool, database: str | None,
    home: Path | None,
) -> int:  # fmt: skip
    """Put a page of what is searched for, and where the next begins; exit code 1 where there is nothing."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    asked = Wanted(
        wanted.what, wanted.text, known.system(wanted.partner).code if wanted.partner else None, wanted.kind,
        _state(wanted), wanted.agreement, micros(moment_of("--since", since)) if since else None,
        micros(moment_of("--until", until)) if until else None, _place(after), wanted.limit,
    )  # fmt: skip
    with ledger_of(told, make=False) as ledger:
        rows = ledger.search(asked)
    following = _after(rows[-1]) if len(rows) == asked.limit else None
    found = [_told(row, asked.what) for row in rows]
    if json:
        put_json({"in": asked.what, "found": found, "after": following})
    elif found:
        columns = COLUMNS[asked.what]
        put_table(columns, [[row[name] for name in columns] for row in found])
        put(f"more: --after {following}\n" if following else "")
    else:
        put("nothing was found\n")
    return VALID if found else INVALID


def _state(wanted: Wanted) -> str | None:
    """How what is searched for stands, in the words of its kind."""
    if wanted.what == "certificates" and wanted.kind:
        raise refuse("--kind: certificates are of one kind; it is for deliveries and messages")
    if wanted.kind and wanted.kind not in [*Kind]:
        raise refuse(f"--kind {wanted.kind}: kinds are {', '.join(Kind)}")
    allowed = {"messages": [*STATES], "certificates": [state.value for state in State if state is not State.EXPIRED]}
    if wanted.state and wanted.state not in allowed.get(wanted.what, [wanted.state]):
        raise refuse(f"--state {wanted.state}: {wanted.what} are {', '.join(allowed[wanted.what])}")
    return wanted.state


def _place(after: str | None) -> tuple[int, str] | None:
    """Where the page before ended, as it said."""
    if after is None:
        return None
    number, _, id = after.partition("-")
    if not number.isdecimal():
        raise refuse(f"--after {after}: write what the page before told")
    return int(number), id


def _after(row: Mapping[str, Any]) -> str:
    return str(row["place"]) if "place" in row else f"{row['received_at']}-{row['id']}"


def _told(row: Mapping[str, Any], what: str) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in PRIVATE}
    said |= {name: _moment(value) for name, value in said.items() if name.endswith(TIMES)}
    return said | ({"state": _stands(row)} if what == "messages" else {})


def _moment(value: int | None) -> str | None:
    told: datetime | None = None if value is None else moment(value)
    return told.isoformat() if told else None


def _stands(row: Mapping[str, Any]) -> str:
    if row["died_at"] is not None:
        return "given_up" if row["closed_at"] is not None else "dead"
    if row["closed_at"] is None:
        return "open"
    return "sent" if row["attempts"] else "kept"
