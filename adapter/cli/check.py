"""`eodes check`: every table is proved before any message goes through it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.guard import INVALID, VALID
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.findings import Finding, Severity, Verdict, verdict
from adapter.mapping.path import TableError
from adapter.serving import doubts
from adapter.system import System
from adapter.tables import folder_of

Proved = tuple[str, tuple[Finding, ...]]
"""A table's name, and what was found in it."""


def run(partner: str | None, json: bool, strict: bool, home: Path | None, notes: bool = False) -> int:
    """Prove the tables of one system or of all; errors, and strictly judged warnings, make it fail."""
    catalogue = open_catalogue(home)
    systems = [catalogue.system(partner)] if partner else list(catalogue.systems.values())
    proved = dict(proof for system in systems for proof in _proofs(catalogue, system))  # a common table counts once
    every = [*proved.items(), *_lists(catalogue)]
    if json:
        put_json(_told(every, strict))
    else:
        put("".join(_lines(every, strict, notes)))
    return INVALID if any(_said(findings, strict) != Verdict.VALID for _, findings in every) else VALID


def _proofs(catalogue: Catalogue, system: System) -> Iterator[Proved]:
    try:
        for proof in catalogue.proofs(system):
            yield proof.table.name, proof.findings
        findings = tuple(doubts(system, catalogue.tables(system)))
        if findings or system.versions:
            yield f"{folder_of(system)}/system.toml", findings
    except TableError as error:  # it names its table, and nothing can be said of those behind it
        yield system.code, (Finding(code="LINT-TABLE", message=str(error)),)


def _lists(catalogue: Catalogue) -> Iterator[Proved]:
    """What is wrong with the lists and registers that rules go by, in the words of the first that cannot be read."""
    try:
        _ = catalogue.codes
    except TableError as error:
        yield "mappings", (Finding(code="LINT-TABLE", message=str(error)),)


def _told(every: list[Proved], strict: bool) -> dict[str, Any]:
    tables = [
        {"table": name, "verdict": _said(findings, strict), "findings": [found.as_dict() for found in findings]}
        for name, findings in every
    ]
    return {"verdict": _said([found for _, findings in every for found in findings], strict), "tables": tables}


def _said(findings: tuple[Finding, ...] | list[Finding], strict: bool) -> Verdict:
    warned = strict and any(found.severity is Severity.WARNING for found in findings)
    return Verdict.INVALID if warned else verdict(findings)


def _lines(every: list[Proved], strict: bool, notes: bool) -> Iterator[str]:
    for name, findings in every:
        told = [found for found in findings if notes or found.severity is not Severity.INFO]
        left = len(findings) - len(told)
        yield f"{_said(findings, strict)}  {name}{f'  ({left} notes)' if left else ''}\n"
        yield from (f"    {printable(str(finding))}\n" for finding in told)
    valid = sum(_said(findings, strict) == Verdict.VALID for _, findings in every)
    yield f"{valid} of {len(every)} tables are valid" + ("" if notes else "; --notes tells limits and decisions") + "\n"
