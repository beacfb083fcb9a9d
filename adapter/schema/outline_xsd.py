"""Reads an XML Schema's outline with xmlschema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xmlschema
from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

from adapter.schema.cache import Content
from adapter.schema.files import XS, SchemaError, schema_files

VALUES = {
    "decimal": "decimal", "float": "decimal", "double": "decimal", "boolean": "boolean", "date": "date",
    "dateTime": "datetime",
}  # fmt: skip
FACETS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
    "minInclusive": "at_least",
    "maxInclusive": "at_most",
    "minExclusive": "above",
    "maxExclusive": "below",
    "whiteSpace": "white_space",
}
COUNTS = frozenset({"minLength", "maxLength", "totalDigits", "fractionDigits"})


def read(path: Path, within: Path | None) -> Content:
    """The outline of the schema and of all it imports."""
    files = schema_files(path, within)
    reading = _Reading(open_schema(path))
    types, roots = reading.all()
    return Content(files, types, roots, lambda: reading.notes)


def open_schema(path: Path) -> xmlschema.XMLSchema10:
    """The schema as xmlschema understands it; only local files are read. Raises SchemaError where it cannot be."""
    try:
        return xmlschema.XMLSchema10(str(path), allow="local", loglevel="ERROR")
    except (xmlschema.XMLSchemaException, ValueError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SchemaError(f"{path.name}: {said}") from None


class _Reading:
    """One reading of a schema: types are numbered as they are met, then told one after the other."""

    def __init__(self, schema: Any) -> None:
        self.maps = schema.maps
        self.numbers: dict[int, int] = {}
        self.met: list[Any] = []
        self.notes: list[dict[str, str]] = []
        self.note_numbers: dict[tuple[tuple[str, str], ...], int] = {}

    def all(self) -> tuple[list[Any], dict[str, Any]]:
        """The types and the global elements in their stored form."""
        roots = {
            name: self.node(element, 1, 1)
            for name, element in self.maps.elements.items()
            if not name.startswith(XS) and not element.abstract
        }
        types: list[Any] = []
        for xsd_type in self.met:  # grows while it is told
            types.append(self.type(xsd_type))
        return types, roots

    def number(self, xsd_type: Any) -> int:
        """The number of this type."""
        if id(xsd_type) not in self.numbers:
            self.numbers[id(xsd_type)] = len(self.met)
            self.met.append(xsd_type)
        return self.numbers[id(xsd_type)]

    def node(self, element: Any, at_least: int, at_most: int | None, **place: Any) -> list[Any]:
        """An element or attribute at its place."""
        many = at_most is None or at_most > 1
        where = [place.get(name) for name in ("group", "choice", "branch")]
        return [
            element.name, at_least, at_most, many, *where, element.fixed, None, self.number(element.type),
            self.note(element),
        ]  # fmt: skip

    def note(self, element: Any) -> int:
        """The number of what is written about the element: here, at its global definition, at its type."""
        written: dict[str, str] = {}
        for component in (element.type, getattr(element, "ref", None), element):
            if annotation := getattr(component, "annotation", None):
                written.update(_written(annotation))
        if not written:
            return -1
        key = tuple(sorted(written.items()))
        if key not in self.note_numbers:
            self.note_numbers[key] = len(self.notes)
            self.notes.append(written)
        return self.note_numbers[key]

    def type(self, xsd_type: Any) -> list[Any]:
        """A type in its stored form."""
        groups: list[list[Any]] = []
        children: list[list[Any]] = []
        simple = xsd_type if xsd_type.is_simple() else xsd_type.content if xsd_type.has_simple_content() else None
        content = getattr(xsd_type, "content", None)
        if isinstance(content, XsdGroup):
            children = list(self.particles(content, groups, None, {}))
        mixed = xsd_type.is_complex() and xsd_type.has_mixed_content() and not children
        value = _value(simple) if simple is not None else "text" if mixed else "none"
        attributes = [self.attribute(name, found) for name, found in _attributes(xsd_type) if name]
        is_open = any(child[8] for child in children)
        return [xsd_type.name or "", value, _facets(simple), attributes, children, groups, is_open]

    def attribute(self, name: str, attribute: Any) -> list[Any]:
        """An attribute at its place."""
        return self.node(attribute, 1 if attribute.use == "required" else 0, 1)

    def particles(
        self, group: Any, groups: list[list[Any]], parent: int | None, outer: dict[str, Any]
    ) -> Iterator[Any]:
        """The elements of a group in schema order, each with what the groups around it make of its occurrence."""
        number = len(groups)
        groups.append([group.model, group.min_occurs, group.max_occurs, parent])
        place = dict(outer)
        place["least"] = outer.get("least", 1) * (0 if group.model == "choice" and len(group) > 1 else group.min_occurs)
        place["most"] = _times(outer.get("most", 1), group.max_occurs)
        repeated = group.max_occurs is None or group.max_occurs > 1
        if repeated and "group" not in outer and _several(group):
            place["group"] = number
        for branch, particle in enumerate(group):
            if group.model == "choice" and len(group) > 1:
                place.update(choice=number, branch=branch)
            if isinstance(particle, XsdGroup):
                yield from self.particles(particle, groups, number, place)
            elif isinstance(particle, XsdAnyElement):
                yield self.wildcard(particle, place)
            elif isinstance(particle, XsdElement):
                yield from self.elements(particle, groups, number, place)

    def elements(self, element: Any, groups: list[list[Any]], parent: int, place: dict[str, Any]) -> Iterator[Any]:
        """The element, or where others may substitute it, a choice of them all."""
        least, most = place["least"] * element.min_occurs, _times(place["most"], element.max_occurs)
        heirs = [heir for heir in self.maps.substitution_groups.get(element.name, ()) if not heir.abstract]
        if not heirs:
            yield self.node(element, least, most, **place)
            return
        members = [*([] if element.abstract else [element]), *sorted(heirs, key=lambda heir: str(heir.name))]
        number = len(groups)
        groups.append(["choice", element.min_occurs, element.max_occurs, parent])
        if (most is None or most > 1) and len(members) > 1:
            place = {"group": number, **place}
        for branch, member in enumerate(members):
            yield self.node(
                member, 0 if len(members) > 1 else least, most, **place | {"choice": number, "branch": branch}
            )

    def wildcard(self, particle: Any, place: dict[str, Any]) -> list[Any]:
        """A place for any element."""
        least, most = place["least"] * particle.min_occurs, _times(place["most"], particle.max_occurs)
        where = [place.get(name) for name in ("group", "choice", "branch")]
        admitted = [_namespaces(particle), particle.process_contents == "strict"]
        many = most is None or most > 1
        return ["*", least, most, many, *where, None, admitted, self.number(self.maps.any_type), -1]


def _times(outer: int | None, inner: int | None) -> int | None:
    if outer == 0 or inner == 0:
        return 0
    return None if outer is None or inner is None else outer * inner


def _several(group: Any) -> bool:
    return len(group) > 1 or any(isinstance(part, XsdGroup) and _several(part) for part in group)


def _namespaces(particle: Any) -> list[str]:
    names = set(particle.namespace)
    if "##any" in names:
        return ["*"]
    if "##other" in names:
        return [f"!{particle.target_namespace}", "!"]
    return sorted(names)


def _attributes(xsd_type: Any) -> Iterator[tuple[str | None, Any]]:
    if xsd_type.is_complex():
        yield from (
            (name, found) for name, found in xsd_type.attributes.items() if getattr(found, "use", "") != "prohibited"
        )


def _value(simple: Any) -> str:
    primitive = getattr(simple, "primitive_type", None)  # unions, lists and xs:anySimpleType have none
    if primitive is None or simple.is_list():
        return "text"
    if simple.python_type is int:
        return "integer"
    return VALUES.get(primitive.local_name, "text")


def _facets(simple: Any) -> dict[str, Any] | None:
    """The facets of the type and of those it is restricted from; the narrower one, which comes first, counts."""
    told: dict[str, Any] = {}
    patterns: dict[int, str] = {}
    while simple is not None and simple.is_simple():
        for name, facet in getattr(simple, "facets", {}).items():
            _facet(str(name).rpartition("}")[2], facet, told, patterns)
        simple = simple.base_type
    if patterns:
        told["patterns"] = list(patterns.values())
    return told or None


def _facet(name: str, facet: Any, told: dict[str, Any], patterns: dict[int, str]) -> None:
    if name == "pattern":
        choices = facet.regexps
        patterns.setdefault(id(facet), choices[0] if len(choices) == 1 else "|".join(f"({one})" for one in choices))
    elif name == "enumeration":
        told.setdefault("enumeration", [str(value) for value in facet.enumeration])
    elif name == "length":
        told.setdefault("min_length", facet.value)
        told.setdefault("max_length", facet.value)
    elif name in FACETS:
        told.setdefault(FACETS[name], facet.value if name in COUNTS else str(facet.value))


def _written(annotation: Any) -> Iterator[tuple[str, str]]:
    for part in (*annotation.documentation, *annotation.appinfo):
        kind = part.get("source") or part.tag.rpartition("}")[2]
        leaves = [leaf for leaf in part.iter() if leaf is not part and isinstance(leaf.tag, str) and not len(leaf)]
        if not leaves and part.text and part.text.strip():
            yield kind, " ".join(part.text.split())
        for leaf in leaves:
            if leaf.text and leaf.text.strip():
                yield leaf.tag.rpartition("}")[2], " ".join(leaf.text.split())
