"""Whether what a table writes fits its schema: what is required is there, codes are listed, limits are known."""

from collections.abc import Iterator

from adapter.findings import Finding, Severity
from adapter.mapping.plan import Bound, Place, Plan, Use
from adapter.schema import Node
from adapter.text import LONGEST_TEXT


def error(
    code: str,
    message: str,
    field: str | None = None,
    path: str | None = None,
    allowed: str | None = None,
    found: str | None = None,
) -> Finding:
    """A finding that makes a table unfit."""
    return Finding(code=code, message=message, field=field, path=path, allowed=allowed, found=found)


def told(code: str, message: str, field: str | None, path: str | None = None, allowed: str | None = None) -> Finding:
    """A finding to know of: a decision or a limit of the table."""
    return Finding(code=code, message=message, severity=Severity.INFO, field=field, path=path, allowed=allowed)


def fitting(plan: Plan) -> Iterator[Finding]:
    """What of a table does not fit its schema, and where the schema is narrower than the hub."""
    for place in plan.root.walk():
        yield from _required(place)
        for name, use in [("", place.text), *place.attributes.items()]:
            node = place.node.type.attribute(name) if name else place.node
            if use and node:
                where = _path(place) + (f"/@{_local(name)}" if name else "")
                yield from _texts(node, use, where)
                yield from _spelling(node, use, where)
                yield from _limits(node, use, where, attribute=bool(name))


def _required(place: Place) -> Iterator[Finding]:
    """What the schema requires is written."""
    here = _path(place)
    written = {child.step.name for child in place.children if _writes(child)}
    missing = [f"{here}/{_local(node.name)}" for node in place.node.type.children if _lacks(node, written)]
    missing += [f"{here}/@{_local(node.name)}" for node in place.node.type.attributes if _lacks(node, place.attributes)]
    for path in missing:
        yield error("LINT-REQUIRED", "the schema requires it and no row or constant writes it", path=path)
    for number, group in enumerate(place.node.type.groups):
        alike = [node for node in place.node.type.children if node.choice == number]
        required = group.kind == "choice" and group.at_least and group.parent in (None, 0) and alike
        if required and not any(node.name in written or node.wildcard for node in alike):
            names = ", ".join(_local(node.name) for node in alike)
            yield error("LINT-REQUIRED", "the schema requires one and no row writes any", path=here, allowed=names)


def _writes(place: Place) -> bool:
    """Whether anything is ever written at a place or below it."""
    uses = (use for each in place.walk() for use in (each.text, *each.attributes.values()) if use)
    return any(use.bound is None or use.bound.row.only != "read" for use in uses)


def _lacks(node: Node, written: object) -> bool:
    return bool(node.at_least) and not node.wildcard and node.name not in written  # type: ignore[operator]


def _texts(node: Node, use: Use, where: str) -> Iterator[Finding]:
    """Constants and codes keep to the schema's facets."""
    facets, field = node.type.facets, _field(use)
    for text in _written(use):
        if facets.enumeration and text not in facets.enumeration:
            listed = ", ".join(facets.enumeration)
            yield error("LINT-CODE", "is written but the schema does not list it", field, where, listed, text)
        if facets.max_length is not None and len(text) > facets.max_length:
            most = f"{facets.max_length} characters"
            yield error("LINT-CODE", "is written but is too long for the schema", field, where, most, text)
    codes = use.bound.row.codes if use.bound else None
    if codes and not codes.closed and facets.enumeration:
        message = "an open code list stands where the schema lists its values"
        yield Finding(code="LINT-OPEN", message=message, severity=Severity.WARNING, field=field, path=where)


SPELLED = {"date": {"day"}, "datetime": {"moment"}}
"""The pairs that write what the schema's own types of dates and moments take."""


def _spelling(node: Node, use: Use, where: str) -> Iterator[Finding]:
    """A date or moment of the schema's own type is spelled as that type wants it."""
    fitting = SPELLED.get(node.type.value)
    if use.bound and fitting and (use.bound.row.convert or use.bound.field.type) not in fitting:
        message = f"the schema wants a {node.type.value}, and the row writes another spelling"
        yield error("LINT-TYPE", message, _field(use), where, " or ".join(fitting))


def _written(use: Use) -> list[str]:
    """Every text that the table itself decides on."""
    if use.bound is None:
        return [use.constant or ""]
    return _code_texts(use.bound)


def _code_texts(bound: Bound) -> list[str]:
    if bound.row.codes is None or bound.row.convert is not None:
        return []
    return [texts[0] for texts in bound.row.codes.texts.values()]


def _limits(node: Node, use: Use, where: str, attribute: bool) -> Iterator[Finding]:
    """Where the hub is wider than the schema: then writing is refused, and nothing is cut to fit."""
    if use.bound is None:
        return
    facets, found = node.type.facets, use.bound.field
    plain = use.bound.row.codes is None and found.type == "text" and not found.choices
    if plain and facets.max_length is not None and facets.max_length < LONGEST_TEXT:
        most = f"{facets.max_length} characters"
        yield told("LINT-NARROW", "the hub is wider: a longer text is refused, never cut", _field(use), where, most)
    if node.at_least and not attribute and any(level.optional for level in found.levels):
        message = "the schema requires it and the hub may lack it: then writing is refused"
        yield told("LINT-OPTIONAL", message, _field(use), where)


def _path(place: Place) -> str:
    names: list[str] = []
    here: Place | None = place
    while here:
        names.insert(0, _local(here.step.name))
        here = here.parent
    return "/".join(names)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _field(use: Use) -> str | None:
    return use.bound.row.field if use.bound else None
