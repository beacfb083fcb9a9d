"""What is measured: contests by name, each with its rows and goals."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.inputs import HOME, PARTNER, Office, arrived, record
from benchmarks.libraries import Library, pydantic_xml, xsdata
from benchmarks.measure import Contest, Row, Work
from benchmarks.works import (
    WINDOW,
    hub_to_xml_by,
    in_in_full,
    inbound,
    out_in_full,
    outbound,
    same,
    xml_to_hub_by,
)

SIZES = (1, 20)
LIBRARIES: dict[str, Callable[[], Library]] = {"pydantic-xml": pydantic_xml, "xsdata": xsdata}
OF_THE_FLOOR = {"hub-to-xml": 0.52, "out": 0.38, "in-unipass": 0.25, "in-kcci": 0.36}
"""The least fraction of the floor's rate."""
TIMES = {
    ("hub-to-xml", "pydantic-xml"): 5.0,
    ("hub-to-xml", "xsdata"): 7.0,
    ("xml-to-hub", "pydantic-xml"): 2.5,
    ("xml-to-hub", "xsdata"): 9.0,
}
"""How many times the library's rate."""
FEW, MANY, GROWTH = 100, 2_000, 1.3

Opens = Callable[[], AbstractContextManager[Contest]]


@dataclass(frozen=True)
class Planned:
    """Rows that are measured together, and what opens their contest."""

    rows: tuple[Row, ...]
    opens: Opens


def mapping_plans(office: Office) -> Iterator[Planned]:
    """The rows of one process without servers: against the floor, against other libraries, and the cost of growth."""
    for items in SIZES:
        yield Planned(_rows(items, ("out", "hub-to-xml")), partial(_outward, items, office))
        yield Planned(_rows(items, ("in-unipass", "in-kcci", "xml-to-hub")), partial(_inward, items, office))
    for direction in ("out", "in"):
        row = Row(f"growth-{direction}", f"of-{MANY}", f"of-{FEW}", GROWTH, is_cost=True)
        yield Planned((row,), partial(_growth, direction, row, office))


def _rows(items: int, works: tuple[str, ...]) -> tuple[Row, ...]:
    floors = [Row(f"{work}-{items}", work, "floor", goal) for work, goal in OF_THE_FLOOR.items() if work in works]
    others = [
        Row(f"{work}-over-{library}-{items}", work, library, goal)
        for (work, library), goal in TIMES.items()
        if work in works
    ]
    return (*floors, *others)


@contextmanager
def _outward(items: int, office: Office) -> Iterator[Contest]:
    known, works = outbound(record(items), office)
    others = {name: hub_to_xml_by(library(), known, office) for name, library in LIBRARIES.items()}
    yield _contest(works | others, _rows(items, ("out", "hub-to-xml")))


@contextmanager
def _inward(items: int, office: Office) -> Iterator[Contest]:
    xml = arrived(items, office)
    works = inbound(xml, office)
    others = {name: xml_to_hub_by(library(), xml, office) for name, library in LIBRARIES.items()}
    yield _contest(works | others, _rows(items, ("in-unipass", "in-kcci", "xml-to-hub")))


@contextmanager
def _growth(direction: str, row: Row, office: Office) -> Iterator[Contest]:
    """The whole way at two sizes, counted by item."""
    works = {}
    for items in (FEW, MANY):
        document = record(items) if direction == "out" else arrived(items, office)
        source = HOME if direction == "out" else PARTNER
        same(len(office.read(document, source).certificate.items), items, "every item is read")
        way = (document, office) if direction == "out" else (document, "unipass", office)
        works[f"of-{items}"] = Work(partial(out_in_full if direction == "out" else in_in_full, *way), units=items)
    yield Contest(works, (row,), is_slow=True)


def _contest(works: dict[str, Callable[[], object]], rows: tuple[Row, ...]) -> Contest:
    units = dict.fromkeys(("out", "in-unipass", "in-kcci"), WINDOW)
    return Contest({name: Work(run, units.get(name, 1)) for name, run in works.items()}, rows)
