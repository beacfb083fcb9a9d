"""Intake: a window of deliveries becomes what comes of it, written part by part, then it may be acknowledged."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import structlog

from adapter.delivery import Delivery
from adapter.findings import Finding, Trouble, Unavailable
from adapter.ledger import DISMISSED, HELD, LIVING, Deed, Known, Ledger, Original, Outcome, Outpaced
from adapter.relay.arrival import NONE, Arrival, arrive, arrive_all
from adapter.relay.decide import HELD_FOR, decide_all, give_up
from adapter.relay.exchange import Exchange
from adapter.relay.names import inbox
from adapter.relay.quarantine import SUSPICIOUS, Quarantine
from adapter.relay.questions import question, with_parts
from adapter.relay.taken import Taken
from adapter.relay.witness import Witness, Work

log = structlog.get_logger()

TOGETHER = 128
"""How many deliveries are read together, and written in one transaction."""
PAST = frozenset((HELD, "mapping", "rules", "route", "refer", "duplicate", "undecided", "write"))
"""Stages that come after the signature; what stands at another may never have been verified."""
UNCHECKED = "SIG-10"
"""What is undecided of is the signature itself."""
RACES = 3
"""How often a part is decided again because the ledger knew better, the last time leaving all to dispatch."""


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A part of a window that the ledger is about to own, with the confirmations that it closes."""

    arrivals: Sequence[Arrival]
    taken: list[Taken]
    closed: Sequence[str]
    commit: "Future[None]"


class Intake:
    """Takes windows in, part by part; each part is one ledger transaction, and repeating it changes nothing."""

    def __init__(
        self, ledger: Ledger, exchange: Exchange, quarantine: Quarantine, witness: Witness,
        *, hands_over: bool = True, deed: Deed | None = None,
    ) -> None:  # fmt: skip
        self._ledger, self._exchange, self._quarantine, self._witness = ledger, exchange, quarantine, witness
        self._before = replace(exchange, verifies=False)
        """The same exchange for what the ledger has owned since it came."""
        self._deed = deed
        """The operator's deed that all of it comes of; none where the relay is at work."""
        self._hands_over = hands_over
        """Whether what comes of a delivery is handed over by this process at once, else left to dispatch."""

    def take_in(self, window: Sequence[Delivery], closed: Sequence[str], at: datetime) -> Iterator[list[Taken]]:
        """What came of each delivery, part by part, owned by the ledger; the first part closes what was confirmed.

        While the database commits one part, the one before is let go and the next is decided. A delivery that only its
        number makes a duplicate is first taken for new, without asking; if the ledger then finds that it knows one, its
        part is decided again, asking. What refers to something earlier comes last, when the ledger has all else.
        """
        told = at.replace(microsecond=0)  # no partner's dates carry more
        held: list[Arrival] = []
        before: Entrusted | None = None
        for start in range(0, len(window), TOGETHER):
            part = window[start : start + TOGETHER]
            with self._witness.work(Work.DECIDE, len(part)):
                arrivals = self._arrive(part, at, self._exchange)
                held += [each for each in arrivals if each.refers]
                fresh = [each for each in arrivals if not each.refers]
                taken = self._decide(fresh, Known(), told)
            owned = self._own(before, at) if before else []
            commit = self._ledger.entrust([each.outcome for each in taken], closed, at)
            before, closed = Entrusted(fresh, taken, closed, commit), ()
            if owned:
                yield owned
        if before:
            yield self._own(before, at)
        if held:
            yield self._take_together(held, (), at)

    def adopt(self, at: datetime) -> None:
        """Hold again what stands as held and was lost from what is looked at, as a restored backup may leave it."""
        for id in self._ledger.adopt_held(at, at + HELD_FOR):
            log.warning("a delivery was held with nothing that says how long: it is held for another day", id=id)

    def take_up(self, at: datetime) -> list[Taken]:
        """What came of deliveries that were held, and whose certificate is there by now or will not come any more."""
        again = []
        for each in self._ledger.lease_held(at, TOGETHER):
            if each.body is None:
                log.error("a delivery stays held: it is not as it was written; ask `eodes ledger verify`", id=each.id)
            else:
                again.append(each)
        return self._take_together(self.bring_up(again, at), (), at) if again else []

    def bring_up(self, originals: Sequence[Original], at: datetime) -> list[Arrival]:
        """What was taken in before, as it came; what we failed at is first decided where that does no harm.

        What got past its signature when it came is not held to it again.
        """
        found: list[Arrival] = []
        for passed, each in groupby(originals, got_past_its_signature):
            found += self._bring_up(list(each), at, self._before if passed else self._exchange)
        return found

    def _bring_up(self, originals: Sequence[Original], at: datetime, exchange: Exchange) -> Iterator[Arrival]:
        deliveries = [self._as_it_came(each) for each in originals]
        for each, arrival in zip(originals, self._arrive(deliveries, at, exchange), strict=True):
            if arrival.id == each.id:
                yield arrival
            else:  # its message id could not be kept as it came, and named nothing
                bare = replace(arrival.delivery, message_id=None)
                yield replace(arrive(bare, exchange, exchange.facts(at)), id=each.id)

    def weigh(self, arrivals: Sequence[Arrival], at: datetime) -> list[Taken]:
        """What would come of them as things stand: nothing is written."""
        return self._decide(arrivals, self._ask(arrivals), at.replace(microsecond=0))

    def retry(self, arrivals: Sequence[Arrival], at: datetime) -> list[Taken]:
        """What came of them, decided again and written; those that die again stay dead."""
        return self._take_together(arrivals, (), at)

    def correct(self, arrival: Arrival, at: datetime) -> Taken:
        """What came of one in another's place; where it dies too, that is only said, and nothing is written."""
        for _ in range(RACES):
            (taken,) = self.weigh([arrival], at)
            if taken.outcome.entry.stage not in LIVING:
                return taken
            try:
                self._ledger.write([taken.outcome], (), at)
                return taken
            except Outpaced:
                continue
        raise Unavailable("another was first to decide on it", Trouble.OUTPACED)

    def _as_it_came(self, original: Original) -> Delivery:
        """Its sender did not send it again, so it waits for no answer that it had."""
        queue = inbox(original.source) if original.source in self._exchange.systems else original.source
        times = SUSPICIOUS if original.stage in ("crash", DISMISSED) else 2
        headers = {"receiver": original.named} if original.named else {}
        return Delivery(original.body or b"", queue, original.message_id, headers, times)

    def _arrive(self, part: Sequence[Delivery], at: datetime, exchange: Exchange) -> list[Arrival]:
        """What each delivery is; those that came back often are first decided where they can do no harm."""
        suspicious = [place for place, each in enumerate(part) if each.times >= SUSPICIOUS]
        fatal: Mapping[int, Finding] = NONE
        if suspicious:
            found = self._quarantine.fatal([part[place] for place in suspicious], at)
            log.warning("deliveries that came back often were decided apart", count=len(suspicious), fatal=len(found))
            fatal = {suspicious[place]: finding for place, finding in found.items()}
        return arrive_all(part, exchange, exchange.facts(at), fatal)

    def _own(self, part: Entrusted, at: datetime) -> list[Taken]:
        """What came of a part as soon as the ledger owns it; decided again if it could not be written as it was."""
        try:
            with self._witness.work(Work.WRITE, len(part.taken)):
                part.commit.result()
            return part.taken
        except Unavailable:
            raise
        except Exception:
            return self._take_together(part.arrivals, part.closed, at)

    def _take_together(self, arrivals: Sequence[Arrival], closed: Sequence[str], at: datetime) -> list[Taken]:
        try:
            return self._take(arrivals, closed, at)
        except Unavailable:
            raise
        except Exception as error:
            log.error("deciding alone what cannot be written together", error=type(error).__name__)
            return [self._take_alone(arrival, closed, at) for arrival in arrivals]

    def _take(self, arrivals: Sequence[Arrival], closed: Sequence[str], at: datetime) -> list[Taken]:
        """What comes of them by what the ledger knows, written; asked again if that changes meanwhile."""
        for race in range(RACES):
            taken = self._decide(arrivals, self._ask(arrivals), at.replace(microsecond=0))
            if race == RACES - 1:
                taken = [replace(each, outcome=_unhurried(each.outcome)) for each in taken]
            try:
                self._ledger.write([each.outcome for each in taken], closed, at)
                return taken
            except Outpaced:
                continue
        raise Unavailable("other workers are writing down the same deliveries", Trouble.OUTPACED)

    def _take_alone(self, arrival: Arrival, closed: Sequence[str], at: datetime) -> Taken:
        """One delivery; what the database will not have is dead, its bytes kept, nothing of what it says."""
        try:
            return self._take([arrival], closed, at)[0]
        except Unavailable:
            raise
        except Exception as error:
            return self._give_up(arrival, error, closed, at)

    def _give_up(self, arrival: Arrival, error: Exception, closed: Sequence[str], at: datetime) -> Taken:
        """Dead, and its sender told if the database will have that."""
        known, told = self._ask([replace(arrival, reading=None)]), at.replace(microsecond=0)
        outcome = replace(_unhurried(give_up(arrival, error, known, self._exchange, told)), deed=self._deed)
        try:
            self._ledger.write([outcome], closed, at)
        except Outpaced as race:
            raise Unavailable("another worker is writing down the same delivery", Trouble.OUTPACED) from race
        except Unavailable:
            raise
        except Exception:
            outcome = replace(outcome, posts=())
            self._ledger.write([outcome], closed, at)
        return Taken(arrival.delivery, outcome, arrival.buried)

    def _decide(self, arrivals: Sequence[Arrival], known: Known, told: datetime) -> list[Taken]:
        outcomes = decide_all(arrivals, known, self._exchange, told)
        if self._deed:
            outcomes = [replace(each, deed=self._deed) for each in outcomes]
        return [
            Taken(arrival.delivery, outcome if self._hands_over else _unhurried(outcome), arrival.buried)
            for arrival, outcome in zip(arrivals, outcomes, strict=True)
        ]

    def _ask(self, arrivals: Sequence[Arrival]) -> Known:
        asked = question(arrivals)
        known = self._ledger.known(asked)
        whole = with_parts(asked, known, self._exchange) if asked.days else asked
        return known if whole == asked else self._ledger.known(whole)


def got_past_its_signature(original: Original) -> bool:
    """Whether it was refused, or held, for something that is only asked of what was verified."""
    return original.stage in PAST and original.code != UNCHECKED


def _unhurried(outcome: Outcome) -> Outcome:
    """The outcome with its messages left to dispatch: one of an id that is there already is then no obstacle."""
    return replace(outcome, posts=tuple(replace(post, direct=False) for post in outcome.posts))
