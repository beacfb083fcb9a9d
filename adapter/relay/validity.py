"""How long a certificate may be used: its state on a day follows from its day of issue and the agreement."""

from dataclasses import replace
from datetime import date

from adapter.findings import Finding, Severity
from adapter.ledger import Standing
from adapter.parameters import Validity
from adapter.relay.exchange import Exchange
from adapter.rules.dates import months_after
from adapter.states import HAS_EXPIRED, WAITING, State, on_day


def last_day(standing: Standing, exchange: Exchange) -> date | None:
    """The last day on which it may be used; None where that is not known."""
    validity = _validity(standing, exchange)
    return months_after(standing.issued_on, validity.months) if validity and standing.issued_on else None


def state_on(standing: Standing, day: date, exchange: Exchange) -> State:
    """How it stands on a day."""
    return on_day(State(standing.state), last_day(standing, exchange), day)


def stood(standing: Standing, day: date | None, exchange: Exchange) -> Standing:
    """The certificate as it stood for a decision on goods that were declared on this day, if that is known.

    What was recalled, not read, makes nothing expire; what has to wait waits.
    """
    validity = _validity(standing, exchange)
    if day is None or validity is None or validity.recalled or standing.state in WAITING:
        return standing
    return replace(standing, state=state_on(standing, day, exchange).value)


def expired(standing: Standing, day: date | None, exchange: Exchange) -> tuple[Finding, ...]:
    """The warning that it may have expired on this day, where validity was recalled."""
    validity, last = _validity(standing, exchange), last_day(standing, exchange)
    if day is None or validity is None or last is None or not validity.recalled or day <= last:
        return ()
    warning = Finding(
        code=HAS_EXPIRED.code, message=HAS_EXPIRED.words, severity=Severity.WARNING, field="number",
        found=standing.number, allowed=f"until {last}", clause=validity.source,
    )  # fmt: skip
    return (warning,)


def _validity(standing: Standing, exchange: Exchange) -> Validity | None:
    if standing.issued_on is None:
        return None
    return exchange.catalogue.agreement(standing.agreement).on(standing.issued_on).validity
