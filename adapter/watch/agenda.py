"""What somebody has to do by a day or a moment: answers, replies of verifications, certificates that end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.deadlines import INFORMATION, REPLY, answer_due, end_of, expires_on, local_day, zone_of
from adapter.ledger import Looks
from adapter.system import System

LIMITS = {"request": REPLY, "information": INFORMATION}
"""What the agreement's limit for each question of a verification is called."""
OVER = ("rejected", "used", "superseded", "cancelled")
"""The states in which nobody waits for a certificate to be used."""
UNHEARD, HEARD = ("issued", "sent"), ("acknowledged",)
"""The states of a certificate that nobody acknowledged, and of one that nobody accepted or rejected."""
LONGEST = timedelta(days=10 * 366)
"""No certificate is valid for longer."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody has to do, or that ends by itself, by a day or a moment."""

    last: date | datetime
    what: str
    by: str
    """Whose it is to act: a system's code."""
    partner: str
    agreement: str
    number: str
    clause: str
    recalled: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """The moment that deadlines are held to, and how far ahead is looked."""

    at: datetime
    day: date | None
    """The day that was asked for, the same everywhere; else it is by now another day in some places."""
    within: timedelta
    catalogue: Catalogue
    calendar: Calendar

    def day_in(self, system: System) -> date:
        """The day that it is where the system is."""
        return self.day or local_day(self.at, system.zone)


def lapsing(ledger: Looks, watch: Watch) -> Iterator[Due]:
    """Certificates that end within the time looked ahead, a true copy with its original; one that has is no more."""
    today = watch.at.date()
    for each in ledger.lapsing(today - LONGEST, today + timedelta(days=1), OVER):
        issuer, holder = watch.catalogue.system(each.system), watch.catalogue.system(each.holder)
        began = each.valid_from or each.issued_on
        if began is None:
            continue
        terms, day = watch.catalogue.agreement(each.agreement).on(began), watch.day_in(issuer)
        last = expires_on(began, terms)
        if last is None or terms.validity is None or not day <= last <= day + watch.within:
            continue
        partner = holder if holder.side == "partner" else issuer
        rests = [terms.validity, *([terms.true_copy] if each.valid_from and terms.true_copy else [])]
        yield Due(
            last, "expiry", holder.code, partner.code, each.agreement, each.number,
            "; ".join(each.source for each in rests), any(each.recalled for each in rests), is_over=False,
        )  # fmt: skip


def unanswered(ledger: Looks, watch: Watch) -> Iterator[Due]:
    """Certificates that a partner was sent and has not acknowledged, or not accepted or rejected, in its own time."""
    for each in ledger.unanswered((*UNHEARD, *HEARD)):
        system = watch.catalogue.system(each.receiver)
        if system.answers is None:
            continue
        what = "acknowledgement" if each.state in UNHEARD else "response"
        last = answer_due(each.sent_at, getattr(system.answers, what)).astimezone(zone_of(system.zone))
        if last <= watch.at + watch.within:
            yield Due(
                last, what, system.code, system.code, each.agreement, each.number, system.answers.source,
                recalled=False, is_over=last < watch.at,
            )  # fmt: skip


def unverified(ledger: Looks, watch: Watch) -> Iterator[Due]:
    """Questions of verifications without a reply; the days are those of whoever has to reply."""
    for each in ledger.verifications(is_open=True):
        asker, answerer = watch.catalogue.system(each.asker), watch.catalogue.system(each.answerer)
        for part in each.due:
            received = local_day(each.asked_at(part), answerer.zone)
            limit = watch.catalogue.agreement(each.agreement).on(received).limits.get(LIMITS[part])
            if limit is None:
                continue
            last, day = end_of(limit, received, answerer.country, watch.calendar), watch.day_in(answerer)
            if last <= day + watch.within:
                partner = asker if asker.side == "partner" else answerer
                yield Due(
                    last, limit.what, answerer.code, partner.code, each.agreement, each.number, limit.source,
                    limit.recalled, is_over=last < day,
                )  # fmt: skip
