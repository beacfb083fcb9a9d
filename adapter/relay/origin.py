"""Whether what a partner sends is its own to send: only intake knows which side it came from."""

from adapter.certificate import Certificate
from adapter.findings import Finding, Rejected, Severity
from adapter.messages import Header
from adapter.relay.exchange import Exchange
from adapter.rules.dates import exporting_country
from adapter.system import System
from adapter.translate import Reading


def vouch(reading: Reading, exchange: Exchange) -> None:
    """Rejected (PTY-02, HDR-01) where a partner sends what another country issued, or under another's name."""
    if reading.system.side != "partner":
        return
    content = reading.content
    issued = _issued_elsewhere(content, reading.system, exchange) if isinstance(content, Certificate) else []
    if wrong := [*issued, *_misaddressed(reading.header, reading.system, exchange)]:
        raise Rejected(*wrong, stage="rules")


def _issued_elsewhere(certificate: Certificate, system: System, exchange: Exchange) -> list[Finding]:
    terms = exchange.catalogue.agreement(certificate.agreement).on(certificate.issued_on)
    country, body = exporting_country(certificate, terms), certificate.issued_by
    if country == system.country:
        return []
    field, found = "exporter.address.country", country
    if body and body.code in terms.certifiers:
        field, found = "issued_by.code", body.code
    message = "issued in another country than that of the partner that sent it"
    if found is None:
        message = "it does not say in which country it was issued"
    severity = Severity.ERROR if found else Severity.UNDECIDED  # what is not said is a fact that we lack
    return [
        Finding(code="PTY-02", message=message, severity=severity, field=field, found=found, allowed=system.country)
    ]


def _misaddressed(header: Header, system: System, exchange: Exchange) -> list[Finding]:
    ours = {exchange.home, *(each.code for each in exchange.systems.values() if each.side == "domestic")}
    sides = (("header.sender", header.sender, {system.code}), ("header.receiver", header.receiver, ours))
    message = "the header does not name the partner that sent it, and our side as its receiver"
    return [
        Finding(code="HDR-01", message=message, field=field, found=found, allowed=", ".join(sorted(allowed)))
        for field, found, allowed in sides
        if found and found not in allowed
    ]
