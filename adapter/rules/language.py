"""The rule on language: what a form prints is in English."""

import unicodedata
from collections.abc import Iterator, Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate, Party
from adapter.findings import Severity
from adapter.rules.rule import KEPT, Breach, Facts, rule

PLAIN_NAMES = ("LATIN ", "GREEK ", "MICRO ", "FEMININE ", "MASCULINE ", "MODIFIER ")
"""How Unicode's names of letters begin that an English text may hold: names abroad, and units such as µm and Ω."""
PARTIES = tuple(
    (name, f"{name}.name", f"{name}.address.line", f"{name}.address.city")
    for name in ("exporter", "producer", "importer", "consignee", "third_party_invoice")
)


@rule("LNG-01", "language", Severity.WARNING)
def english(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Printed text is in English."""
    language = terms.language
    if language is None:
        return KEPT
    for item in certificate.items:
        if not item.description.isascii() or (item.marks is not None and not item.marks.isascii()):
            break
    else:
        # One look at all of it at once; where it stands matters only if something is found.
        if "".join([text for _, text in _header(certificate) if text]).isascii():
            return KEPT
    return [
        Breach(message=f"not in English: it has {script} letters", field=field, found=text, rests_on=language)
        for field, text in (*_header(certificate), *_items(certificate))
        if text and (script := foreign_script(text))
    ]


def _header(certificate: Certificate) -> list[tuple[str, str | None]]:
    """The texts that forms print once, each with its field."""
    found: list[tuple[str, str | None]] = []
    for role, name, line, city in PARTIES:
        party: Party | None = getattr(certificate, role)
        if party is not None:
            found.append((name, party.name))
            if (address := party.address) is not None:
                found += (line, address.line), (city, address.city)
    travel = certificate.consignment
    loading, discharge = travel.loading, travel.discharge
    found += (
        ("consignment.transport", travel.transport),
        ("consignment.journey", travel.journey),
        ("consignment.loading.name", loading.name if loading else None),
        ("consignment.discharge.name", discharge.name if discharge else None),
        ("issued_at", certificate.issued_at),
        ("exhibition", certificate.exhibition),
        ("remarks", certificate.remarks),
    )
    return found


def _items(certificate: Certificate) -> Iterator[tuple[str, str | None]]:
    """The texts that forms print for each item, each with its field."""
    for place, item in enumerate(certificate.items):
        yield f"items[{place}].description", item.description
        yield f"items[{place}].marks", item.marks


def foreign_script(text: str) -> str | None:
    """The script of the first letter that does not belong in English text, as Unicode names it: HANGUL, CJK."""
    if text.isascii():
        return None
    for character in text:
        if character > "\x7f" and unicodedata.category(character)[0] == "L":
            name = unicodedata.name(character, "UNKNOWN ")
            if not name.startswith(PLAIN_NAMES):
                return name.split(" ")[0].split("-")[0]
    return None
