"""The pipeline, pure: a delivery becomes a certificate, a certificate becomes a message, in both directions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from adapter.catalogue import Catalogue
from adapter.certificate import Certificate
from adapter.delivery import Delivery, Message
from adapter.envelope import address
from adapter.findings import Finding, Rejected, Verdict, verdict
from adapter.mapping.mapping import Mapping, Read
from adapter.mapping.table import Table
from adapter.mapping.tell import path_of
from adapter.messages import Content, Function, Header
from adapter.opening import STANDARD, Document, admit, recognise
from adapter.opening import disputed as disputed
from adapter.opening import open_document as open_document
from adapter.opening import validate as validate
from adapter.rules import NO_FACTS, Facts, check, issued_only
from adapter.schema import Limits
from adapter.stages import each
from adapter.system import System
from adapter.trust import NO_SEALS, Seals
from adapter.writing import Draft as Draft
from adapter.writing import write as write
from adapter.writing import write_all as write_all

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
    return read_all([delivery], catalogue, facts, limits, seals)[0]


def read_all(
    deliveries: Sequence[Delivery], catalogue: Catalogue, facts: Facts = NO_FACTS, limits: Limits = STANDARD,
    seals: Seals | None = NO_SEALS,
) -> list[Reading]:  # fmt: skip
    """The reading of each delivery, in order; they go stage by stage."""
    systems = [catalogue.system(delivery.source) for delivery in deliveries]
    bodies = [delivery.body for delivery in deliveries]
    known = each(partial(recognise, catalogue=catalogue, limits=limits), bodies, systems)
    documents = each(partial(admit, catalogue=catalogue, seals=seals, at=facts.at), known, systems)
    said = each(_said, documents)
    return [
        Reading(system, Header(), None, told.findings, stage=told.stage)
        if isinstance(told, Rejected)
        else _understood(*told, system, catalogue, facts)
        for told, system in zip(said, systems, strict=True)
    ]


def understand(document: Document, system: System, catalogue: Catalogue, facts: Facts = NO_FACTS) -> Reading:
    """What a document says to us, held to the rules of its agreement."""
    return _understood(*_said(document), system, catalogue, facts)


def _said(document: Document) -> tuple[Document, Read]:
    return document, document.mapping.read(document.root)


def _understood(document: Document, said: Read, system: System, catalogue: Catalogue, facts: Facts) -> Reading:
    table, content, header, remarks = document.mapping.plan.table, said.content, said.header, document.remarks
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
    if foreign := system.refuses(slug):
        return [foreign]
    known = facts.about(header.function, system.side == "partner", catalogue.codes)
    return check(content, catalogue.agreement(slug) if slug else None, known)


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
