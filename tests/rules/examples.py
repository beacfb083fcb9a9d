"""Examples of rules that no document shows, since they rest on the day, on history, or on another agreement.

Each file of fixtures/rules/ is named after its rule. It says which golden it begins `from` or its `content`, what
`changes` by dotted field, the `facts`, rows of the agreement that are `amended`, and the `findings`.
"""

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import shelf

from adapter.agreement import Agreement
from adapter.certificate import Certificate
from adapter.codes import Codes
from adapter.enquiry import KeyInformation, key_information
from adapter.findings import Finding
from adapter.messages import MODELS, Kind
from adapter.parameters import Register
from adapter.rules import Facts, check

FOLDER = shelf.FIXTURES / "rules"
DAYS = ("today", "asked_on")
KNOWN = ("exchanged", "original", "copied")


def examples() -> list[Path]:
    """Every example."""
    return sorted(FOLDER.glob("*.json"))


def said(path: Path) -> dict[str, Any]:
    """What an example's file says."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def found(path: Path) -> list[Finding]:
    """What the rules find in an example."""
    told = said(path)
    kind = Kind(told["kind"])
    content = MODELS[kind].model_validate_json(json.dumps(_content(told)))
    return check(content, _agreement(told), _facts(told.get("facts", {})))


def _content(told: dict[str, Any]) -> Any:
    content = told.get("content") or _golden(told["from"])
    for field, value in told.get("changes", {}).items():
        place: Any = content
        *way, last = [int(step) if step.isdigit() else step for step in field.split(".")]
        for step in way:
            place = place[step]
        place[last] = value
    return content


def _golden(name: str) -> Any:
    return json.loads((shelf.FIXTURES / name).read_text(encoding="utf-8"))


def _agreement(told: dict[str, Any]) -> Agreement | None:
    if told["agreement"] is None:
        return None
    path = shelf.ROOT / "mappings" / "agreements" / f"{told['agreement']}.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return Agreement.model_validate({**rows, **told.get("amended", {})})


def _facts(told: dict[str, Any]) -> Facts:
    facts = {name: date.fromisoformat(value) if name in DAYS else value for name, value in told.items()}
    for name in KNOWN:
        if name in facts:
            facts[name] = _known(facts[name])
    if "left" in facts:
        facts["left"] = {int(number): Decimal(left) for number, left in facts["left"].items()}
    if "registers" in facts:
        registers = [Register.model_validate_json(json.dumps(row)) for row in facts.pop("registers")]
        facts["codes"] = Codes(registers={row.country: row for row in registers})
    return Facts(**facts)


def _known(golden: str) -> KeyInformation:
    return key_information(Certificate.model_validate_json(json.dumps(_golden(golden))))
