"""How a message is written: by its table, signed where that is asked for, past its schema, and sealed."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from adapter.catalogue import Catalogue, Unknown
from adapter.certificate import Certificate
from adapter.delivery import Message
from adapter.envelope import kind_of, seal
from adapter.findings import Finding, Rejected
from adapter.mapping.mapping import Mapping
from adapter.messages import Content, Header
from adapter.opening import validate
from adapter.rules import printable
from adapter.schema import parse_json, parse_xml
from adapter.signature import sign, unsigned
from adapter.stages import each
from adapter.system import System
from adapter.trust import NO_SEALS, Seals


class Draft(NamedTuple):
    """What is to be said, to whom, and the header that it goes under."""

    content: Content
    receiver: System
    header: Header


class _Sheet(NamedTuple):
    """A draft on its way to a message: its table, what it says on paper, its bytes and what they parse to."""

    draft: Draft
    mapping: Mapping
    content: Content
    body: bytes
    root: Any = None


def write(content: Content, receiver: System, catalogue: Catalogue, header: Header, seals: Seals = NO_SEALS) -> Message:
    """The message that says this to the receiver: written, signed where that is asked for, re-parsed and validated.

    Rejected where it cannot be; what is validated are the bytes that leave.
    """
    (made,) = write_all([Draft(content, receiver, header)], catalogue, seals)
    if isinstance(made, Rejected):
        raise made
    return made


def write_all(
    drafts: Iterable[Draft | Rejected], catalogue: Catalogue, seals: Seals = NO_SEALS
) -> list[Message | Rejected]:
    """The message of each draft, or what keeps it from leaving, in order; they go stage by stage."""
    written = each(partial(_written, catalogue=catalogue), drafts)
    parsed = each(partial(_parsed, seals=seals), written)
    return each(_sealed, each(partial(_valid, catalogue=catalogue), parsed))


def _written(draft: Draft, catalogue: Catalogue) -> _Sheet:
    content, receiver, header = draft
    if foreign := receiver.refuses(getattr(content, "agreement", None)):
        raise Rejected(foreign, stage="write")
    mapping = _writer(content, receiver, catalogue, header)
    if isinstance(content, Certificate) and receiver.side == "partner":
        content = printable(content, catalogue.agreement(content.agreement))
    return _Sheet(draft, mapping, content, mapping.write(content, header))


def _parsed(sheet: _Sheet, seals: Seals) -> _Sheet:
    """The sheet with its bytes parsed again; where it is to be signed, its bytes are those with the signature."""
    body = sheet.body
    root = parse_json(body) if sheet.mapping.plan.table.is_json else parse_xml(body)
    if seals.asked(sheet.draft.receiver):
        body = _signed(root, seals, sheet.draft.header.sent_at)
        root = parse_xml(body)
    return _Sheet(sheet.draft, sheet.mapping, sheet.content, body, root)


def _valid(sheet: _Sheet, catalogue: Catalogue) -> _Sheet:
    validate(sheet.mapping, sheet.root, catalogue, "write")
    return sheet


def _sealed(sheet: _Sheet) -> Message:
    is_json = sheet.mapping.plan.table.is_json
    return seal(sheet.draft.header, sheet.content, sheet.body, "application/json" if is_json else "application/xml")


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
