"""How a certificate stands, and what each event makes of that: one table, the same for every partner, both ways."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from types import MappingProxyType


class State(StrEnum):
    """How a certificate stands."""

    ISSUED = "issued"
    """Its issuer handed it over to be exchanged."""
    SENT = "sent"
    """The other side's queue has it."""
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """The other side will not have it as it is."""
    PARTLY_USED = "partly_used"
    """Preference was granted for some of its items, or for some of their quantity."""
    USED = "used"
    DENIED = "denied"
    SUSPENDED = "suspended"
    PENDING = "pending"
    SUPERSEDED = "superseded"
    """Another certificate replaces it."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Its validity is over: never written down, for it follows from the day."""


class Event(StrEnum):
    """What happens to a certificate."""

    HANDED_OVER = "handed_over"
    """The destination confirmed the message that carries it."""
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY_USED = "partly_used"
    USED = "used"
    DENIED = "denied"
    SUSPENDED = "suspended"
    PENDING = "pending"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    COPIED = "copied"
    """A true copy of it was issued."""
    DRAWN_ON = "drawn_on"
    """A back-to-back certificate was issued on it."""
    SENT_AGAIN = "sent_again"
    """Its issuer, or whom it went to, wants it sent once more."""
    LINKED = "linked"
    """An export declaration names it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event is not possible: a stable code, and why in words."""

    code: str
    words: str


class Stay(Enum):
    """The state stays."""

    WAIT = "wait"
    """The event comes too early, and is looked at again in another state."""
    UNCHANGED = "unchanged"
    """It comes late or again, or says nothing of the state."""


Answer = State | Refusal | Stay

WAIT, UNCHANGED = Stay.WAIT, Stay.UNCHANGED
IS_USED = Refusal("STA-02", "preference was granted for it: what was used can be neither cancelled nor replaced")
IS_CANCELLED = Refusal("STA-03", "it was cancelled")
IS_SUPERSEDED = Refusal("STA-04", "it was superseded by another certificate")
IS_REJECTED = Refusal("STA-05", "it was rejected: nothing can be decided on it unless it is accepted after all")
HAS_EXPIRED = Refusal("STA-06", "it had expired when the goods were declared")
IS_UNACKNOWLEDGED = Refusal("STA-07", "it was not acknowledged yet by whoever decides on it")
"""What a wait that takes too long is told as; no entry of the table."""

DECISIONS = (Event.PARTLY_USED, Event.USED, Event.DENIED, Event.SUSPENDED, Event.PENDING)
USES = (Event.PARTLY_USED, Event.USED)
USED_STATES = (State.PARTLY_USED, State.USED)
_UNDER_WAY = (State.ISSUED, State.SENT)
_OPEN = (State.ACKNOWLEDGED, State.ACCEPTED, *USED_STATES, State.DENIED, State.SUSPENDED, State.PENDING)
_UNUSED = tuple(state for state in State if state not in (*USED_STATES, State.SUPERSEDED, State.CANCELLED))
_OVER: Mapping[State, Answer] = {State.CANCELLED: IS_CANCELLED, State.SUPERSEDED: IS_SUPERSEDED}


def _row(*parts: Mapping[State, Answer]) -> Mapping[State, Answer]:
    """What an event makes of each state; of those that no part names, nothing."""
    named = {state: answer for part in parts for state, answer in part.items()}
    return MappingProxyType({state: named.get(state, UNCHANGED) for state in State})


def _from(states: Iterable[State], answer: Answer) -> Mapping[State, Answer]:
    return dict.fromkeys(states, answer)


def _decision(event: Event) -> Mapping[State, Answer]:
    """Feedback may change, and come several times over time: refunds are claimed later, checks are made afterwards."""
    state = State(event.value)
    expired = HAS_EXPIRED if event in USES else state
    named = {State.REJECTED: IS_REJECTED, State.EXPIRED: expired}
    return _row(_from(_UNDER_WAY, WAIT), _from(_OPEN, state), _OVER, named)


TABLE: Mapping[Event, Mapping[State, Answer]] = MappingProxyType(
    {
        Event.HANDED_OVER: _row({State.ISSUED: State.SENT}),
        Event.ACKNOWLEDGED: _row(_from(_UNDER_WAY, State.ACKNOWLEDGED)),
        Event.ACCEPTED: _row(_from((*_UNDER_WAY, State.ACKNOWLEDGED, State.REJECTED), State.ACCEPTED)),
        Event.REJECTED: _row(_from((*_UNDER_WAY, State.ACKNOWLEDGED, State.ACCEPTED), State.REJECTED)),
        **{event: _decision(event) for event in DECISIONS},
        # A replacement voids what it names, so it is a cancellation too; what was cancelled may be issued anew, once:
        # whichever of the two came first, it was superseded.
        Event.REPLACED: _row(
            _from((*_UNUSED, State.CANCELLED), State.SUPERSEDED),
            _from(USED_STATES, IS_USED),
            {State.SUPERSEDED: IS_SUPERSEDED},
        ),
        Event.CANCELLED: _row(_from(_UNUSED, State.CANCELLED), _from(USED_STATES, IS_USED)),
        # Whether a copy may be made of what was used is the agreement's own affair (rule TRU-01).
        Event.COPIED: _row(_OVER),
        Event.DRAWN_ON: _row(_OVER),
        Event.SENT_AGAIN: _row(_OVER),
        Event.LINKED: _row(_OVER),
    }
)
"""What each event makes of each state: the next one, a refusal, a wait, or nothing."""

WAITING = tuple(state for state in State if any(row[state] is WAIT for row in TABLE.values()))
"""The states in which something waits."""


def after(state: State, event: Event) -> Answer:
    """What the event makes of the state."""
    return TABLE[event][state]


def before(event: Event, state: State) -> tuple[State, ...]:
    """The states from which the event leads to this one."""
    return tuple(each for each in State if TABLE[event][each] is state)


def on_day(state: State, last_day: date | None, day: date) -> State:
    """The state on a day: expired after the last day of its validity, unless it ended otherwise before."""
    ended = (State.SUPERSEDED, State.CANCELLED, State.REJECTED, State.USED)
    return State.EXPIRED if last_day and day > last_day and state not in ended else state


def decided(statuses: Iterable[str], whole: bool = True) -> Event:
    """What the decisions on its items make of a certificate; `whole` if all of what was granted is used up.

    Statuses are granted, denied, suspended, pending; anything else for an item on which nothing was decided.
    """
    found = set(statuses)
    if "granted" in found:
        return Event.USED if found == {"granted"} and whole else Event.PARTLY_USED
    if found == {"denied"}:
        return Event.DENIED
    return Event.SUSPENDED if "suspended" in found else Event.PENDING
