"""Certificates, agreements and a calendar for the tests of the rules."""

import json
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from adapter.agreement import Agreement
from adapter.certificate import Certificate
from adapter.findings import Finding
from adapter.rules import Facts, check

AGREEMENTS = Path(__file__).parents[2] / "mappings" / "agreements"

GOOD = {
    "number": 1,
    "marks": "N/M",
    "packages": {"count": 3, "kind": "CT"},
    "description": "POLYPROPYLENE, IN PRIMARY FORMS",
    "hs": "390210",
    "origin": "KR",
    "criterion": {"shift": "cth"},
    "gross_weight": {"value": "1250.50", "unit": "KGM"},
    "quantity": {"value": "50", "unit": "BG"},
    "invoices": [{"number": "HB-240301", "issued_on": "2024-03-01"}],
}
CERTIFICATE = {
    "number": "K001-24-0001234",
    "agreement": "ik-cepa",
    "issued_on": "2024-03-04",
    "issued_by": {"code": "KCCI"},
    "exporter": {"name": "HANBIT CHEM CO., LTD.", "address": {"line": "12 SEJONG-DAERO, SEOUL", "country": "KR"}},
    "producer_statement": "same",
    "importer": {"name": "PT FIKSI ABADI", "address": {"line": "JL. CONTOH 1, JAKARTA", "country": "ID"}},
    "consignment": {
        "transport": "SEA PIONEER 012S",
        "departed_on": "2024-03-01",
        "loading": {"code": "KRPUS", "name": "BUSAN"},
        "discharge": {"code": "IDJKT", "name": "JAKARTA"},
        "destination": "ID",
    },
    "items": [GOOD],
}
AGREEMENT_OWN: dict[str, dict[str, Any]] = {
    "ik-cepa": {},
    "akfta": {},
    "kr-cn": {
        "consignment": {**CERTIFICATE["consignment"], "destination": "CN"},
        "items": [{**GOOD, "criterion": {"kind": "product_specific"}}],
    },
}


@cache
def agreement(code: str) -> Agreement:
    """An agreement as the project ships it."""
    return Agreement.model_validate(tomllib.loads((AGREEMENTS / f"{code}.toml").read_text(encoding="utf-8")))


def amended(code: str, **rows: Any) -> Agreement:
    """The agreement with other rows."""
    return Agreement.model_validate({**agreement(code).model_dump(), **rows})


def certificate(code: str = "ik-cepa", **changes: Any) -> Certificate:
    """A clean certificate under the agreement, but for these changes."""
    said = {**CERTIFICATE, "agreement": code, **AGREEMENT_OWN[code], **changes}
    return Certificate.model_validate_json(json.dumps(said, default=str))


def shipped(day: str, issued: str, code: str = "ik-cepa", **changes: Any) -> Certificate:
    """A clean certificate with these days of shipment and issue."""
    travel = {**CERTIFICATE, **AGREEMENT_OWN[code]}["consignment"]
    return certificate(code, consignment={**travel, "departed_on": day}, issued_on=issued, **changes)


def with_item(code: str = "ik-cepa", **changes: Any) -> Certificate:
    """A certificate whose only item is clean but for these changes."""
    clean = {**CERTIFICATE, **AGREEMENT_OWN[code]}["items"][0]
    return certificate(code, items=[{**clean, **changes}])


def found(subject: Certificate, rule: str, facts: Facts | None = None, under: Agreement | None = None) -> list[Finding]:
    """What this rule finds; nothing that another finds."""
    findings = check(subject, under or agreement(subject.agreement), facts or Facts())
    return [finding for finding in findings if finding.code == rule]


def only(subject: Certificate, rule: str, facts: Facts | None = None, under: Agreement | None = None) -> Finding:
    """The one thing that this rule finds."""
    (finding,) = found(subject, rule, facts, under)
    return finding


class FiveDayWeek:
    """A calendar with weekends and these holidays, in every country."""

    def __init__(self, *holidays: str) -> None:
        self.holidays = {date.fromisoformat(day) for day in holidays}

    def working_days_after(self, country: str, day: date, count: int) -> date:
        """The count-th working day after this day."""
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5 and day not in self.holidays
        return day

    def source(self, country: str) -> str:
        """Where the holidays come from."""
        return f"a five-day week in {country}"
