"""Rules on international codes; what a list of ours lacks is a warning, for such lists grow."""

from collections.abc import Iterator, Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate, Party
from adapter.findings import Severity
from adapter.rules.rule import KEPT, Breach, Facts, rule

ROLES = ("producer", "importer", "consignee", "third_party_invoice")


@rule("CTY-01", None, Severity.WARNING)
def known_country(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Countries are countries of ISO 3166-1."""
    codes, members = facts.codes, terms.agreement.parties
    if codes is None:
        return KEPT
    for country in _all_countries(certificate):
        if country not in members and country is not None and not codes.has_country(country):
            break  # Where it stands matters only if it is not known.
    else:
        return KEPT
    return [
        Breach(message="no country of this code is known", field=field, found=code, allowed="ISO 3166-1 alpha-2")
        for field, code in _countries(certificate)
        if code not in members and not codes.has_country(code)
    ]


def _all_countries(certificate: Certificate) -> list[str | None]:
    parties = [certificate.producer, certificate.importer, certificate.consignee, certificate.third_party_invoice]
    parties += [item.producer for item in certificate.items]
    found = [party.address.country for party in parties if party is not None and party.address is not None]
    found += certificate.consignment.transit
    return found + [each.country for each in certificate.previous_documents]


def _countries(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Those that need not be the agreement's: exporter, origin and destination are looked at by PTY-01."""
    for role in ROLES:
        party: Party | None = getattr(certificate, role)
        if party is not None and party.address is not None and party.address.country is not None:
            yield f"{role}.address.country", party.address.country
    for place, country in enumerate(certificate.consignment.transit):
        yield f"consignment.transit[{place}]", country
    for place, document in enumerate(certificate.previous_documents):
        if document.country is not None:
            yield f"previous_documents[{place}].country", document.country
    for place, item in enumerate(certificate.items):
        maker = item.producer
        if maker is not None and maker.address is not None and maker.address.country is not None:
            yield f"items[{place}].producer.address.country", maker.address.country


@rule("CUR-01", None, Severity.WARNING)
def known_currency(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Currencies are currencies of ISO 4217."""
    codes = facts.codes
    if codes is None:
        return KEPT
    return [
        Breach(message="no currency of this code is known", field=f"items[{place}].value.currency", allowed="ISO 4217")
        for place, item in enumerate(certificate.items)
        if item.value is not None and not codes.has_currency(item.value.currency)
    ]


@rule("PRT-01", None, Severity.WARNING)
def known_port(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Ports are ports of UN/LOCODE, as far as our extract of it goes."""
    codes, travel = facts.codes, certificate.consignment
    if codes is None:
        return KEPT
    breaches: list[Breach] = []
    for name, port in (("loading", travel.loading), ("discharge", travel.discharge)):
        if port is not None and port.code is not None and not codes.has_port(port.code):
            message, field = "no port of this code is on our list", f"consignment.{name}.code"
            breaches.append(Breach(message=message, field=field, found=port.code, allowed="UN/LOCODE"))
    return breaches
