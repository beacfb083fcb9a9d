"""From a place in a document to our field and back: what findings need, and only findings."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapter.mapping.plan import Bound, Place, Plan
from adapter.schema import Fault

Where = tuple[Place | None, tuple[int, ...]]
"""The table's place, if it has one, and the number of each repeated element on the way, counted from 0."""


def text_of(element: Any, name: str) -> str | None:
    """The text of an element's first child of this name; `findtext` says the same four times slower."""
    for child in element.iterchildren(name):
        text: str | None = child.text
        return text and text.strip()
    return None


def numbered(path: str, indexes: Sequence[int], first: int = 0) -> str:
    """The path with its `[]` filled in, in turn."""
    for index in indexes:
        path = path.replace("[]", f"[{index + first}]", 1)
    return path


def field_at(bound: Bound, indexes: Sequence[int]) -> str:
    """The row's field with the items' places: `items[2].hs`, counted from 0."""
    name = bound.field.path if bound.row.section == "fields" else f"header.{bound.field.path}"
    return numbered(name, indexes)


def path_at(bound: Bound, indexes: Sequence[int]) -> str:
    """The row's path with the elements' places, counted from 1 as in XPath."""
    return numbered(bound.path, indexes, first=1)


def find_xml(plan: Plan, element: Any) -> Where:
    """The place of an XML element."""
    line = [element, *element.iterancestors()][::-1]
    place: Place | None = plan.root if line[0].tag == plan.root.step.name else None
    indexes: list[int] = []
    for parent, child in zip(line, line[1:], strict=False):
        if place is None:
            break
        place = _match(place, child)
        if place is not None and place.many:
            alike = [
                other for other in parent.iterchildren(child.tag) if _match(place.parent or plan.root, other) is place
            ]
            indexes.append(alike.index(child))
    return place, tuple(indexes)


def _match(place: Place, element: Any) -> Place | None:
    """The place below this one that an element stands for: one whose predicates hold, else the one without."""
    like = [child for child in place.children if child.step.name == element.tag]
    return next(
        (child for child in sorted(like, key=lambda child: not child.step.where) if _holds(child, element)), None
    )


def _holds(place: Place, element: Any) -> bool:
    return all(
        (element.get(name[1:]) if name.startswith("@") else text_of(element, name)) == value
        for name, value in place.step.where
    )


def find_steps(plan: Plan, document: Any, fault: Fault) -> Where:
    """The place of a schema's fault; for what is absent, where it should stand."""
    if not plan.table.is_json:
        if fault.element is None:
            return None, ()
        place, indexes = find_xml(plan, fault.element)
        absent = fault.code == "XSD-MISSING" and place is not None and fault.steps[-1][0] != fault.element.tag
        return (_named(place, fault.steps[-1][0]) if place and absent else place), indexes
    steps: list[str | int] = []
    for name, nth in fault.steps:
        steps.append(name)
        here = _follow(document, steps)
        steps += [nth] if isinstance(here, list) else []
    return find_json(plan, document, steps)


def _named(place: Place, name: str) -> Place | None:
    return next((child for child in place.children if child.step.name == name), place)


def _follow(document: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def find_json(plan: Plan, document: Any, steps: Sequence[str | int]) -> Where:
    """The place of a JSON value, by the names and numbers that lead to it."""
    place: Place | None = plan.root
    indexes: list[int] = []
    here = document
    for step in steps:
        if place is None:
            break
        here = _follow(here, [step])
        if isinstance(step, int):
            place = _match_json(place.parent or plan.root, place.step.name, here) or place
            indexes += [step] if place.many else []
        else:
            place = _match_json(place, step, here)
    return place, tuple(indexes)


def _match_json(place: Place, name: str, value: Any) -> Place | None:
    like = sorted(
        (child for child in place.children if child.step.name == name), key=lambda child: not child.step.where
    )
    if not isinstance(value, Mapping):
        return next(iter(like), None)
    return next((child for child in like if all(value.get(key) == text for key, text in child.step.where)), None)


def json_text(document: Any, bound: Bound, indexes: Sequence[int]) -> str | None:
    """The text of a row's JSON value."""
    left = list(indexes)
    for step in bound.row.paths[0].steps:
        document = _follow(document, [step.name])
        if step.where and isinstance(document, list):
            document = next((one for one in document if all(one.get(key) == text for key, text in step.where)), None)
        elif step.many and left:
            document = _follow(document, [left.pop(0)])
    return None if document is None or isinstance(document, dict | list) else str(document)


def steps_to_all(document: Any) -> dict[int, tuple[str | int, ...]]:
    """The names and numbers that lead to each object and list of a JSON document, by its identity."""
    found: dict[int, tuple[str | int, ...]] = {}
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
    while waiting:
        here, before = waiting.pop()
        found[id(here)] = before
        inner = here.items() if isinstance(here, Mapping) else enumerate(here)
        waiting += [(value, (*before, step)) for step, value in inner if isinstance(value, Mapping | list)]
    return found


def row_at(place: Place | None, attribute: str | None = None) -> Bound | None:
    """The row whose value stands at a place, or the only one below it."""
    if place is None:
        return None
    if attribute:
        use = place.attributes.get(attribute)
        return use.bound if use else None
    uses = [use.bound for use in (place.text, *place.attributes.values()) if use and use.bound]
    if uses:
        return uses[0]
    below = [bound for child in place.children if (bound := row_at(child))]
    return below[0] if len(below) == 1 else None


def first_row(place: Place | None) -> Bound | None:
    """The first row whose value stands at a place or below it."""
    places = place.walk() if place else ()
    return next(
        (use.bound for each in places for use in (each.text, *each.attributes.values()) if use and use.bound), None
    )


def place_of(plan: Plan, bound: Bound) -> Place:
    """Where a row's first path leads."""
    for place in plan.root.walk():
        uses = (place.text, *place.attributes.values())
        if any(use and use.bound is bound and not use.further for use in uses):
            return place
    raise LookupError(bound.field.path)


def element_at(plan: Plan, root: Any, bound: Bound, indexes: Sequence[int]) -> Any:
    """The XML element of a row, or the nearest one above it that is there."""
    line: list[Place] = []
    place: Place | None = place_of(plan, bound)
    while place is not None and place.parent is not None:
        line.insert(0, place)
        place = place.parent
    element, left = root, list(indexes)
    for place in line:
        like = [child for child in element.iterchildren(place.step.name) if _holds(place, child)]
        nth = (left.pop(0) if left else 0) if place.many else 0
        if nth >= len(like):
            break
        element = like[nth]
    return element
