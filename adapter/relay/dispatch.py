"""Dispatch: messages leave pipelined, are closed on the broker's confirm, and put off without one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import structlog

from adapter.delivery import Message
from adapter.findings import Trouble, Unavailable
from adapter.ledger import Ledger, Position, Turn, Waiting
from adapter.relay.advice import advice, advise
from adapter.relay.backoff import back_off
from adapter.relay.breaker import Breakers
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.crossings import NO_ROUTES, Crossings
from adapter.relay.graves import Graves
from adapter.relay.names import outbox
from adapter.relay.taken import Taken
from adapter.relay.witness import UnderWay, Witness, Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE: Mapping[str, Waiting] = MappingProxyType({})
MOST_DUE, MOST_DUE_BYTES = 256, 16_000_000
LOOK_EVERY = timedelta(seconds=0.25)
"""How often the outbox is looked into while intake is busy."""
REST = timedelta(seconds=1)
"""How long a broker that took nothing is not asked again."""

DECLINED = "END-01"
"""The code of what its destination will never take."""

log = structlog.get_logger()


class Dispatch:
    """What is under way is known here and leased in the ledger: if this process dies, it is due when the lease ends."""

    def __init__(
        self, broker: Broker, ledger: Ledger, chance: Callable[[], float], witness: Witness,
        routes: Mapping[str, str] = NO_ROUTES,
    ) -> None:  # fmt: skip
        self._broker, self._ledger, self._chance, self._witness = broker, ledger, chance, witness
        self._crossings = Crossings(ledger, routes)
        self._under_way: dict[str, UnderWay] = {}
        """By message id."""
        self._breakers = Breakers(chance)
        self._graves = Graves(broker, chance)
        self._confirmed: list[str] = []
        self._deferred: list[tuple[str, datetime, str]] = []
        self._declined: list[tuple[str, str, str]] = []
        self._postponed: list[tuple[str, datetime]] = []
        self._look_at: datetime | None = None
        self._away, self._away_at = "", EPOCH
        """Why the broker took nothing the last time, and the log says so; and when that was."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and every receipt is in the ledger."""
        return not (self._under_way or self._confirmed or self.is_troubled) and self._graves.are_quiet

    @property
    def is_troubled(self) -> bool:
        """Whether something was put off and the ledger does not know it yet."""
        return bool(self._deferred or self._declined or self._postponed or self._breakers.turns)

    def send(self, messages: Sequence[Message], at: datetime, before: Mapping[str, Waiting] = NONE) -> int:
        """Hand over, in this order; what the broker cannot take now is put off. `before` are those that waited.

        Handing over to a broker that is away takes its time: once it took nothing, it is not asked again in this round.
        """
        if not messages:
            return 0
        for each in messages:
            attempts, since = (before[each.id].attempts, before[each.id].since) if each.id in before else (0, at)
            self._under_way[each.id] = UnderWay(attempts, each.receiver, each.kind.value, since)
        if self._rests(at):
            self._put_off([message.id for message in messages], self._away, at)
            return 0
        try:
            with self._witness.work(Work.SEND, len(messages)):
                self._broker.send([_parcel(message) for message in messages])
        except Unavailable as error:
            self._put_off([message.id for message in messages], str(error), at)
            self._tell_away(error, at)
            return 0
        self._tell_away(None, at)
        self._witness.handed_over(messages)
        return len(messages)

    def bury(self, corpses: Iterable[Taken], at: datetime) -> None:
        """What the ledger must not take in goes to the dead with the reason; it is acknowledged once it lies there."""
        self._graves.bury(corpses, at)

    def collect(self, at: datetime, wait: float = 0.0) -> None:
        """Take what receipts there are, those of the dead last: what goes wrong with them touches no other."""
        receipts, gone = self._broker.receipts(wait), list[UnderWay]()
        for receipt in receipts:
            if receipt.message_id not in self._under_way:
                continue
            if receipt.outcome is Outcome.CONFIRMED:
                gone.append(self._under_way.pop(receipt.message_id))
                self._confirmed.append(receipt.message_id)
                self._breakers.delivered(gone[-1].receiver, at)
            elif receipt.outcome is Outcome.POSTPONED:
                self._under_way.pop(receipt.message_id)
                self._postponed.append((receipt.message_id, at + timedelta(seconds=receipt.after)))
            elif receipt.outcome is Outcome.DECLINED:
                self._decline(receipt, at)
            else:
                self._fail(receipt, at)
        if gone:
            self._witness.confirmed(gone, at)
        self._graves.close([each for each in receipts if each.message_id in self._graves], at)
        self._graves.try_again(at)

    def confirmed(self) -> list[str]:
        """The messages whose confirmation is not yet in the ledger."""
        return list(self._confirmed)

    def forget(self, confirmed: Sequence[str]) -> None:
        """These are in the ledger."""
        del self._confirmed[: len(confirmed)]

    def settle(self, at: datetime) -> tuple[int, int]:
        """Write down what was confirmed and what was put off; how many of each."""
        closed, deferred, turns = self._confirmed, self._deferred, self._breakers.turns
        if closed or self.is_troubled:
            with self._witness.work(Work.CONFIRM, len(closed) + len(deferred)):
                self._ledger.settle(closed, deferred, at, turns, self._declined, self._postponed)
            self._confirmed, self._deferred, self._breakers.turns = [], [], []
            self._declined, self._postponed = [], []
        for turn in turns:
            _tell(turn)
        return len(closed), len(deferred)

    def send_due(self, at: datetime, hurry: bool) -> int:
        """Hand over what is due; in a hurry only now and then, while intake has work."""
        if self._rests(at) or (hurry and self._look_at and self._look_at - LOOK_EVERY <= at < self._look_at):
            return 0  # a clock that was put back is before all of that, and keeps nothing waiting
        self._look_at = at + LOOK_EVERY
        due = self._ledger.lease_due(at, MOST_DUE, MOST_DUE_BYTES, self._crossings.at(at))
        self._breakers.learn(due.turns)
        self._keep_back(due.damaged, at)
        ours = self._in_hand() if due.waiting else set()
        waiting = [each for each in due.waiting if each.message.id not in ours]
        waiting.sort(key=lambda each: -each.attempts)
        return self.send([each.message for each in waiting], at, {each.message.id: each for each in waiting})

    def _in_hand(self) -> set[str]:
        """What is under way, and what the ledger has yet to be told the end of: the lease may run out before that."""
        untold = [id for id, _, _ in (*self._deferred, *self._declined)] + [id for id, _ in self._postponed]
        return {*self._under_way, *self._confirmed, *untold}

    def send_fresh(self, messages: Iterable[Message], at: datetime) -> int:
        """Hand over what was just written down, save to destinations that are left alone: those are due later."""
        try:
            elsewhere = self._crossings.at(at)
        except Unavailable:  # who else sends cannot be known: all of it is due later
            return 0
        return self.send(
            [each for each in messages if each.receiver not in elsewhere and not self._breakers.holds(each.receiver)],
            at,
        )

    def _fail(self, receipt: Receipt, at: datetime) -> None:
        """Put it off; what is lost with the connection says nothing of its destination."""
        if receipt.outcome is not Outcome.LOST or receipt.own:
            self._breakers.failed(self._under_way[receipt.message_id].receiver, _said(receipt), at)
        self._put_off([receipt.message_id], _said(receipt), at, timedelta(seconds=receipt.after))

    def _decline(self, receipt: Receipt, at: datetime) -> None:
        """Its destination will never take it, and answers: so nothing is wrong with the destination."""
        receiver = self._under_way.pop(receipt.message_id).receiver
        self._breakers.delivered(receiver, at)
        self._declined.append((receipt.message_id, DECLINED, _said(receipt)))
        log.warning(
            "declined", id=receipt.message_id, receiver=receiver, code=DECLINED, trouble=_said(receipt),
            advice="see what it says and put it right: until it is sent again or given up, what follows it waits",
        )  # fmt: skip

    def _keep_back(self, damaged: Mapping[str, int], at: datetime) -> None:
        """What is not as it was written must not leave; an operator is told whenever it is due."""
        for id, attempts in damaged.items():
            log.error("a message is kept back: it is not as it was written; ask `eodes ledger verify`", id=id)
            self._under_way[id] = UnderWay(attempts, "")
        self._put_off(damaged, "it is not as it was written", at)

    def _rests(self, at: datetime) -> bool:
        """Whether the broker took nothing a moment ago."""
        return bool(self._away) and self._away_at <= at < self._away_at + REST

    def _tell_away(self, trouble: Unavailable | None, at: datetime) -> None:
        """One log line when the broker begins to take nothing, and one when it takes messages again."""
        if trouble and not self._away:
            log.warning("messages cannot be handed over; they wait in the ledger", **advise(trouble))
        elif self._away and not trouble:
            log.info("messages are handed over again")
        self._away, self._away_at = str(trouble or ""), at

    def _put_off(self, ids: Iterable[str], error: str, at: datetime, after: timedelta = timedelta()) -> None:
        gone = {id: self._under_way.pop(id, UnderWay(0, "")) for id in ids}
        self._deferred += [
            (id, at + max(after, back_off(each.attempts, self._chance)), error) for id, each in gone.items()
        ]
        self._witness.put_off([*gone.values()])


def _said(receipt: Receipt) -> str:
    return f"{receipt.queue}: {receipt.outcome}: {receipt.reason}"


def _tell(turn: Turn) -> None:
    """One log line for a breaker's turn: what an operator is to look at."""
    if turn.position is Position.CLOSED:
        log.info("destination takes messages again", receiver=turn.receiver)
    else:
        log.warning(
            "destination is left alone; its messages wait",
            receiver=turn.receiver, until=turn.until.isoformat(), trouble=turn.reason, advice=advice(Trouble.REFUSING),
        )  # fmt: skip


def _parcel(message: Message) -> Parcel:
    headers: dict[str, str | int] = {
        "sender": message.sender,
        "function": message.function.value,
    }
    if message.agreement:
        headers["agreement"] = message.agreement
    if message.number:
        headers["number"] = message.number
    queue, kind = outbox(message.receiver), message.kind.value
    return Parcel(queue, message.id, message.body, message.content_type, kind, message.answers, headers)
