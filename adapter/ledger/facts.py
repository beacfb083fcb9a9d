"""What one transaction writes down, by ids and digests alone: bytes that are dropped later change none of it."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from adapter.ledger.entries import Outcome
from adapter.ledger.history import Row
from adapter.ledger.interventions import InterventionRow
from adapter.ledger.items import ItemRow
from adapter.ledger.payload import squeezed
from adapter.ledger.schema import OUTBOX
from adapter.ledger.statements import columns_of
from adapter.ledger.verifications import VerificationRow

AT_ONCE = 500
"""How many messages one question may name."""
MOST_BYTES = 256_000_000
"""More than one transaction's facts can come to; a blob that unpacks to more was not written here."""


@dataclass(slots=True)
class Facts:
    """Gathered while the transaction writes, sealed at its end."""

    deliveries: list[tuple[str, str, str]] = field(default_factory=list)
    """Id, digest, stage."""
    bare: list[str] = field(default_factory=list)
    """Deliveries whose bytes are not kept here."""
    revised: list[tuple[str, str]] = field(default_factory=list)
    """Deliveries that were looked at again, and their stage now."""
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    """Id, digest, receiver."""
    again: list[str] = field(default_factory=list)
    """Messages that are to be sent once more."""
    closed: list[str] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    """Messages that their destination will never take."""
    revived: list[str] = field(default_factory=list)
    """Messages that died and are to be sent after all."""
    given_up: list[str] = field(default_factory=list)
    """Messages that died and are not."""
    certificates: list[tuple[str, str]] = field(default_factory=list)
    """Id, digest of the content."""
    states: list[Row] = field(default_factory=list)
    items: list[ItemRow] = field(default_factory=list)
    """What was decided on items."""
    verifications: list[VerificationRow] = field(default_factory=list)
    """What was asked and replied."""
    interventions: list[InterventionRow] = field(default_factory=list)
    """What was done later, by whom and why."""
    dropped_deliveries: list[str] = field(default_factory=list)
    """Deliveries whose bytes retention ended for."""
    dropped_messages: list[str] = field(default_factory=list)

    def note(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        """What a window brought about; a message that waits may be there already, and is noted as it is there."""
        for outcome in outcomes:
            entry = outcome.entry
            if outcome.revised:
                self.revised.append((entry.id, entry.stage))
            elif not outcome.repeated:
                self.deliveries.append((entry.id, entry.digest, entry.stage))
                if entry.body is None:
                    self.bare.append(entry.id)
            if outcome.certificate:
                self.certificates.append((outcome.certificate.id, outcome.certificate.digest))
        posts = [post for outcome in outcomes for post in outcome.posts]
        self.closed += [each.message.id for each in posts if each.kept]
        self.messages += [
            (each.message.id, each.message.digest, each.message.receiver) for each in posts if each.direct
        ]
        self.messages += _stored(connection, [each.message.id for each in posts if not each.direct])

    def pack(self) -> bytes:
        """Canonical JSON, compressed; empty where there is nothing to say."""
        said = {name: values for name, values in _lists(self).items() if values}
        if not said:
            return b""
        return squeezed(json.dumps(said, separators=(",", ":"), sort_keys=True).encode())


def _lists(facts: Facts) -> dict[str, list[Any]]:
    """The lists by name, as they are: copying each row would cost more than writing it."""
    return {name: getattr(facts, name) for name in Facts.__slots__}


def unpack(blob: bytes) -> dict[str, list[Any]]:
    """What a link says; ValueError for what was not written here."""
    reader = zlib.decompressobj()
    try:
        found = json.loads(reader.decompress(blob, MOST_BYTES))
    except (zlib.error, RecursionError) as error:
        raise ValueError("not written as the journal's facts are") from error
    if not isinstance(found, dict) or not reader.eof:
        raise ValueError("not what a link says")
    return found


def _stored(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for start in range(0, len(ids), AT_ONCE):
        wanted = OUTBOX.c.id.in_(ids[start : start + AT_ONCE])
        found += [
            (id, digest, receiver)
            for id, digest, receiver in connection.execute(
                select(*columns_of(OUTBOX, ("id", "digest", "receiver"))).where(wanted)
            )
        ]
    return found
