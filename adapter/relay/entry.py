"""A delivery as the ledger keeps it."""

import json
from collections.abc import Sequence

from adapter.certificate import match_key
from adapter.findings import Finding, Severity
from adapter.ledger import DONE, Entry
from adapter.relay.arrival import Arrival

MOST_FINDINGS = 1_000
LONGEST_ID = 255
_WEIGHT = {Severity.ERROR: 0, Severity.UNDECIDED: 1, Severity.WARNING: 2, Severity.INFO: 3}


def entry(
    arrival: Arrival, stage: str = DONE, findings: Sequence[Finding] = (),
    *, partner: str | None = None, number: str | None = None,
) -> Entry:  # fmt: skip
    """The raw original and what it is; where it died, the stage, the gravest finding's code, and all findings.

    `partner` is whom a domestic system's delivery concerns, `number` the certificate that it refers to without a word.
    """
    content, table = arrival.content, arrival.reading.table if arrival.reading else None
    first = min(findings, key=lambda finding: _WEIGHT[finding.severity], default=None)
    message_id = plain(arrival.delivery.message_id) if arrival.delivery.message_id else None
    return Entry(
        id=arrival.id,
        source=arrival.system.code if arrival.system else plain(arrival.delivery.source),
        message_id=message_id,
        reference=arrival.reference if arrival.reference != (message_id or arrival.digest) else None,
        digest=arrival.digest,
        size=len(arrival.delivery.body),
        body=None if arrival.buried else arrival.delivery.body,
        kind=table.message.value if table else None,
        agreement=getattr(content, "agreement", None),
        number=getattr(content, "number", None) or number,
        key=getattr(content, "key", None) or (match_key(number) if number else None),
        partner=arrival.system.code if arrival.system and arrival.system.side == "partner" else partner,
        stage=stage,
        code=first.code if first else None,
        message=first.message if first else None,
        findings=json.dumps([finding.as_dict() for finding in findings[:MOST_FINDINGS]]) if findings else None,
        named=plain(named) if isinstance(named := arrival.delivery.headers.get("receiver"), str) and named else None,
        sealed=arrival.sealed,
    )


def plain(text: str) -> str:
    """Text from outside as every database can keep it: printable ASCII, the rest escaped, not too long."""
    escaped = text if text.isascii() and text.isprintable() else ascii(text)[1:-1]
    return escaped[:LONGEST_ID]
