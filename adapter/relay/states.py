"""How a certificate stands: issued, acknowledged, accepted or rejected, then what the importing customs decided."""

from collections.abc import Iterable

from adapter.ledger import Change
from adapter.messages import Feedback, Response

ISSUED, ACKNOWLEDGED, ACCEPTED, REJECTED = "issued", "acknowledged", "accepted", "rejected"
GRANTED, PARTLY_GRANTED, DENIED, SUSPENDED, PENDING = "granted", "partly_granted", "denied", "suspended", "pending"
SUPERSEDED, CANCELLED = "superseded", "cancelled"

USED = (GRANTED, PARTLY_GRANTED)
DECIDED = (*USED, DENIED, SUSPENDED, PENDING)
UNDECIDED = (ISSUED, ACKNOWLEDGED, ACCEPTED, REJECTED)

BEFORE: dict[str, tuple[str, ...]] = {
    ACKNOWLEDGED: (ISSUED,),
    ACCEPTED: (ISSUED, ACKNOWLEDGED, REJECTED),
    REJECTED: (ISSUED, ACKNOWLEDGED, ACCEPTED),
    **{state: (*UNDECIDED, *DECIDED) for state in DECIDED},  # a decision may change: refunds are claimed later
    SUPERSEDED: (*UNDECIDED, DENIED, SUSPENDED, PENDING),
    CANCELLED: (*UNDECIDED, DENIED, SUSPENDED, PENDING),
}
"""The states from which each state is reached; what comes late or in another order changes nothing."""


def move(certificates: Iterable[str], state: str) -> tuple[Change, ...]:
    """The changes that bring the certificates of these ids to this state, if they are in one before it."""
    return tuple(Change(certificate, state, BEFORE[state]) for certificate in certificates)


def decided(feedback: Feedback) -> str:
    """What the decisions on its items make of the certificate."""
    found = {item.status for item in feedback.items}
    if len(found) == 1:
        return found.pop()
    if GRANTED in found:
        return PARTLY_GRANTED
    return SUSPENDED if SUSPENDED in found else PENDING


def answered(response: Response) -> str:
    """What a response makes of the certificate that it answers."""
    return REJECTED if response.outcome == "rejected" else ACCEPTED
