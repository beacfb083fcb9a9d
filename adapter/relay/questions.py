"""What the ledger is asked for before deliveries are decided: only what they need."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from adapter.certificate import Certificate, match_key
from adapter.enquiry import StatusQuery
from adapter.ledger import DayAsked, DayBook, Known, Question
from adapter.messages import Content, Feedback
from adapter.reconciliation import Reconciliation
from adapter.relay.arrival import Arrival
from adapter.relay.exchange import Exchange
from adapter.relay.reconcile import ids_told, parts_told
from adapter.rules.originals import original_of
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
        read=tuple(key for each in contents for key in _read(each)),
        requests=tuple(each.request for each in contents if isinstance(each, Verifying)),
        days=tuple(_days(arrivals)),
    )


def _read(content: Content | None) -> Iterator[str]:
    """The match keys of the certificates that a rule has to look into."""
    if isinstance(content, Feedback | Verifying | StatusQuery):
        yield content.key
    elif isinstance(content, Certificate):
        if content.copy_of is not None and content.form == "true_copy":
            yield match_key(content.copy_of.number)
        if original := original_of(content):
            yield match_key(original.number)


def with_parts(asked: Question, known: Known, exchange: Exchange) -> Question:
    """The question, also about what earlier parts count of the days that are told of in several."""
    days = []
    for each in asked.days:
        book, partner = known.days.get((each.partner, each.day), DayBook()), exchange.systems[each.partner]
        before = ids_told(parts_told(book, partner, each.day, exchange))
        days.append(replace(each, ids=tuple(dict.fromkeys((*each.ids, *before)))))
    return replace(asked, days=tuple(days))


def _days(arrivals: Sequence[Arrival]) -> Iterator[DayAsked]:
    counted: dict[tuple[str, date], list[str]] = {}
    for arrival in arrivals:
        content = arrival.content
        if isinstance(content, Reconciliation) and arrival.system:
            ids = counted.setdefault((arrival.system.code, content.day), [])
            ids += ids_told([content])
    return (DayAsked(partner, day, tuple(ids)) for (partner, day), ids in counted.items())
