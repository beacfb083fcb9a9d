"""How long a certificate may be used: its state on a day follows from its day of issue and the agreement."""

from dataclasses import replace
from datetime import date

from adapter.agreement import Terms
from adapter.deadlines import expires_on
from adapter.ledger import Standing
from adapter.relay.exchange import Exchange
from adapter.states import WAITING, State, on_day


def last_day(standing: Standing, exchange: Exchange) -> date | None:
    """The last day on which it may be used, a true copy as long as its original; None where that is not known."""
    began = standing.valid_from or standing.issued_on
    terms = _terms(began, standing, exchange)
    return expires_on(began, terms) if terms and began else None


def state_on(standing: Standing, day: date, exchange: Exchange) -> State:
    """How it stands on a day."""
    return on_day(State(standing.state), last_day(standing, exchange), day)


def stood(standing: Standing, day: date | None, exchange: Exchange) -> Standing:
    """The certificate as it stood for a decision on goods that were declared on this day, if that is known.

    What was used expires too: no more of it may be used. What was recalled, not read, makes nothing expire; what has
    to wait waits.
    """
    terms = _terms(standing.issued_on, standing, exchange)
    if day is None or terms is None or (terms.validity and terms.validity.recalled) or standing.state in WAITING:
        return standing
    if terms.true_copy is None or terms.true_copy.recalled:  # then only its own day of issue is sure
        standing = replace(standing, valid_from=None)
    state = state_on(standing, day, exchange)
    if state is State.USED:
        state = on_day(State.PARTLY_USED, last_day(standing, exchange), day)
    return replace(standing, state=state.value) if state is State.EXPIRED else standing


def _terms(day: date | None, standing: Standing, exchange: Exchange) -> Terms | None:
    return exchange.catalogue.agreement(standing.agreement).on(day) if day else None
