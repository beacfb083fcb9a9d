"""Why a certificate is not at its receiver, or since when it is there: one plain sentence for each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from adapter.ledger import CORRECTED, HELD, LIVING, Arrived, Position, Posted, Standing
from adapter.ledger.story import Story
from adapter.states import State

Complaints = Callable[[str], Sequence[str]]
"""The codes that a response, by the id of its delivery, complains of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Where one certificate is, or what became of a delivery that made none."""

    number: str
    agreement: str | None
    is_there: bool
    since: datetime
    why: str
    standing: Standing | None = None
    delivery: Arrived | None = None


def answers(story: Story, complaints: Complaints, at: datetime) -> list[Answer]:
    """An answer for each certificate of the number, and for each delivery that did not do what it came for."""
    made = [_of_certificate(each, story, complaints, at) for each in story.standings if each.key == story.key]
    return [*made, *_of_deliveries(story, at)]


def when(moment: datetime) -> str:
    """A moment as sentences tell it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _of_certificate(standing: Standing, story: Story, complaints: Complaints, at: datetime) -> Answer:
    message = next((each for each in story.messages if each.id == standing.message), None)
    since = standing.changed_at or at
    state = State(standing.state)
    told: tuple[bool, datetime, str]
    if state in _ENDED:
        told = (False, since, _ended(standing, story, since))
    elif message is None:
        told = (False, since, f"nothing is known of the message that carries it to {standing.holder}")
    elif message.died_at:
        told = (False, message.died_at, _declined(message))
    elif message.closed_at is None:
        told = (False, message.created_at, _waits(message, story, at))
    elif message.attempts == 0:
        told = (False, message.created_at, f"it is kept until {message.receiver} asks for it: that partner is not told")
    elif state is State.REJECTED:
        told = (False, since, _rejected(standing, story, complaints, since))
    else:
        told = (True, message.closed_at, f"{_THERE.get(state, _HANDED).format(holder=standing.holder, at=when(since))}")
    return Answer(standing.number, standing.agreement, *told, standing=standing)


_ENDED = (State.SUPERSEDED, State.CANCELLED)
_HANDED = "it is at {holder}, and preference was decided on: see its items; last on {at}"
_THERE: Mapping[State, str] = MappingProxyType(
    {
        State.ISSUED: "it was handed over to {holder} and is not acknowledged yet",
        State.SENT: "it was handed over to {holder} on {at} and is not acknowledged yet",
        State.ACKNOWLEDGED: "it is at {holder}, which acknowledged it on {at} and has not accepted or rejected it yet",
        State.ACCEPTED: "it is at {holder}, accepted on {at}",
    }
)


def _ended(standing: Standing, story: Story, since: datetime) -> str:
    """What was cancelled or superseded, and by what."""
    steps = story.steps.get(standing.id, ())
    cause = next((step.cause for step in reversed(steps) if step.state == standing.state), "")
    known = {each.id: each for each in story.deliveries} | dict(story.causes)
    by = known.get(cause)
    named = f" by {by.kind} {by.number} of {by.source}" if by else ""
    return f"it was {standing.state}{named} on {when(since)}"


def _rejected(standing: Standing, story: Story, complaints: Complaints, since: datetime) -> str:
    steps = story.steps.get(standing.id, ())
    cause = next((step.cause for step in reversed(steps) if step.state == standing.state), None)
    codes = complaints(cause) if cause else ()
    return f"{standing.holder} rejected it on {when(since)}{' with ' + ', '.join(codes) if codes else ''}"


def _waits(message: Posted, story: Story, at: datetime) -> str:
    """Why a message is still in the outbox."""
    said = f"it waits in the outbox for {message.receiver} since {when(message.created_at)}"
    earlier = [each for each in story.messages if _stands_before(each, message)]
    turn = story.turns.get(message.receiver)
    if earlier:
        said += f", behind {earlier[0].kind} {earlier[0].id}, which has to leave before it"
    if message.attempts:
        many = "once" if message.attempts == 1 else f"{message.attempts} times"
        said += f"; it was tried {many}, at first: {message.first_error}"
    if turn and turn.position is not Position.CLOSED:
        return f"{said}; {message.receiver} is left alone until {when(turn.until)}, because: {turn.reason}"
    if message.next_attempt_at > at:
        return f"{said}; the next attempt is at {when(message.next_attempt_at)}"
    return f"{said}; it is due since {when(message.next_attempt_at)}: does a relay run?"


def _declined(message: Posted) -> str:
    """A message that its destination will never take, or that was given up since."""
    said = f"{message.receiver} declined it with {message.code} on {when(message.died_at or message.created_at)}"
    if message.closed_at:
        return f"{said}, and it was given up on {when(message.closed_at)}"
    return f"{said}: {message.first_error}; eodes dead show {message.id}"


def _stands_before(other: Posted, message: Posted) -> bool:
    same = (other.certificate, other.receiver) == (message.certificate, message.receiver)
    return same and other.closed_at is None and other.created_at < message.created_at


def _of_deliveries(story: Story, at: datetime) -> Iterator[Answer]:
    """What died or is held; what was corrected is told by what was taken in in its place."""
    until = {each.id: each for each in story.held}
    for each in story.deliveries:
        what = f"the {each.kind or 'delivery'} of {each.source} that came on {when(each.received_at)}"
        if each.stage == HELD:
            hold = until.get(each.id)
            awaited = "its certificate to be acknowledged" if hold and hold.certificate else "its certificate to come"
            limit = f" until {when(hold.until)}, then it is refused" if hold else ""
            why = f"{what} is held and waits for {awaited}{limit}"
        elif each.stage not in (*LIVING, CORRECTED):
            nothing = "nothing was sent on" if each.source != each.partner else "it was not taken"
            why = f"{what} was refused with {each.code} ({each.stage}): {nothing}; eodes dead show {each.id}"
        else:
            continue
        yield Answer(each.number or story.key, each.agreement, False, each.received_at, why, delivery=each)
