"""Rules on who: the issuing body, the countries, a third party's invoice."""

from collections.abc import Iterator, Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate
from adapter.findings import Severity
from adapter.parameters import Certifier
from adapter.rules.rule import KEPT, Breach, Facts, rule


@rule("REG-01", "certifiers")
def issuing_body(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The issuing body is on the agreement's register on the day of issue."""
    body, address = certificate.issued_by, certificate.exporter.address
    if body is None:
        return KEPT if certificate.type == "declaration" else (_unnamed(terms),)
    certifier = terms.certifiers.get(body.code)
    home = address.country if address else None
    if certifier is None:
        return (_unregistered(body.code, home, certificate, terms),)
    if home is None or home == certifier.country:
        return KEPT
    message = f"a body of {certifier.country} issued for an exporter in {home}"
    return (
        Breach(
            message=message,
            field="issued_by.code",
            found=body.code,
            allowed=f"a body of {home}",
            rests_on=certifier,
            severity=Severity.WARNING,
        ),
    )


def _unnamed(terms: Terms) -> Breach:
    allowed = " or ".join(terms.certifiers) or None
    return Breach(message="the issuing body is not named", field="issued_by", allowed=allowed)


def _unregistered(code: str, country: str | None, certificate: Certificate, terms: Terms) -> Breach:
    past = [row for row in terms.agreement.certifiers if row.code == code]
    now = [row for row in terms.certifiers.values() if country is None or row.country == country]
    if past:
        message = f"the issuing body could not issue on {certificate.issued_on}: it could {_spans(past)}"
    elif now:
        message = "the issuing body is not on the register"
    else:
        message = f"no issuing bodies of {country} are on the register"
    # A register known in part only cannot tell that a body is not on it.
    doubtful = not past and (not now or any(row.recalled for row in now))
    return Breach(
        message=message,
        field="issued_by.code",
        found=code,
        allowed=" or ".join(row.code for row in now) or None,
        rests_on=past[0] if past else None,
        severity=Severity.WARNING if doubtful else None,
    )


def _spans(rows: Sequence[Certifier]) -> str:
    return " and ".join(f"from {row.since or 'the start'} until {row.until or 'now'}" for row in rows)


@rule("PTY-01")
def parties(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Exporter, origin and destination are in the agreement's countries, and the goods cross a border."""
    members = terms.agreement.parties
    address, destination = certificate.exporter.address, certificate.consignment.destination
    home = address.country if address else None
    inside = (home is None or home in members) and (destination is None or destination in members)
    if inside and (home is None or home != destination):
        for item in certificate.items:
            if item.origin is not None and (item.origin not in members or item.origin == destination):
                break
        else:
            return KEPT
    return list(_outsiders(certificate, home, destination, members))


def _outsiders(
    certificate: Certificate, home: str | None, destination: str | None, members: Sequence[str]
) -> Iterator[Breach]:
    countries = {"exporter.address.country": home, "consignment.destination": destination}
    countries |= {f"items[{place}].origin": item.origin for place, item in enumerate(certificate.items)}
    for field, country in countries.items():
        if country is not None and country not in members:
            message = f"{country} is not a party to the agreement"
            yield Breach(message=message, field=field, found=country, allowed=", ".join(members))
    if home is not None and home == destination:
        message = "the goods go to the exporter's own country"
        yield Breach(message=message, field="consignment.destination", found=destination, allowed="another party")
    for place, item in enumerate(certificate.items):
        if item.origin is not None and item.origin == destination != home:
            message, field = "the goods go to the country that they originate in", f"items[{place}].origin"
            found, severity = item.origin, Severity.WARNING  # goods may come back, so it is told and refuses nothing
            yield Breach(message=message, field=field, found=found, allowed="another party", severity=severity)


@rule("INV-01", None, Severity.WARNING)
def third_party_invoice(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A third party that invoices is named with its country."""
    invoicer = certificate.third_party_invoice
    if invoicer is None or (invoicer.address and invoicer.address.country):
        return KEPT
    message = "the third party that invoices is named without its country"
    return (Breach(message=message, field="third_party_invoice.address.country", allowed="name and country"),)
