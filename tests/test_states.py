"""How certificates stand: every event in every state, as `data/states.txt` has it."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from adapter.states import (
    IS_UNACKNOWLEDGED,
    TABLE,
    WAITING,
    Event,
    Refusal,
    State,
    Stay,
    after,
    before,
    decided,
    on_day,
)

LINES = [
    line.split()
    for line in (Path(__file__).parent / "data/states.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
STATES = LINES[0][1:]
CELLS = [(event, state, answer) for event, *answers in LINES[1:] for state, answer in zip(STATES, answers, strict=True)]
LAST = date(2026, 3, 2)


def told(event: Event, state: State) -> str:
    """An answer of the table as the file writes it."""
    answer = after(state, event)
    if isinstance(answer, Refusal):
        return answer.code
    return {Stay.WAIT: "wait", Stay.UNCHANGED: "."}[answer] if isinstance(answer, Stay) else answer.value


@pytest.mark.parametrize(("event", "state", "answer"), CELLS, ids=[f"{event}-{state}" for event, state, _ in CELLS])
def test_an_event_in_a_state_leads_where_it_should(event: str, state: str, answer: str) -> None:
    assert told(Event(event), State(state)) == answer


def test_every_event_is_decided_in_every_state() -> None:
    assert {(event, state) for event, state, _ in CELLS} == {(event, state) for event in Event for state in State}
    assert {event: set(row) for event, row in TABLE.items()} == {event: set(State) for event in Event}


def test_what_leads_to_a_state_is_what_may_change_into_it() -> None:
    assert before(Event.ACKNOWLEDGED, State.ACKNOWLEDGED) == (State.ISSUED, State.SENT)
    for event, state, answer in CELLS:
        if answer in STATES:
            assert State(state) in before(Event(event), State(answer))


def test_only_what_was_not_acknowledged_keeps_anything_waiting() -> None:
    assert WAITING == (State.ISSUED, State.SENT)


def test_a_code_has_one_meaning() -> None:
    refusals = {answer for row in TABLE.values() for answer in row.values() if isinstance(answer, Refusal)}
    refusals.add(IS_UNACKNOWLEDGED)
    assert len({refusal.code for refusal in refusals}) == len(refusals)


ENDED = [State.SUPERSEDED, State.CANCELLED, State.REJECTED, State.USED]


@pytest.mark.parametrize("state", [state for state in State if state not in ENDED])
def test_a_certificate_is_expired_on_the_day_after_its_last(state: State) -> None:
    assert on_day(state, LAST, LAST) is state
    assert on_day(state, LAST, LAST + timedelta(days=1)) is State.EXPIRED


@pytest.mark.parametrize("state", ENDED)
def test_what_ended_otherwise_does_not_expire(state: State) -> None:
    assert on_day(state, LAST, LAST + timedelta(days=1)) is state


def test_without_a_last_day_nothing_expires() -> None:
    assert on_day(State.ACCEPTED, None, LAST) is State.ACCEPTED


@pytest.mark.parametrize(
    ("statuses", "whole", "event"),
    [
        (["granted", "granted"], True, Event.USED),
        (["granted", "granted"], False, Event.PARTLY_USED),
        (["granted", "granted", "denied"], True, Event.PARTLY_USED),
        (["granted", "suspended"], True, Event.PARTLY_USED),
        (["granted", ""], True, Event.PARTLY_USED),
        (["denied", "denied"], True, Event.DENIED),
        (["denied", ""], True, Event.PENDING),
        (["denied", "pending"], True, Event.PENDING),
        (["denied", "suspended", "pending"], True, Event.SUSPENDED),
        (["pending"], True, Event.PENDING),
    ],
)
def test_the_items_decide_what_becomes_of_the_certificate(statuses: list[str], whole: bool, event: Event) -> None:
    assert decided(statuses, whole) is event
