"""`eodes partners`: who exchanges what with whom, and since when."""

from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.system import System

COLUMNS = ("code", "name", "country", "agreements", "model", "status", "since", "messages")
TITLES = {"partner": "Partners", "domestic": "Domestic systems"}


def run(json: bool, home: Path | None) -> int:
    """Put every system of the catalogue."""
    catalogue = open_catalogue(home)
    told = [_told(system, catalogue) for system in catalogue.systems.values()]
    if json:
        put_json({"systems": told})
        return 0
    for side, title in TITLES.items():
        rows = [[_cell(each[column]) for column in COLUMNS] for each in told if each["side"] == side]
        put_table(COLUMNS, rows, title)
    return 0


def _told(system: System, catalogue: Catalogue) -> dict[str, Any]:
    kinds = dict.fromkeys(str(table.message) for table in catalogue.tables(system))
    return {
        "code": system.code, "name": system.name, "side": system.side, "country": system.country, "model": system.model,
        "agreements": list(system.agreements), "status": system.live.status,
        "since": system.live.since.isoformat() if system.live.since else None,
        "until": system.live.until.isoformat() if system.live.until else None,
        "legal_basis": system.legal_basis, "importing": system.importing, "signed": system.signed,
        "messages": list(kinds),
    }  # fmt: skip


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
