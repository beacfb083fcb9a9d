"""The works of one direction and size: the floor, ours, and the same by other libraries, each checked against ours."""

from collections.abc import Callable
from functools import partial

from lxml import etree

from adapter import translate
from adapter.certificate import Certificate
from adapter.findings import Verdict
from adapter.messages import Header
from adapter.schema import parse_xml
from benchmarks.by_hand_in import from_message
from benchmarks.by_hand_out import to_message
from benchmarks.inputs import AT, CAUSE, HOME, PARTNER, Hub, Office, hub
from benchmarks.libraries import Library

WINDOW = 32
"""How many deliveries are read before the first of them is forwarded, as in the relay."""
Said = tuple[Header | None, Certificate]


class Different(AssertionError):
    """Two works that are to be compared do not do the same."""


def floor(xml: bytes, office: Office) -> Callable[[], bool]:
    """What cannot be done without: plain lxml parses the bytes and validates them."""
    parser, schema = etree.XMLParser(), etree.XMLSchema(file=str(office.schema))

    def parse_and_validate() -> bool:
        return schema.validate(etree.fromstring(xml, parser))

    same(parse_and_validate(), True, "the floor finds its document valid")
    return parse_and_validate


def out_in_full(record: bytes, office: Office) -> bytes:
    """KCCI JSON -> certificate, rules -> the partner's XML, re-parsed and validated."""
    return office.forward(office.read(record, HOME), HOME, PARTNER).body


def in_in_full(xml: bytes, receiver: str, office: Office) -> bytes:
    """The partner's XML, validated -> certificate, rules -> the domestic document, re-parsed and validated."""
    return office.forward(office.read(xml, PARTNER), PARTNER, receiver).body


def hub_to_xml(known: Hub, office: Office) -> bytes:
    """Hub JSON -> certificate -> the partner's XML, re-parsed and validated; no rules."""
    body = office.mapping.write(Certificate.model_validate_json(known.json), known.header)
    translate.validate(office.mapping, parse_xml(body), office.catalogue, "write")
    return body


def xml_to_hub(xml: bytes, office: Office) -> Said:
    """The partner's XML, validated -> header and certificate; no rules."""
    root = parse_xml(xml)
    translate.validate(office.mapping, root, office.catalogue, "schema")
    said = office.mapping.read(root)
    return said.header, said.content


def hub_to_xml_by(library: Library, known: Hub, office: Office) -> Callable[[], bytes]:
    """The same with a library's models in the place of our table: the same door, schema and hub."""
    printed = _criterion(office).write

    def run() -> bytes:
        certificate = Certificate.model_validate_json(known.json)
        body = library.write(to_message(certificate, known.header, library.model, printed))
        translate.validate(office.mapping, parse_xml(body), office.catalogue, "write")
        return body

    same(canonical(run()), canonical(known.xml), f"{library.name} writes what we write")
    return run


def xml_to_hub_by(library: Library, xml: bytes, office: Office) -> Callable[[], Said]:
    """The same with a library's models in the place of our table: the same door, schema and hub."""
    understood = _criterion(office).read

    def run() -> Said:
        root = parse_xml(xml)
        translate.validate(office.mapping, root, office.catalogue, "schema")
        return from_message(library.read(root), understood)

    same(_told(run()), _told(xml_to_hub(xml, office)), f"{library.name} reads what we read")
    return run


def outbound(record: bytes, office: Office) -> tuple[Hub, dict[str, Callable[[], object]]]:
    """Our works out, which end in the same bytes, and the document that they make."""
    reading = office.read(record, HOME)
    same(reading.verdict, Verdict.VALID, "the record is valid")
    known = hub(out_in_full(record, office), office)
    same(hub_to_xml(known, office), known.xml, "the hub's JSON and the record become the same bytes")
    return known, {
        "floor": floor(known.xml, office),
        "out": partial(office.pass_on, [record] * WINDOW, HOME, PARTNER),
        "hub-to-xml": partial(hub_to_xml, known, office),
    }


def inbound(xml: bytes, office: Office) -> dict[str, Callable[[], object]]:
    """Our works in, each of which is checked to end in what the certificate alone becomes."""
    reading = office.read(xml, PARTNER)
    same(reading.verdict, Verdict.VALID, "the partner's document is valid")
    header, certificate = xml_to_hub(xml, office)
    same((header, certificate), (reading.header, reading.certificate), "reading with rules and without says the same")
    for receiver in ("unipass", "kcci"):
        between = office.catalogue.system(PARTNER), office.catalogue.system(receiver)
        sent = translate.forward(certificate, *between, office.catalogue, AT, cause=CAUSE)
        same(in_in_full(xml, receiver, office), sent.body, f"{receiver} is told what was read")
    return {
        "floor": floor(xml, office),
        "in-unipass": partial(office.pass_on, [xml] * WINDOW, PARTNER, "unipass"),
        "in-kcci": partial(office.pass_on, [xml] * WINDOW, PARTNER, "kcci"),
        "xml-to-hub": partial(xml_to_hub, xml, office),
    }


def same(one: object, other: object, claim: str) -> None:
    """Raises Different unless the claim holds."""
    if one != other:
        raise Different(f"not so: {claim}")


def canonical(xml: bytes) -> bytes:
    """The document without what XML leaves to the writer: quotes, the order of attributes and declarations."""
    return etree.tostring(parse_xml(xml), method="c14n")


def _told(said: Said) -> tuple[Header | None, str]:
    return said[0], said[1].as_json()


def _criterion(office: Office):
    return next(bound.pair for bound in office.mapping.plan.rows if bound.row.field == "items[].criterion")
