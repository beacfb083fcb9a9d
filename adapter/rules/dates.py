"""Rules on dates: the issue window, retroactive issue, entry into force."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum

from adapter.agreement import Terms
from adapter.certificate import Certificate
from adapter.deadlines import months_after, window_ends
from adapter.findings import Severity
from adapter.parameters import IssueWindow, Parameter, RetroactiveLimit
from adapter.rules.days import yet_to_come
from adapter.rules.rule import KEPT, Breach, Facts, rule

HANGS_ON = 2
"""A verdict that this many working days more or less would turn is a warning."""
LONGEST_CLOSURE = 30
"""No run of holidays is longer, in days; past it a working-day window is over whatever the calendar says."""


class Standing(Enum):
    """How the day of issue stands to the end of the issue window."""

    INSIDE = "inside"
    BARELY_INSIDE = "barely inside"
    BARELY_OUTSIDE = "barely outside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


def first_issued(certificate: Certificate) -> date:
    """The day that windows count to: of a true copy or a replacement, that of the certificate it stands for."""
    if certificate.form == "original":
        return certificate.issued_on
    earlier = certificate.copy_of if certificate.form == "true_copy" else certificate.supersedes
    return (earlier and earlier.issued_on) or certificate.issued_on


def exporting_country(certificate: Certificate, terms: Terms) -> str | None:
    """Where the certificate is issued: its issuing body's country, else the exporter's."""
    body = certificate.issued_by
    certifier = terms.certifiers.get(body.code) if body else None
    if certifier:
        return certifier.country
    return certificate.exporter.address.country if certificate.exporter.address else None


def standing(certificate: Certificate, window: IssueWindow, terms: Terms, facts: Facts) -> Standing:
    """Where the day of first issue lies; working days are counted only where calendar days do not decide.

    Barely inside is told only of what is marked retroactive: nothing else hangs on it.
    """
    shipped, issued = certificate.consignment.departed_on, first_issued(certificate)
    if shipped is None or (issued - shipped).days <= window.days:
        return Standing.INSIDE
    if window.count == "calendar" or (issued - shipped).days > 2 * window.days + LONGEST_CLOSURE:
        return Standing.OUTSIDE
    country, calendar = exporting_country(certificate, terms), facts.calendar
    if calendar is None or country is None:
        return Standing.UNKNOWN

    def ends(days: int) -> date:
        return calendar.working_days_after(country, shipped, days) if days > 0 else shipped

    if issued <= ends(window.days):
        barely = certificate.retroactive and issued > ends(window.days - HANGS_ON)
        return Standing.BARELY_INSIDE if barely else Standing.INSIDE
    return Standing.OUTSIDE if issued > ends(window.days + HANGS_ON) else Standing.BARELY_OUTSIDE


def _window_in_words(certificate: Certificate, window: IssueWindow, terms: Terms, facts: Facts) -> str:
    words = f"up to {window.days} {window.count} days after shipment"
    country, shipped = exporting_country(certificate, terms), certificate.consignment.departed_on
    if window.count == "calendar" and shipped:
        return f"{words} ({window_ends(shipped, window)})"
    if facts.calendar and country and shipped:
        last = window_ends(shipped, window, country, facts.calendar)
        return f"{words} ({last} by the working days of {country}, {facts.calendar.source(country)})"
    return words


def _bears_words(certificate: Certificate, limit: RetroactiveLimit | None) -> bool:
    remarks = certificate.remarks
    return bool(limit and remarks and limit.words.casefold() in remarks.casefold())


@rule("ISS-01", "issue_window")
def issue_window(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Issued later than the issue window, a certificate is marked retroactive."""
    window, shipped = terms.issue_window, certificate.consignment.departed_on
    if window is None or shipped is None or certificate.retroactive:
        return KEPT
    if (certificate.issued_on - shipped).days <= window.days or _bears_words(certificate, terms.retroactive):
        return KEPT
    verdict = standing(certificate, window, terms, facts)
    if verdict in (Standing.INSIDE, Standing.BARELY_INSIDE):
        return KEPT
    days = (first_issued(certificate) - shipped).days
    message = f"issued {days} calendar days after shipment without the retroactive statement"
    return (_of_window(message, "issued_on", verdict, certificate, window, terms, facts),)


def _of_window(
    message: str,
    field: str,
    verdict: Standing,
    certificate: Certificate,
    window: IssueWindow,
    terms: Terms,
    facts: Facts,
) -> Breach:
    """The breach that the day of issue and the statement do not go together, weighed by how sure that is."""
    severity = Severity.WARNING if certificate.form == "replacement" else None
    if verdict in (Standing.BARELY_INSIDE, Standing.BARELY_OUTSIDE):
        message += f"; {HANGS_ON} working days or fewer decide, so a holiday not known here may turn it"
        severity = Severity.WARNING
    if verdict is Standing.UNKNOWN:
        lacks = "working-day calendar" if facts.calendar is None else "exporting country"
        lacks = lacks if certificate.consignment.departed_on else "day of shipment"
        message += f"; without the {lacks} it is not decided whether it needs one"
        severity = Severity.UNDECIDED
    found = certificate.issued_on if field == "issued_on" else str(certificate.retroactive).lower()
    allowed = f"not marked {_window_in_words(certificate, window, terms, facts)}, marked after"
    return Breach(message=message, field=field, found=found, allowed=allowed, rests_on=window, severity=severity)


@rule("ISS-02", "retroactive")
def retroactive(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Only what is issued after the issue window is marked retroactive, and within the limit after shipment."""
    limit, shipped = terms.retroactive, certificate.consignment.departed_on
    if limit is None:
        return KEPT
    if shipped and (certificate.issued_on - shipped).days > 28 * limit.months:
        late = _past_the_limit(certificate, limit, shipped)
        if late:
            return late
    if certificate.retroactive:
        return _marked_in_vain(certificate, terms, facts)
    return _flag_for_words(certificate, limit) if certificate.remarks else KEPT


@rule("ALT-02", "retroactive", Severity.WARNING)
def replacement_marked(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A replacement issued after shipment is marked retroactive too, where the agreement has it so."""
    limit, shipped = terms.retroactive, certificate.consignment.departed_on
    if certificate.form != "replacement" or limit is None or not limit.replacements or shipped is None:
        return KEPT
    if certificate.issued_on <= shipped or certificate.retroactive or _bears_words(certificate, limit):
        return KEPT
    days = (certificate.issued_on - shipped).days
    message = f"a replacement issued {days} calendar days after shipment without the retroactive statement"
    found, allowed = certificate.issued_on, f"marked {limit.words} where issued after {shipped}"
    return (Breach(message=message, field="issued_on", found=found, allowed=allowed, rests_on=limit),)


def _marked_in_vain(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    window, limit = terms.issue_window, terms.retroactive
    if window is None or (certificate.form == "replacement" and limit and limit.replacements):
        return KEPT
    verdict = standing(certificate, window, terms, facts) if certificate.consignment.departed_on else Standing.UNKNOWN
    if verdict in (Standing.OUTSIDE, Standing.BARELY_OUTSIDE):
        return KEPT
    unknown = verdict is Standing.UNKNOWN
    message = "bears the retroactive statement" if unknown else "marked retroactive though issued within the window"
    return (_of_window(message, "retroactive", verdict, certificate, window, terms, facts),)


def _flag_for_words(certificate: Certificate, limit: RetroactiveLimit) -> Sequence[Breach]:
    if not _bears_words(certificate, limit):
        return KEPT
    message = f"the remarks say {limit.words} but the certificate is not marked retroactive"
    return (Breach(message=message, field="retroactive", found="false", rests_on=limit, severity=Severity.WARNING),)


def _past_the_limit(certificate: Certificate, limit: RetroactiveLimit, shipped: date) -> Sequence[Breach]:
    last, issued = months_after(shipped, limit.months), first_issued(certificate)
    if issued <= last:
        return KEPT
    message = f"issued {(issued - shipped).days} calendar days after shipment, past the limit for retroactive issue"
    allowed = f"within {limit.months} months of shipment: until {last}"
    return (Breach(message=message, field="issued_on", found=certificate.issued_on, allowed=allowed, rests_on=limit),)


def _force(certificate: Certificate, terms: Terms) -> Parameter:
    """The agreement's entry into force between the two sides: the later one, where Parties joined on other days."""
    agreement = terms.agreement
    if not agreement.joined:
        return agreement.in_force
    sides = {exporting_country(certificate, terms), _importing_country(certificate)}
    rows = [agreement.in_force, *(row for row in agreement.joined if row.country in sides)]
    return max(rows, key=lambda row: row.since or date.min)


def _importing_country(certificate: Certificate) -> str | None:
    """Where the goods go: as the certificate says, else the buyer's country."""
    buyers = [party.address for party in (certificate.importer, certificate.consignee) if party and party.address]
    named = [certificate.consignment.destination, *(address.country for address in buyers)]
    return next((country for country in named if country), None)


@rule("TRN-01", "entries")
def in_force(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A certificate is issued once its agreement is in force for both sides."""
    force = _force(certificate, terms)
    since, shipped = force.since, certificate.consignment.departed_on
    if not force.holds(certificate.issued_on):
        span = " ".join(part for part in (since and f"from {since}", force.until and f"until {force.until}") if part)
        message = "issued on a day on which the agreement is not in force"
        return (Breach(message=message, field="issued_on", found=certificate.issued_on, allowed=span, rests_on=force),)
    transit = terms.transit
    if since is None or shipped is None or transit is None or shipped >= since:
        return KEPT
    last = since + timedelta(days=transit.days)
    if certificate.issued_on <= last:
        return KEPT
    message = "issued for goods shipped before entry into force, after the time to claim for goods in transit"
    return (
        Breach(
            message=message,
            field="issued_on",
            found=certificate.issued_on,
            allowed=f"until {last}, {transit.days} days after entry into force on {since}",
            rests_on=transit,
            severity=Severity.WARNING,
        ),
    )


@rule("DAT-01")
def not_in_the_future(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A certificate is not issued in the future."""
    return yet_to_come("issued_on", certificate.issued_on, facts, "issued on a day that has not come")
