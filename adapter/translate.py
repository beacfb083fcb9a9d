"""The pipeline, pure: a delivery becomes a certificate, a certificate becomes a message, in both directions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapter.catalogue import Catalogue, Unknown
from adapter.certificate import Certificate
from adapter.delivery import Delivery, Message
from adapter.envelope import address, kind_of, seal
from adapter.findings import Finding, Rejected, Verdict, verdict
from adapter.mapping.mapping import Mapping, Read
from adapter.mapping.table import Table
from adapter.mapping.tell import path_of
from adapter.messages import Content, Function, Header
from adapter.opening import STANDARD, Document, open_document, validate
from adapter.opening import admit as admit
from adapter.opening import disputed as disputed
from adapter.rules import NO_FACTS, Facts, check, issued_only, printable
from adapter.schema import Limits, parse_json, parse_xml
from adapter.signature import sign, unsigned
from adapter.system import System
from adapter.trust import NO_SEALS, Seals

MOST = 100
"""Findings of rules that are told with their place in the document."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says and what was found in it; content is there only as far as it is sound."""

    system: System
    header: Header
    content: Content | None
    findings: tuple[Finding, ...]
    table: Table | None = None
    stage: str = ""
    """Where it was refused, if it was: read, schema, signature, mapping, rules."""
    said: Read | None = None
    """What its table read, as far as it came to that."""
    remarks: tuple[Finding, ...] = ()
    """Those of the findings that its table and the rules have no part in."""

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


def read(
    delivery: Delivery, catalogue: Catalogue, facts: Facts = NO_FACTS, limits: Limits = STANDARD,
    seals: Seals | None = NO_SEALS,
) -> Reading:  # fmt: skip
    """Everything there is to say about a delivery: parsed, validated, mapped and judged; bad input gives findings.

    Without seals nothing is said of signatures: for what was verified before, or never was a message.
    """
    system = catalogue.system(delivery.source)
    return _reading(system, _open(delivery.body, system, catalogue, limits, seals, facts.at), catalogue, facts)


def read_all(
    deliveries: Iterable[Delivery], catalogue: Catalogue, facts: Facts = NO_FACTS, limits: Limits = STANDARD,
    seals: Seals | None = NO_SEALS,
) -> Iterator[Reading]:  # fmt: skip
    """Readings of a window, in order: all are opened, then each is understood.

    A processor that goes on doing one thing does it several times faster than one that is led through all in turn.
    """
    opened = [
        (system := catalogue.system(each.source), _open(each.body, system, catalogue, limits, seals, facts.at))
        for each in deliveries
    ]
    for system, document in opened:
        yield _reading(system, document, catalogue, facts)


def _reading(system: System, document: Document | Rejected, catalogue: Catalogue, facts: Facts) -> Reading:
    if isinstance(document, Rejected):
        return Reading(system, Header(), None, document.findings, stage=document.stage)
    return understand(document, system, catalogue, facts)


def _open(body: bytes, system: System, *how: Any) -> Document | Rejected:
    try:
        return open_document(body, system, *how)
    except Rejected as refusal:
        return refusal


def understand(document: Document, system: System, catalogue: Catalogue, facts: Facts = NO_FACTS) -> Reading:
    """What a document says to us, held to the rules of its agreement."""
    said, table = document.mapping.read(document.root), document.mapping.plan.table
    content, header, remarks = said.content, said.header, document.remarks
    if content is None or header is None or verdict(said.findings) is Verdict.INVALID:
        return Reading(system, header or Header(), None, (*remarks, *said.findings), table, "mapping", said, remarks)
    findings = (*remarks, *_judged(said, system, document.mapping, catalogue, facts))
    return Reading(system, header, content, findings, table, _stage(findings), said, remarks)


def judge_again(reading: Reading, catalogue: Catalogue, facts: Facts) -> Reading:
    """The reading by other facts; the same where it never came to the rules."""
    if reading.content is None or reading.said is None or reading.table is None:
        return reading
    judged = _judged(reading.said, reading.system, catalogue.compiled(reading.table), catalogue, facts)
    findings = (*reading.remarks, *judged)
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


def write(content: Content, receiver: System, catalogue: Catalogue, header: Header, seals: Seals = NO_SEALS) -> Message:
    """The message that says this to the receiver: written, signed where that is asked for, re-parsed and validated.

    Rejected where it cannot be; what is validated are the bytes that leave.
    """
    agreement = getattr(content, "agreement", None)
    if foreign := _foreign(agreement, receiver):
        raise Rejected(foreign, stage="write")
    mapping = _writer(content, receiver, catalogue, header)
    if isinstance(content, Certificate) and receiver.side == "partner":
        content = printable(content, catalogue.agreement(content.agreement))
    body = mapping.write(content, header)
    is_json = mapping.plan.table.is_json
    root = parse_json(body) if is_json else parse_xml(body)
    if seals.asked(receiver):
        body = _signed(root, seals, header.sent_at)
        root = parse_xml(body)
    validate(mapping, root, catalogue, "write")
    return seal(header, content, body, "application/json" if is_json else "application/xml")


def _signed(root: Any, seals: Seals, at: datetime | None) -> bytes:
    """The document with the signature of the key that signs at this moment; Rejected where there is none."""
    signer = seals.signer(at) if at else None
    if isinstance(root, dict):
        raise unsigned("JSON has no place for a signature")
    if signer is None:
        raise unsigned("no key of ours is in use at the moment of sending")
    return sign(root, signer)


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
    seals: Seals = NO_SEALS,
) -> Message:  # fmt: skip
    """A new message from one system to another about this content; `cause` makes its id, see envelope.address."""
    header = address(content, sender, receiver, at, cause=cause, function=function, answers=answers)
    return write(content, receiver, catalogue, header, seals)


def traced(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Findings on what was written from a reading, each with the place in the sender's own document to correct."""
    if reading.said is None:
        return tuple(findings)
    plan = reading.said.teller.plan
    return tuple(replace(each, record=path_of(plan, each.field)) if each.field else each for each in findings)
