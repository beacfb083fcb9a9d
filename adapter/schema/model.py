"""The words in which a schema is told: nodes and their types, linked as a graph that may lead back into itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

Value = Literal["text", "decimal", "integer", "boolean", "date", "datetime", "none"]


class Facets(NamedTuple):
    """What a simple value must keep to; a value must match every one of the patterns."""

    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    enumeration: tuple[str, ...] = ()
    total_digits: int | None = None
    fraction_digits: int | None = None
    at_least: str | None = None
    at_most: str | None = None
    above: str | None = None
    below: str | None = None
    white_space: Literal["preserve", "replace", "collapse"] | None = None


NO_FACETS = Facets()


class Wildcard(NamedTuple):
    """A place for any element of the namespaces it admits (xs:any); a `!` before a namespace shuts it out."""

    namespaces: tuple[str, ...]
    strict: bool

    def admits(self, namespace: str) -> bool:
        """Whether an element of this namespace ("" for none) may stand here."""
        if "*" in self.namespaces:
            return True
        if any(name.startswith("!") for name in self.namespaces):
            return f"!{namespace}" not in self.namespaces
        return namespace in self.namespaces


class Group(NamedTuple):
    """A sequence, choice or all of a content model; the outermost has no parent."""

    kind: Literal["sequence", "choice", "all"]
    at_least: int
    at_most: int | None
    parent: int | None


class Table(Protocol):
    """Where a node finds its type and its note, made when first asked for."""

    def type(self, index: int) -> Type:
        """The type of this number."""

    def note(self, index: int) -> Mapping[str, str]:
        """The note of this number."""

    def root(self, name: str) -> Node | None:
        """The global element of this name."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element, attribute or JSON property at its place in its parent."""

    name: str
    """`{namespace}name`, or the JSON property; `*` for a place that any element of a wildcard may take."""
    at_least: int
    """0 where a choice or an optional group around it lets it be absent."""
    at_most: int | None
    """None where nothing bounds it."""
    many: bool
    """Whether it may stand more than once; a JSON list of at most one item is many too."""
    group: int | None
    """The repeated group of several elements it stands in: a writer cannot order it by its name alone."""
    choice: int | None
    """The innermost choice it is an alternative of."""
    branch: int | None
    """Which alternative of that choice."""
    fixed: str | None
    wildcard: Wildcard | None
    _type: int = field(repr=False)
    _note: int = field(repr=False)
    _table: Table = field(repr=False, compare=False)

    @property
    def type(self) -> Type:
        """What may stand in it."""
        return self._table.type(self._type)

    @property
    def note(self) -> Mapping[str, str]:
        """What the schema's annotations say of it, by the names they use; plain text is under `documentation`."""
        return self._table.note(self._note)


@dataclass(frozen=True, eq=False)
class Type:
    """What an element or property may hold. Types are shared and may contain themselves."""

    name: str
    value: Value
    facets: Facets
    attributes: tuple[Node, ...]
    children: tuple[Node, ...]
    """In schema order."""
    groups: tuple[Group, ...]
    open: bool
    """Whether anything not named here is admitted too."""
    _table: Table = field(repr=False)

    @cached_property
    def _places(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for place, node in enumerate(self.children):
            places.setdefault(node.name, place)
        return places

    @cached_property
    def _attributes(self) -> dict[str, Node]:
        return {node.name: node for node in self.attributes}

    def place(self, name: str) -> int | None:
        """Where in the schema's order a child of this name stands."""
        found = self._places.get(name)
        if found is None and self.open:
            namespace = name[1:].partition("}")[0] if name.startswith("{") else ""
            admitted = (i for i, node in enumerate(self.children) if node.wildcard and node.wildcard.admits(namespace))
            found = next(admitted, None)
        return found

    def child(self, name: str) -> Node | None:
        """The child of this name; through a wildcard, the global element of that name in its place."""
        place = self.place(name)
        if place is None:
            return None
        node = self.children[place]
        return _through(node, self._table.root(name)) if node.wildcard else node

    def attribute(self, name: str) -> Node | None:
        """The attribute of this name."""
        return self._attributes.get(name)


def _through(place: Node, element: Node | None) -> Node | None:
    if element is None:
        return None
    return Node(
        name=element.name,
        at_least=0,
        at_most=place.at_most,
        many=place.many,
        group=place.group,
        choice=place.choice,
        branch=place.branch,
        fixed=element.fixed,
        wildcard=place.wildcard,
        _type=element._type,
        _note=element._note,
        _table=element._table,
    )


class Graph:
    """All types of a schema, each made from its stored form when first asked for."""

    def __init__(self, types: Sequence[Any], roots: Mapping[str, Any], notes: Any) -> None:
        self._raw, self._roots, self._read_notes = types, roots, notes
        self._types: dict[int, Type] = {}
        self._nodes: dict[str, Node] = {}

    @cached_property
    def _notes(self) -> Sequence[Mapping[str, str]]:
        read: Sequence[Mapping[str, str]] = self._read_notes()
        return read

    def note(self, index: int) -> Mapping[str, str]:
        """The note of this number; -1 is none."""
        return MappingProxyType(dict(self._notes[index])) if index >= 0 else MappingProxyType({})

    def root(self, name: str) -> Node | None:
        """The global element of this name."""
        found = self._nodes.get(name)
        if found is None and name in self._roots:
            found = self._nodes[name] = self._node(self._roots[name])
        return found

    def names(self) -> tuple[str, ...]:
        """The names of all global elements."""
        return tuple(self._roots)

    def type(self, index: int) -> Type:
        """The type of this number."""
        found = self._types.get(index)
        if found is None:
            name, value, facets, attributes, children, groups, is_open = self._raw[index]
            found = self._types[index] = Type(
                name=name,
                value=value,
                facets=_facets(facets),
                attributes=tuple(map(self._node, attributes)),
                children=tuple(map(self._node, children)),
                groups=tuple(Group(*group) for group in groups),
                open=is_open,
                _table=self,
            )
        return found

    def _node(self, raw: Sequence[Any]) -> Node:
        name, at_least, at_most, many, group, choice, branch, fixed, wildcard, type_, note = raw
        found = Wildcard(tuple(wildcard[0]), wildcard[1]) if wildcard else None
        return Node(name, at_least, at_most, many, group, choice, branch, fixed, found, type_, note, self)


def _facets(raw: Mapping[str, Any] | None) -> Facets:
    if not raw:
        return NO_FACETS
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return Facets(**told)
