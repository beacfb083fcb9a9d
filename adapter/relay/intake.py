"""Intake: a window of deliveries becomes what comes of it, written whole, then it may be acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.ledger import Known, Ledger, Outcome, Outpaced
from adapter.relay.arrival import Arrival, arrive
from adapter.relay.decide import decide, give_up
from adapter.relay.exchange import Exchange

log = structlog.get_logger()

RACES = 3
"""How often a window is decided again because the ledger knew better, the last time leaving all to dispatch."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery and what came of it."""

    delivery: Delivery
    outcome: Outcome
    buried: bool = False
    """Whether it still has to be laid into the queue of the dead."""


class Intake:
    """Takes windows in; `take_in` is one ledger transaction, and repeating it changes nothing."""

    def __init__(self, ledger: Ledger, exchange: Exchange) -> None:
        self._ledger, self._exchange = ledger, exchange

    def take_in(self, window: Sequence[Delivery], closed: Sequence[str], at: datetime) -> list[Taken]:
        """What came of each delivery, owned by the ledger; messages confirmed meanwhile are closed with it."""
        try:
            return self._take_in(window, closed, at)
        except Unavailable:
            raise
        except Exception as error:
            log.error("deciding alone what cannot be written together", error=type(error).__name__)
            return [self._take_alone(delivery, closed, at) for delivery in window]

    def _take_in(self, window: Sequence[Delivery], closed: Sequence[str], at: datetime) -> list[Taken]:
        for race in range(RACES + 1):
            taken = self._decide(window, at, asking=race > 0)
            if race == RACES:
                taken = [replace(each, outcome=_unhurried(each.outcome)) for each in taken]
            try:
                self._ledger.write([each.outcome for each in taken], closed, at)
                return taken
            except Outpaced:
                continue
        raise Unavailable("other workers are writing down the same deliveries")

    def _take_alone(self, delivery: Delivery, closed: Sequence[str], at: datetime) -> Taken:
        """One delivery; what the database will not have is dead, its bytes kept, nothing of what it says."""
        try:
            return self._take_in([delivery], closed, at)[0]
        except Unavailable:
            raise
        except Exception as error:
            return self._give_up(delivery, error, closed, at)

    def _give_up(self, delivery: Delivery, error: Exception, closed: Sequence[str], at: datetime) -> Taken:
        """Dead, and its sender told if the database will have that."""
        arrival = arrive(delivery, self._exchange, self._exchange.facts(at))
        told = at.replace(microsecond=0)
        outcome = _unhurried(give_up(arrival, error, self._ask([replace(arrival, reading=None)]), self._exchange, told))
        try:
            self._ledger.write([outcome], closed, at)
        except Outpaced as race:
            raise Unavailable("another worker is writing down the same delivery") from race
        except Unavailable:
            raise
        except Exception:
            outcome = replace(outcome, posts=())
            self._ledger.write([outcome], closed, at)
        return Taken(delivery, outcome, arrival.buried)

    def _decide(self, window: Sequence[Delivery], at: datetime, asking: bool) -> list[Taken]:
        """What comes of each; one that only its number makes a duplicate is first taken for new, without asking.

        Each is read and decided while it is fresh in the processor's cache; what the ledger must be asked about waits
        for one question at the end. If the ledger then finds that it knows one, all are decided again, asking.
        """
        facts, told = self._exchange.facts(at), at.replace(microsecond=0)  # no partner's dates carry more
        known, held, taken = Known(), [], []
        for delivery in window:
            arrival = arrive(delivery, self._exchange, facts)
            if asking or arrival.refers:
                held.append(arrival)
            else:
                taken.append(self._decide_one(arrival, known, told))
        if held:
            known.join(self._ask(held))
            taken += [self._decide_one(arrival, known, told) for arrival in held]
        return taken

    def _decide_one(self, arrival: Arrival, known: Known, told: datetime) -> Taken:
        outcome = decide(arrival, known, self._exchange, told)
        known.learn(outcome)
        return Taken(arrival.delivery, outcome, arrival.buried)

    def _ask(self, arrivals: Sequence[Arrival]) -> Known:
        return self._ledger.known(
            [arrival.id for arrival in arrivals],
            [key for arrival in arrivals for key in arrival.keys],
            [id for arrival in arrivals for id in arrival.answered],
        )


def _unhurried(outcome: Outcome) -> Outcome:
    """The outcome with its messages left to dispatch: one of an id that is there already is then no obstacle."""
    return replace(outcome, posts=tuple(replace(post, direct=False) for post in outcome.posts))
