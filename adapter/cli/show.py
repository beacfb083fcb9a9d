"""`eodes show`: a table flattened, with what its schema says beside each row."""

from pathlib import Path
from typing import Any

from adapter.cli.flat import told
from adapter.cli.guard import refuse
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.messages import MODELS, Kind

COLUMNS = ("field", "path", "pair", "codes", "type", "occurs", "WCO ID")


def run(
    system: str | None, message: str | None, agreement: str | None, json: bool, json_schema: bool, home: Path | None
) -> int:
    """Put the tables of a system's message, or the JSON Schema of the hub."""
    kind = _kind(message)
    if json_schema:
        put_json(MODELS[kind or Kind.CERTIFICATE].model_json_schema(mode="serialization"))
        return 0
    if system is None:
        raise refuse("name a system: eodes show SYSTEM [MESSAGE], or ask for the hub: eodes show --json-schema")
    catalogue = open_catalogue(home)
    found = catalogue.system(system)
    tables = [table for table in catalogue.tables(found, kind) if agreement in (None, table.agreement)]
    if not tables:
        there = ", ".join(table.name for table in catalogue.tables(found)) or "none"
        raise refuse(f"{found.code} has no such table; there are {there}")
    flattened = [told(catalogue, table) for table in tables]
    if json:
        put_json({"tables": flattened})
    else:
        for each in flattened:
            put_table(COLUMNS, map(_cells, each["rows"]), _title(each))
    return 0


def _kind(message: str | None) -> Kind | None:
    if message is None:
        return None
    if message.lower() not in list(Kind):
        raise refuse(f"no message {message!r}; there are {', '.join(Kind)}")
    return Kind(message.lower())


def _title(table: dict[str, Any]) -> str:
    parts = [table["table"], f"version {table['version']}", f"schema {table['schema']['file']}"]
    parts.append(f"root {table['root'] or '(the object)'}")
    return "  ".join([*parts, *(f"{name} {table[name]}" for name in ("agreement", "direction") if table[name])])


def _cells(row: dict[str, Any]) -> list[str]:
    codes, most = row["codes"], row.get("at_most")
    field = row["field"] if row["section"] == "fields" else f"header.{row['field']}"
    return [
        f"{field} ({row['only']} only)" if row["only"] else field,
        " and ".join(row["paths"]),
        row["pair"],
        f"{codes['name']} ({'closed' if codes['closed'] else 'open'})" if codes else "",
        _type(row["type"]) if "type" in row else "",
        f"{row['at_least']}..{'*' if most is None else most}" if "type" in row else "",
        row.get("wco_id") or "",
    ]


def _type(type_: dict[str, Any]) -> str:
    facets = type_["facets"]
    words = [type_["name"], type_["value"]]
    if "min_length" in facets or "max_length" in facets:
        words.append(f"{facets.get('min_length', 0)}..{facets.get('max_length', '*')}")
    if "total_digits" in facets or "fraction_digits" in facets:
        words.append(f"{facets.get('total_digits', '*')},{facets.get('fraction_digits', '*')} digits")
    if "enumeration" in facets:
        words.append(f"one of {len(facets['enumeration'])}")
    return " ".join(filter(None, words))
