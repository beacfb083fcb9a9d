"""A certificate of few items there and back with every push partner, each beside the floor of that partner's XML."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from lxml import etree

from adapter.catalogue import CHECKOUT
from adapter.findings import Verdict
from adapter.system import System
from benchmarks.inputs import CERTIFICATES, Office
from benchmarks.measure import Contest, Row, Work
from benchmarks.rows import Planned
from benchmarks.works import WINDOW, Different, same

GOALS = {"out": 0.38, "in": 0.25}
"""The least fraction of the floor's rate, as for the partner that is measured in detail."""
HOMES, RECEIVER = ("kcci", "unipass"), "unipass"


def partner_plans(office: Office) -> Iterator[Planned]:
    """Two rows for each push partner: out of a domestic record, and in from its own document."""
    for system in office.catalogue.systems.values():
        if system.side == "partner" and system.model == "push":
            for direction, goal in GOALS.items():
                row = Row(f"{direction}-{system.code}-1", direction, "floor", goal)
                yield Planned((row,), partial(_contest, row, system, office))


@contextmanager
def _contest(row: Row, system: System, office: Office) -> Iterator[Contest]:
    home, document, receiver = _outward(system, office) if row.work == "out" else _inward(system, office)
    sent = office.forward(office.read(document, home), home, receiver).body
    run = partial(office.pass_on, [document] * WINDOW, home, receiver)
    floor = _floor(sent if row.work == "out" else document, system, office)
    yield Contest({row.work: Work(run, WINDOW), "floor": Work(floor)}, (row,))


def _outward(system: System, office: Office) -> tuple[str, bytes, str]:
    """A record of one item that has its twin among the partner's documents."""
    for home in HOMES:
        for path in sorted((CERTIFICATES / home / "certificate").glob("*-1-item.*")):
            twin = CERTIFICATES / system.code.lower() / "certificate" / f"{path.stem}.xml"
            if twin.exists() and _is_valid(path, home, office):
                return home, path.read_bytes(), system.code
    raise Different(f"{system.code}: no record of one item has a twin")


def _inward(system: System, office: Office) -> tuple[str, bytes, str]:
    """The partner's own certificate of the fewest items."""
    paths = sorted((CERTIFICATES / system.code.lower() / "certificate").glob("*import-*-item*.xml"))
    for path in paths:
        if _is_valid(path, system.code, office):
            return system.code, path.read_bytes(), RECEIVER
    raise Different(f"{system.code}: no valid document of its own")


def _is_valid(path: Path, source: str, office: Office) -> bool:
    return office.read(path.read_bytes(), source).verdict is Verdict.VALID


def _floor(xml: bytes, system: System, office: Office) -> partial[bool]:
    """Plain lxml parses the partner's document and validates it against the partner's schema."""
    table = office.read(xml, system.code).table
    assert table
    schema = etree.XMLSchema(file=str(CHECKOUT / "xsd" / table.schema))
    run = partial(_parse_and_validate, xml, etree.XMLParser(), schema)
    same(run(), True, "the floor finds its document valid")
    return run


def _parse_and_validate(xml: bytes, parser: etree.XMLParser, schema: etree.XMLSchema) -> bool:
    return schema.validate(etree.fromstring(xml, parser))
