"""What is complained of in a bad document, read and, where that goes well, written for the partner it is meant for."""

import json
from datetime import UTC, datetime
from typing import Any

import shelf

from adapter import translate
from adapter.findings import Rejected, verdict

AT = datetime(2025, 9, 1, tzinfo=UTC)


def complaint(fixture: shelf.Fixture, to: str | None) -> dict[str, Any]:
    """The findings and the verdict, as a complaint file has them."""
    known = shelf.catalogue()
    reading = translate.read(fixture.delivery(), known, shelf.facts())
    findings = list(reading.findings)
    if to and reading.content is not None and reading.verdict == "valid":
        try:
            translate.forward(reading.content, reading.system, known.system(to), known, at=AT)
        except Rejected as refusal:
            findings += translate.traced(refusal.findings, reading)
    told = [finding.as_dict() for finding in findings]
    return {**({"to": to} if to else {}), "findings": told, "verdict": str(verdict(findings))}


def receiver(fixture: shelf.Fixture) -> str | None:
    """The partner that a complaint file names."""
    place = fixture.beside("complaint.json")
    return json.loads(place.read_text(encoding="utf-8")).get("to") if place.exists() else None
