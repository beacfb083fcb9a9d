"""What the ledger is asked for before deliveries are decided: only what they need."""

from collections.abc import Iterator, Sequence
from datetime import date

from adapter.enquiry import StatusQuery
from adapter.ledger import DayAsked, Question
from adapter.messages import Feedback
from adapter.reconciliation import Reconciliation
from adapter.relay.arrival import Arrival
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

Verifying = VerificationRequest | VerificationInformation | VerificationReply


def question(arrivals: Sequence[Arrival]) -> Question:
    """Everything that these deliveries depend on."""
    contents = [arrival.content for arrival in arrivals]
    return Question(
        deliveries=tuple(arrival.id for arrival in arrivals),
        keys=tuple(key for arrival in arrivals for key in arrival.keys),
        answered=tuple(id for arrival in arrivals for id in arrival.answered),
        used=tuple(each.key for each in contents if isinstance(each, Feedback)),
        read=tuple(each.key for each in contents if isinstance(each, Feedback | Verifying | StatusQuery)),
        requests=tuple(each.request for each in contents if isinstance(each, Verifying)),
        days=tuple(_days(arrivals)),
    )


def _days(arrivals: Sequence[Arrival]) -> Iterator[DayAsked]:
    counted: dict[tuple[str, date], list[str]] = {}
    for arrival in arrivals:
        content = arrival.content
        if isinstance(content, Reconciliation) and arrival.system:
            ids = counted.setdefault((arrival.system.code, content.day), [])
            ids += [message.id for tally in content.tallies for message in tally.messages]
    return (DayAsked(partner, day, tuple(ids)) for (partner, day), ids in counted.items())
