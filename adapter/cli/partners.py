"""`eodes partners`: who exchanges what with whom, and since when."""

from datetime import date
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.mapping.table import Table
from adapter.serving import naming
from adapter.system import System

COLUMNS = ("code", "name", "country", "agreements", "model", "status", "since", "messages")
PLANNED = ("code", "what", "agreements")
TITLES = {"partner": "Partners", "domestic": "Domestic systems"}


def run(json: bool, home: Path | None) -> int:
    """Put every system of the catalogue."""
    catalogue = open_catalogue(home)
    told = [_told(system, catalogue) for system in catalogue.systems.values()]
    if json:
        put_json({"systems": told})
        return 0
    for side, title in TITLES.items():
        rows = [_row(each) for each in told if each["side"] == side]
        put_table(COLUMNS, rows, title)
    planned = [[each["code"], row["name"], _cell(row["agreements"])] for each in told for row in each["planned"]]
    if planned:
        put_table(PLANNED, planned, "Planned, not exchanged yet")
    return 0


def _told(system: System, catalogue: Catalogue) -> dict[str, Any]:
    kinds = dict.fromkeys(str(table.message) for table in catalogue.tables(system))
    return {
        "code": system.code, "name": system.name, "side": system.side, "country": system.country, "model": system.model,
        "agreements": list(system.agreements), "status": system.live.status,
        "since": _day(system.live.since), "until": _day(system.live.until),
        "legal_basis": system.legal_basis, "importing": system.importing, "signed": system.signed,
        "messages": list(kinds), "versions": [_version(table, system) for table in catalogue.tables(system)],
        "planned": [each.model_dump(mode="json") for each in system.planned],
    }  # fmt: skip


def _row(told: dict[str, Any]) -> list[Any]:
    """The system's line: its messages by the versions that they have."""
    versions = dict[str, dict[str, None]]()
    for each in told["versions"]:
        versions.setdefault(each["version"], {})[each["message"]] = None
    messages = "; ".join(f"{version}: {', '.join(kinds)}" for version, kinds in versions.items())
    return [_cell((told | {"messages": messages})[column]) for column in COLUMNS]


def _version(table: Table, system: System) -> dict[str, Any]:
    """A table's version, and when it is sent: all versions are read on any day."""
    rows = naming(table, system.versions)
    return {
        "message": table.message.value, "agreement": table.agreement, "version": table.version,
        "table": table.name, "sent": table.direction != "in",
        "periods": [
            {"since": _day(row.since), "until": _day(row.until), "source": row.source} for row in rows
        ],
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
