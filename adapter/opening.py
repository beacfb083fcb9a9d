"""How a document is opened: through the one door, to its table, past its schema, and held to its signature."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapter.catalogue import Catalogue
from adapter.findings import Finding, Rejected, Severity
from adapter.mapping.begins import Beginning, beginning
from adapter.mapping.mapping import Mapping
from adapter.mapping.tell import Teller
from adapter.schema import Limits, Schema, parse_json, parse_xml
from adapter.signature import claim, unchecked, verify
from adapter.system import System
from adapter.trust import Seals

STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document with the table that reads it."""

    mapping: Mapping
    root: Any
    remarks: tuple[Finding, ...] = ()
    """What is said of its signature."""


def open_document(
    body: bytes, system: System, catalogue: Catalogue, limits: Limits = STANDARD, seals: Seals | None = None,
    at: datetime | None = None,
) -> Document:  # fmt: skip
    """Bytes through the one door and past their schema; Rejected with what is wrong with them."""
    return admit(recognise(body, system, catalogue, limits), system, catalogue, seals, at)


def admit(
    document: Document, system: System, catalogue: Catalogue, seals: Seals | None = None, at: datetime | None = None
) -> Document:
    """The document if its schema allows it and its signature holds, where it is held to one; else Rejected.

    Keys are tried last: only what its schema allows comes near them.
    """
    signature = claim(document.root, system, seals) if seals is not None else None
    validate(document.mapping, document.root, catalogue, "schema")
    if seals is None:
        return document
    if signature is not None:
        verify(document.root, signature, seals.of(system), at)
    elif told := unchecked(document.root, seals, system):
        return replace(document, remarks=told)
    return document


def recognise(body: bytes, system: System, catalogue: Catalogue, limits: Limits = STANDARD) -> Document:
    """Bytes through the one door, with the table that they begin like; not yet validated."""
    root = parse_json(body, limits) if catalogue.is_json(system, body) else parse_xml(body, limits)
    begun = Beginning(root)
    for table in catalogue.in_turn(system):
        if table.direction != "out" and begun.fits(table):
            return Document(catalogue.compiled(table), root)
    raise Rejected(_unrecognised(root, system, catalogue), stage="read")


def disputed(body: bytes, system: System, catalogue: Catalogue, limits: Limits = STANDARD) -> Finding | None:
    """A finding where xmlschema, asked for a second opinion on an XML document, differs from lxml."""
    try:
        document = recognise(body, system, catalogue, limits)
    except Rejected:
        return None
    schema = catalogue.schema(document.mapping.plan.table)
    if not isinstance(schema, Schema) or schema.second_opinion(document.root) == (not schema.faults(document.root)):
        return None
    message = "lxml and xmlschema differ on whether the schema allows this document"
    return Finding(code="XSD-DISPUTED", message=message, severity=Severity.UNDECIDED)


def validate(mapping: Mapping, root: Any, catalogue: Catalogue, stage: str) -> None:
    """Rejected with every fault that the schema finds, told in our fields."""
    faults = catalogue.schema(mapping.plan.table).faults(root)
    if faults:
        raise Rejected(*map(Teller(mapping.plan, root).fault, faults), stage=stage)


def _unrecognised(root: Any, system: System, catalogue: Catalogue) -> Finding:
    begun = dict.fromkeys(beginning(table) for table in catalogue.tables(system) if table.direction != "out")
    found = None if isinstance(root, dict) else root.tag
    message = f"no message of {system.code} begins like this"
    return Finding(code="DOC-ROOT", message=message, found=found, allowed="; ".join(begun))
