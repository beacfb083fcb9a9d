"""Where a certificate goes: a partner by agreement and destination, or the domestic system of the import side."""

from datetime import date

from adapter.certificate import Certificate
from adapter.findings import Finding, Rejected
from adapter.relay.arrival import Arrival
from adapter.relay.exchange import Exchange
from adapter.system import System

EXCHANGING = ("live", "pilot")


def route(certificate: Certificate, sender: System, named: str | None, exchange: Exchange, day: date) -> System:
    """The system that the certificate goes to; Rejected (ROU-01, ROU-02) where none or more than one would do."""
    if sender.side == "partner":
        return importing(certificate.agreement, exchange)
    return partner_under(certificate.agreement, named, exchange, day, destination(certificate))


def partner_under(
    agreement: str, named: str | None, exchange: Exchange, day: date, country: str | None = None
) -> System:
    """The partner of this name, else of this country, else the only one; Rejected (ROU-01) where that is not one."""
    partners = partners_under(agreement, exchange, day)
    if named:
        found = [partner for partner in partners if partner.code.upper() == named.upper()]
    elif country:
        found = [partner for partner in partners if partner.country == country]
    else:
        found = partners
    if len(found) == 1:
        return found[0]
    allowed = ", ".join(partner.code for partner in partners) or "no partner exchanges under this agreement"
    field, sought = "consignment.destination", named or country
    raise Rejected(
        Finding(code="ROU-01", message="no one partner to send it to", field=field, found=sought, allowed=allowed),
        stage="route",
    )


def named_by(arrival: Arrival, exchange: Exchange) -> str | None:
    """The partner that the sender named beside the record, else in it; what names no system in it is no address."""
    beside = arrival.delivery.headers.get("receiver")
    if isinstance(beside, str) and beside:
        return beside
    within = arrival.reading.header.receiver if arrival.reading else None
    return within if within in exchange.systems else None


def importing(agreement: str, exchange: Exchange) -> System:
    """The domestic system that partners' certificates go to; Rejected (ROU-02) where there is none."""
    for system in exchange.systems.values():
        if system.importing and agreement in system.agreements:
            return system
    message = "no domestic system takes certificates under this agreement"
    raise Rejected(Finding(code="ROU-02", message=message, field="agreement", found=agreement), stage="route")


def partners_under(agreement: str, exchange: Exchange, day: date) -> list[System]:
    """The partners that certificates under this agreement are for on this day: sent to them, or kept until they ask."""
    return [
        system
        for system in exchange.systems.values()
        if system.side == "partner" and agreement in system.agreements and _is_live(system, day)
    ]


def destination(certificate: Certificate) -> str | None:
    """The country that the goods go to: as the certificate says, else the buyer's, else the port's."""
    consignment = certificate.consignment
    buyers = (
        party.address.country for party in (certificate.importer, certificate.consignee) if party and party.address
    )
    port = consignment.discharge.code if consignment.discharge else None
    return (
        consignment.destination
        or next((country for country in buyers if country), None)
        or (port[:2] if port else None)
    )


def _is_live(system: System, day: date) -> bool:
    live = system.live
    return (
        live.status in EXCHANGING
        and (live.since is None or live.since <= day)
        and (live.until is None or day <= live.until)
    )
