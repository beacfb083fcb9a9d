"""The plan of a table: its rows bound to the hub's fields on one side and to the schema's elements on the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from adapter.mapping.fields import Field
from adapter.mapping.fields import field as hub_field
from adapter.mapping.pair import Pair
from adapter.mapping.pairs import pair
from adapter.mapping.path import Path, Step, TableError
from adapter.mapping.table import Row, Table
from adapter.messages import MODELS, Header
from adapter.schema.model import Node
from adapter.schema.outline import Outline


@dataclass(frozen=True, slots=True)
class Bound:
    """A row with its field of the hub and the pair that converts it."""

    index: int
    row: Row
    field: Field
    pair: Pair

    @property
    def path(self) -> str:
        """The row's first path, as written."""
        return self.row.paths[0].text


class Use(NamedTuple):
    """What an element's text or an attribute holds: a row's value, by its first or a further path, or a constant."""

    bound: Bound | None = None
    further: bool = False
    constant: str | None = None
    selects: bool = False
    """A predicate: it chooses the element, so it is not verified again."""


@dataclass(slots=True)
class Place:
    """An element or property of the document that the table names."""

    step: Step
    node: Node
    parent: "Place | None" = None
    many: str | None = None
    """The hub's list that this element repeats for."""
    text: Use | None = None
    attributes: dict[str, Use] = field(default_factory=dict)
    children: list["Place"] = field(default_factory=list)

    @property
    def scope(self) -> str:
        """The hub's list that this place stands in; empty for the document as a whole."""
        return self.many or (self.parent.scope if self.parent else "")

    @property
    def valued(self) -> bool:
        """Whether any row's value stands here or below, as opposed to constants only."""
        uses = [self.text, *self.attributes.values()]
        return any(use and use.bound for use in uses) or any(child.valued for child in self.children)

    def walk(self) -> Iterator["Place"]:
        """This place and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A table bound on both sides, its places in schema order."""

    table: Table
    root: Place
    rows: tuple[Bound, ...]

    @property
    def agreed(self) -> bool:
        """Whether the table itself says the agreement, so that no row has to."""
        table = self.table
        return (
            bool(table.agreement)
            and "agreement" in MODELS[table.message].model_fields
            and "agreement" not in self.by_field
        )

    @property
    def by_field(self) -> Mapping[str, Bound]:
        """The content's rows by their field."""
        return {bound.row.field: bound for bound in self.rows if bound.row.section == "fields"}


def make_plan(table: Table, outline: Outline) -> Plan:
    """Binds every row and constant of the table; whatever does not exist on either side is a TableError."""
    try:
        return _bind(table, outline)
    except TableError as error:
        raise TableError(f"{table.name}: {error}") from None


def _bind(table: Table, outline: Outline) -> Plan:
    first = table.root.steps[0] if table.root.steps else Step("")
    top = outline.roots.get(first.name)
    if top is None:
        raise TableError(
            f"root {first.name!r} is no root of {table.schema}; it has {', '.join(outline.roots) or 'none'}"
        )
    root = Place(first, top)
    _select(root)
    _descend(root, table.root.steps[1:], [], "root")
    rows = tuple(_bound(index, row, MODELS[table.message]) for index, row in enumerate(table.rows))
    for bound in rows:
        for nth, path in enumerate(bound.row.paths):
            _put(root, table, path, Use(bound, further=nth > 0), list(bound.field.lists))
    for path, constant in table.constants:
        _put(root, table, path, Use(constant=constant), None)
    repeated: dict[str, Place] = {}
    for place in root.walk():
        _order(place)
        if place.many and repeated.setdefault(place.many, place) is not place:
            names = f"{repeated[place.many].step.name!r} and {place.step.name!r}"
            raise TableError(f"{place.many!r} repeats as {names}: all rows of a list hang under one element")
    return Plan(table, root, rows)


def _bound(index: int, row: Row, model: type) -> Bound:
    found = hub_field(Header if row.section == "header" else model, row.field)
    try:
        converts = pair(row.convert, found.type, row.codes)
    except TableError as error:
        raise TableError(f"row {row.field!r}: {error}") from None
    if found.computed and row.only != "write":
        raise TableError(f'row {row.field!r}: it is computed, so it can only be written: say only = "write"')
    return Bound(index, row, found, converts)


def _put(root: Place, table: Table, path: Path, use: Use, lists: list[str] | None) -> None:
    steps = path.steps if path.absolute else (*table.root.steps, *path.steps)
    if steps and steps[0].name != root.step.name:
        raise TableError(f"path {path.text!r} does not start at {root.step.name!r}")
    place = _descend(root, steps[1:], lists, path.text)
    if path.attribute:
        _put_attribute(place, path, use)
        return
    if place.text is not None:
        raise TableError(f"path {path.text!r} is named twice")
    place.text = use


def _put_attribute(place: Place, path: Path, use: Use) -> None:
    name = path.attribute or ""
    if place.node.type.attribute(name) is None:
        has = ", ".join(attribute.name for attribute in place.node.type.attributes) or "none"
        raise TableError(f"path {path.text!r}: the schema has no attribute {name!r} there; it has {has}")
    if name in place.attributes:
        raise TableError(f"path {path.text!r} is named twice")
    place.attributes[name] = use


def _descend(place: Place, steps: tuple[Step, ...], lists: list[str] | None, text: str) -> Place:
    """The place that the steps lead to, made where it is new; `lists` are the hub's lists they repeat for, in turn."""
    waiting = None if lists is None else list(lists)
    for step in steps:
        place = _step(place, step, waiting, text)
    if waiting:
        raise TableError(f"path {text!r} has fewer `[]` than its field: nothing repeats for {waiting[0]!r}")
    return place


def _step(place: Place, step: Step, waiting: list[str] | None, text: str) -> Place:
    known = next(
        (child for child in place.children if (child.step.name, child.step.where) == (step.name, step.where)), None
    )
    many = None
    if step.many:
        if waiting is None and (known is None or known.many is None):
            raise TableError(f"path {text!r}: no row repeats {step.name!r}, so a constant cannot")
        if waiting == []:
            raise TableError(f"path {text!r} has more `[]` than its field has lists")
        many = known.many if waiting is None and known else (waiting or [""]).pop(0)
    if known is None:
        known = Place(step, _child(place, step.name, text), place, many)
        place.children.append(known)
        _select(known)
    elif known.many != many:
        raise TableError(f"path {text!r}: {step.name!r} repeats for {known.many or 'nothing'} in another row")
    return known


def _child(place: Place, name: str, text: str) -> Node:
    node = place.node.type.child(name)
    if node is None:
        has = ", ".join(child.name for child in place.node.type.children) or "no children"
        raise TableError(f"path {text!r}: the schema has no {name!r} in {place.step.name!r}; it has {has}")
    return node


def _select(place: Place) -> None:
    """Puts a step's predicates in place as what is written there."""
    for name, value in place.step.where:
        use = Use(constant=value, selects=True)
        if name.startswith("@"):
            _put_attribute(place, Path(f"{place.step.name}/{name}", (), name[1:]), use)
        else:
            child = Place(Step(name), _child(place, name, f"{place.step.name}[{name}=…]"), place, text=use)
            place.children.append(child)


def _order(place: Place) -> None:
    """Sorts children as the schema wants them, constants first among like names; refuses what rows cannot order."""
    place.children.sort(key=lambda child: (place.node.type.place(child.step.name) or 0, child.valued))
    groups: dict[int, str] = {}
    for child in place.children:
        group = child.node.group
        if group is not None and groups.setdefault(group, child.step.name) != child.step.name:
            raise TableError(
                f"{groups[group]!r} and {child.step.name!r} repeat together in {place.step.name!r}, "
                f"in an order that rows cannot tell: map one of them, or ask the partner for another schema"
            )
