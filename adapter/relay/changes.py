"""What an event makes of the certificates that it is about: changes of their states, or why it cannot be."""

from collections.abc import Iterable, Sequence

from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Change, Standing
from adapter.states import IS_UNACKNOWLEDGED, USED_STATES, WAIT, Event, Refusal, State, after, before

STAGE = "state"
"""Where a delivery dies that says of a certificate what cannot be said of it any more."""
OVER = (State.SUPERSEDED, State.CANCELLED)


class Early(Rejected):
    """It came before the certificate that it is about, or before that is ready for it, which may still be."""

    def __init__(self, *findings: Finding, certificate: str | None = None, stage: str = "refer") -> None:
        super().__init__(*findings, stage=stage)
        self.certificate = certificate
        """Id of the certificate that is there already."""


def follow(certificate: str | None, event: Event) -> tuple[Change, ...]:
    """The change after an event that leads to one state only, if the certificate is in one before that."""
    if certificate is None:
        return ()
    state = State(event.value)
    return (Change(certificate, state.value, _names(before(event, state))),)


def change_all(standings: Iterable[Standing], event: Event, field: str = "number") -> tuple[Change, ...]:
    """The changes of all of these certificates, or Rejected (STA-…) where one of them refuses; `field` names it."""
    answers = [(each, after(State(each.state), event)) for each in standings]
    for each, answer in answers:
        if isinstance(answer, Refusal):
            raise refused(answer, each.number, field)
    return tuple(_change(each, event, answer) for each, answer in answers if isinstance(answer, State))


def change_ready(standings: Sequence[Standing], event: Event) -> tuple[Change, ...]:
    """The changes of those that are ready; Rejected where none is and one refuses, Early where all have to wait."""
    answers = [(each, after(State(each.state), event)) for each in living(standings)]
    ready = tuple(_change(each, event, answer) for each, answer in answers if isinstance(answer, State))
    if not ready:
        for each, answer in answers:
            if isinstance(answer, Refusal):
                raise refused(answer, each.number)
            if answer is WAIT:
                raise Early(_finding(IS_UNACKNOWLEDGED, each.number, Severity.UNDECIDED), certificate=each.id)
    return ready


def note(standing: Standing, event: Event) -> Change:
    """A step of the history without a change; Rejected where the event cannot be."""
    answer = after(State(standing.state), event)
    if isinstance(answer, Refusal):
        raise refused(answer, standing.number)
    return Change(standing.id, standing.state, (standing.state,), firm=True)


def keep(standing: Standing) -> Change:
    """That it goes on standing like that, in what matters for copying it or drawing on it; no change."""
    state = State(standing.state)
    kind = state.value in OVER, state in USED_STATES
    alike = [each for each in State if (each in OVER, each in USED_STATES) == kind]
    return Change(standing.id, standing.state, _names(alike), firm=True, silent=True)


def turn(standing: Standing, state: State, cause: str | None = None) -> Change:
    """The next state of one that only comes in: what happened before holds for it too."""
    return Change(standing.id, state.value, (standing.state,), firm=True, cause=cause)


def spread(standings: Iterable[Standing], event: Event) -> tuple[Change, ...]:
    """What is decided on one of a family holds for the others, also where nobody acknowledged them yet."""
    waiting = [each for each in standings if after(State(each.state), event) is WAIT]
    return tuple(turn(each, State(event.value)) for each in waiting)


def living(standings: Sequence[Standing]) -> Sequence[Standing]:
    """Those that were neither superseded nor cancelled, if any was left: what is said is said of them."""
    return [each for each in standings if each.state not in OVER] or standings


def refused(refusal: Refusal, number: str, field: str = "number") -> Rejected:
    """The refusal as it is told; `field` is where the number stands in what was refused."""
    return Rejected(_finding(refusal, number, Severity.ERROR, field), stage=STAGE)


def unclear(message: str, number: str, field: str = "number") -> Rejected:
    """Undecided (REF-01): the certificate may be on its way, and nothing is wrong with what came before it."""
    undecided = Severity.UNDECIDED
    finding = Finding(code="REF-01", message=message, severity=undecided, field=field, found=number)
    return Rejected(finding, stage="refer")


def _change(standing: Standing, event: Event, state: State) -> Change:
    return Change(standing.id, state.value, _names(before(event, state)), firm=True)


def _finding(refusal: Refusal, number: str, severity: Severity, field: str = "number") -> Finding:
    return Finding(code=refusal.code, message=refusal.words, severity=severity, field=field, found=number)


def _names(states: Iterable[State]) -> tuple[str, ...]:
    return tuple(state.value for state in states)
