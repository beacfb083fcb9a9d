"""A small schema and a small table to change one line of at a time."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.mapping.lint import prove
from adapter.mapping.mapping import Mapping
from adapter.mapping.path import TableError
from adapter.mapping.plan import Plan, make_plan
from adapter.mapping.table import load_table
from adapter.messages import Cancellation, Feedback, Header
from adapter.schema import Outline, parse_json, parse_xml

SCHEMAS = Path(__file__).parent.parent / "data" / "workshop"
CANCELLATION = """
system = "XX"
message = "cancellation"
version = "1.0"
schema = "paper.xsd"
root = "Paper[Kind='withdrawal']"
[header]
"id" = "@id"
[fields]
"number" = "No"
"agreement" = { path = "Scheme", codes = "scheme" }
"issued_on" = "Issued"
"cancelled_on" = { path = "Day", as = "date102" }
"reason" = { path = "Why", codes = "reason" }
"text" = "Note[@about='all']"
[constants]
"Version" = "1.0"
[codes.scheme]
source = "invented"
closed = true
akfta = "AK"
ik-cepa = ["IK", "CEPA"]
[codes.reason]
source = "invented"
closed = false
replaced = "R"
not_shipped = "N"
"""
FEEDBACK = """
system = "XX"
message = "feedback"
version = "1.0"
schema = "sheet.schema.json"
root = "[kind='feedback']"
[fields]
"number" = "no"
"agreement" = { path = "scheme", codes = "scheme" }
"import_declaration" = "parties[role='importer']/id"
"declared_on" = "declared"
"decided_on" = "day"
"items[].number" = "lines[]/n"
"items[].status" = "lines[]/status"
"items[].reason" = "lines[]/why"
"items[].text" = "lines[]/text"
"items[].quantity" = "lines[]/used"
"items[].unit" = "lines[]/unit"
"items[].decided_on" = "lines[]/day"
[codes.scheme]
source = "invented"
closed = true
akfta = "AK"
"""
WITHDRAWN = Cancellation.model_validate_json(
    json.dumps(
        {
            "number": "K-1",
            "agreement": "akfta",
            "issued_on": "2025-03-01",
            "cancelled_on": "2025-03-02",
            "reason": "replaced",
            "text": "sent twice",
        }
    )
)
DECIDED = Feedback.model_validate_json(
    json.dumps(
        {
            "number": "K-1",
            "agreement": "akfta",
            "import_declaration": "D-1",
            "decided_on": "2025-03-02",
            "items": [{"number": 1, "status": "granted"}, {"number": 2, "status": "denied", "text": "no"}],
        }
    )
)
HEADER = Header(id="m-1")
Toml = dict[str, Any]


def cancellation(*sections: str, **top: Any) -> Toml:
    """The small XML table with rows of these sections added or, where their left side is there, replaced."""
    return changed(CANCELLATION, *sections, **top)


def feedback(*sections: str, **top: Any) -> Toml:
    """The small JSON table, changed likewise."""
    return changed(FEEDBACK, *sections, **top)


def changed(toml: str, *sections: str, **top: Any) -> Toml:
    """TOML with other TOML laid over it; `-` as a row's right side takes the row out."""
    made = copy.deepcopy(tomllib.loads(toml)) | top
    for section in sections:
        for name, rows in tomllib.loads(section).items():
            kept = {**made.get(name, {}), **rows}
            made[name] = {left: right for left, right in kept.items() if right != "-"}
    return made


def plan(toml: Toml) -> Plan:
    """The table bound to the hub and to its schema."""
    table = load_table("partners/xx/small.toml", toml, _orphan, {})
    assert table is not None
    return make_plan(table, Outline.open(SCHEMAS / table.schema))


def compiled(toml: Toml) -> Mapping:
    """The table's two functions."""
    return Mapping(plan(toml))


def written(toml: Toml, content: Any = WITHDRAWN, header: Header = HEADER) -> str:
    """What the table writes."""
    return compiled(toml).write(content, header).decode()


def read(toml: Toml, document: str) -> Any:
    """What the table reads; the schema is not asked."""
    parse = parse_json if toml["schema"].endswith(".json") else parse_xml
    return compiled(toml).read(parse(document.encode()))


def paper(*parts: str, attributes: str = ' id="m-1"') -> str:
    """The XML document of a withdrawal, with these elements in place of those of the same name or before the others."""
    whole = {
        "Version": "<Version>1.0</Version>",
        "Kind": "<Kind>withdrawal</Kind>",
        "No": "<No>K-1</No>",
        "Scheme": "<Scheme>AK</Scheme>",
        "Issued": "<Issued>2025-03-01</Issued>",
        "Day": "<Day>20250302</Day>",
        "Why": "<Why>R</Why>",
        "Note": '<Note about="all">sent twice</Note>',
    }
    for part in parts:
        name = part[1:].partition(">")[0].partition(" ")[0].rstrip("/")
        whole[name] = part
    return f"<Paper{attributes}>{''.join(whole.values())}</Paper>"


def told(toml: Toml, document: str) -> list[tuple[str, str | None]]:
    """Code and field of each finding on reading."""
    return [(finding.code, finding.field) for finding in read(toml, document).findings]


def proven(toml: Toml) -> list[tuple[str, str | None]]:
    """Code and field or path of each finding of the table's proof."""
    return [(finding.code, finding.field or finding.path) for finding in prove(plan(toml)).findings]


def _orphan(child: str, parent: str) -> Any:
    raise TableError(f"{child}: no parent {parent}")


def shop(folder: Path, **files: str) -> Catalogue:
    """A catalogue of one partner, its tables from these texts."""
    home = folder / "mappings" / "partners" / "xx"
    home.mkdir(parents=True)
    (home / "system.toml").write_text(
        'code = "XX"\nname = "Small"\nside = "partner"\ncountry = "ID"\nagreements = ["akfta"]\n'
        '[live]\nstatus = "planned"\nsource = "invented"\n'
    )
    for name, text in files.items():
        (home / f"{name}.toml").write_text(text)
    (folder / "xsd").symlink_to(SCHEMAS)
    return Catalogue((folder,))
