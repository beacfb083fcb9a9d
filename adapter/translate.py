"""The pipeline, pure: a delivery becomes a certificate, a certificate becomes a message, in both directions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapter.catalogue import Catalogue, Unknown
from adapter.certificate import Certificate
from adapter.delivery import Delivery, Message
from adapter.envelope import address, kind_of, seal
from adapter.findings import Finding, Rejected, Severity, Verdict, verdict
from adapter.mapping.begins import beginning, begins
from adapter.mapping.mapping import Mapping, Read
from adapter.mapping.table import Table
from adapter.mapping.tell import Teller, path_of
from adapter.messages import Content, Function, Header
from adapter.rules import NO_FACTS, Facts, check, issued_only, printable
from adapter.schema import Limits, Schema, parse_json, parse_xml
from adapter.system import System

STANDARD = Limits()
MOST = 100
"""Findings of rules that are told with their place in the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document with the table that reads it."""

    mapping: Mapping
    root: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says and what was found in it; content is there only as far as it is sound."""

    system: System
    header: Header
    content: Content | None
    findings: tuple[Finding, ...]
    table: Table | None = None
    stage: str = ""
    """Where it was refused, if it was: read, schema, mapping, rules."""
    said: Read | None = None
    """What its table read, as far as it came to that."""

    @property
    def left_behind(self) -> int:
        """How many parts of the document no row claims."""
        return self.said.left_behind if self.said else 0

    @property
    def leftovers(self) -> tuple[str, ...]:
        """Paths of what no row claims, names only."""
        return self.said.leftovers if self.said else ()

    @property
    def verdict(self) -> Verdict:
        """Valid, invalid or indeterminate."""
        return verdict(self.findings)

    @property
    def certificate(self) -> Certificate:
        """The certificate it carries; Rejected with the findings where it carries none, or not a valid one.

        `content` is what was read whatever was found in it.
        """
        if isinstance(self.content, Certificate) and self.verdict is Verdict.VALID:
            return self.content
        raise Rejected(*self.findings, stage=self.stage)


def read(delivery: Delivery, catalogue: Catalogue, facts: Facts = NO_FACTS, limits: Limits = STANDARD) -> Reading:
    """Everything there is to say about a delivery: parsed, validated, mapped and judged; bad input gives findings."""
    system = catalogue.system(delivery.source)
    return _reading(system, _open(delivery.body, system, catalogue, limits), catalogue, facts)


def read_all(
    deliveries: Iterable[Delivery], catalogue: Catalogue, facts: Facts = NO_FACTS, limits: Limits = STANDARD
) -> Iterator[Reading]:
    """Readings of a window, in order: all are opened, then each is understood.

    A processor that goes on doing one thing does it several times faster than one that is led through all in turn.
    """
    opened = [
        (system := catalogue.system(each.source), _open(each.body, system, catalogue, limits)) for each in deliveries
    ]
    for system, document in opened:
        yield _reading(system, document, catalogue, facts)


def _reading(system: System, document: Document | Rejected, catalogue: Catalogue, facts: Facts) -> Reading:
    if isinstance(document, Rejected):
        return Reading(system, Header(), None, document.findings, stage=document.stage)
    return understand(document, system, catalogue, facts)


def _open(body: bytes, system: System, catalogue: Catalogue, limits: Limits) -> Document | Rejected:
    try:
        return open_document(body, system, catalogue, limits)
    except Rejected as refusal:
        return refusal


def open_document(body: bytes, system: System, catalogue: Catalogue, limits: Limits = STANDARD) -> Document:
    """Bytes through the one door and past their schema; Rejected with what is wrong with them."""
    document = recognise(body, system, catalogue, limits)
    validate(document.mapping, document.root, catalogue, "schema")
    return document


def recognise(body: bytes, system: System, catalogue: Catalogue, limits: Limits = STANDARD) -> Document:
    """Bytes through the one door, with the table that they begin like; not yet validated."""
    root = parse_json(body, limits) if catalogue.is_json(system, body) else parse_xml(body, limits)
    read = (table for table in catalogue.in_turn(system) if table.direction != "out" and begins(table, root))
    table = next(read, None)
    if table is None:
        raise Rejected(_unrecognised(root, system, catalogue), stage="read")
    return Document(catalogue.compiled(table), root)


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


def understand(document: Document, system: System, catalogue: Catalogue, facts: Facts = NO_FACTS) -> Reading:
    """What a document says to us, held to the rules of its agreement."""
    said, table = document.mapping.read(document.root), document.mapping.plan.table
    content, header = said.content, said.header
    if content is None or header is None or verdict(said.findings) is Verdict.INVALID:
        return Reading(system, header or Header(), None, said.findings, table, "mapping", said)
    findings = _judged(said, system, document.mapping, catalogue, facts)
    return Reading(system, header, content, findings, table, _stage(findings), said)


def judge_again(reading: Reading, catalogue: Catalogue, facts: Facts) -> Reading:
    """The reading by other facts; the same where it never came to the rules."""
    if reading.content is None or reading.said is None or reading.table is None:
        return reading
    findings = _judged(reading.said, reading.system, catalogue.compiled(reading.table), catalogue, facts)
    return replace(reading, findings=findings, stage=_stage(findings))


def _stage(findings: Sequence[Finding]) -> str:
    return "" if verdict(findings) is Verdict.VALID else "rules"


def _judged(said: Read, system: System, mapping: Mapping, catalogue: Catalogue, facts: Facts) -> tuple[Finding, ...]:
    """What was found in reading, and what the rules find, each with its place in the document."""
    content, header = said.content, said.header
    assert content is not None and header is not None
    stateful = isinstance(content, Certificate) and mapping.stateful
    judged = [*issued_only(header, stateful), *judge(content, header, system, catalogue, facts)]
    if not judged:
        return said.findings
    return (*said.findings, *map(said.teller.placed, judged[:MOST]), *judged[MOST:])


def judge(content: Content, header: Header, system: System, catalogue: Catalogue, facts: Facts) -> list[Finding]:
    """What the rules of the content's agreement find."""
    slug = getattr(content, "agreement", None)
    if foreign := _foreign(slug, system):
        return [foreign]
    known = facts.about(header.function, system.side == "partner", catalogue.codes)
    return check(content, catalogue.agreement(slug) if slug else None, known)


def _foreign(agreement: str | None, system: System) -> Finding | None:
    if agreement is None or agreement in system.agreements:
        return None
    message, allowed = f"{system.code} does not exchange under this agreement", ", ".join(system.agreements)
    return Finding(code="AGR-01", message=message, field="agreement", found=agreement, allowed=allowed)


def write(content: Content, receiver: System, catalogue: Catalogue, header: Header) -> Message:
    """The message that says this to the receiver: written, re-parsed and validated; Rejected where it cannot be."""
    agreement = getattr(content, "agreement", None)
    if foreign := _foreign(agreement, receiver):
        raise Rejected(foreign, stage="write")
    mapping = _writer(content, receiver, catalogue, header)
    if isinstance(content, Certificate) and receiver.side == "partner":
        content = printable(content, catalogue.agreement(content.agreement))
    body = mapping.write(content, header)
    is_json = mapping.plan.table.is_json
    validate(mapping, parse_json(body) if is_json else parse_xml(body), catalogue, "write")
    return seal(header, content, body, "application/json" if is_json else "application/xml")


def _writer(content: Content, receiver: System, catalogue: Catalogue, header: Header) -> Mapping:
    """The table that writes this on the day of sending; Rejected where the receiver has none."""
    kind, agreement = kind_of(content), getattr(content, "agreement", None)
    try:
        table = catalogue.table(receiver, kind, agreement, header.sent_at.date() if header.sent_at else None)
    except Unknown as unknown:
        raise Rejected(Finding(code="MAP-TABLE", message=str(unknown), found=kind), stage="write") from None
    return catalogue.compiled(table)


def forward(
    content: Content, sender: System, receiver: System, catalogue: Catalogue, at: datetime,
    *, cause: str | None = None, function: Function | None = None, answers: str | None = None,
) -> Message:  # fmt: skip
    """A new message from one system to another about this content; `cause` makes its id, see envelope.address."""
    header = address(content, sender, receiver, at, cause=cause, function=function, answers=answers)
    return write(content, receiver, catalogue, header)


def traced(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Findings on what was written from a reading, each with the place in the sender's own document to correct."""
    if reading.said is None:
        return tuple(findings)
    plan = reading.said.teller.plan
    return tuple(replace(each, record=path_of(plan, each.field)) if each.field else each for each in findings)


def _unrecognised(root: Any, system: System, catalogue: Catalogue) -> Finding:
    begun = dict.fromkeys(beginning(table) for table in catalogue.tables(system) if table.direction != "out")
    found = None if isinstance(root, dict) else root.tag
    message = f"no message of {system.code} begins like this"
    return Finding(code="DOC-ROOT", message=message, found=found, allowed="; ".join(begun))
