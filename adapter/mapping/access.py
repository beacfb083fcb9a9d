"""Reaching the hub's fields in compiled code: each part is fetched once, and absence is carried along."""

from dataclasses import dataclass, field
from typing import NamedTuple

from adapter.mapping.fields import Level
from adapter.mapping.source import Source


@dataclass(frozen=True, slots=True)
class Part:
    """Two variables of compiled code: a part of the hub, and the dict of its values, which is read far faster."""

    itself: str
    values: str
    optional: bool = False
    """Whether both may be None."""


@dataclass(slots=True)
class Scope:
    """One level of lists in the writer: its element and the parts fetched from it so far."""

    element: Part
    path: str = ""
    """The list's path, `items[]`, or empty for the content itself."""
    indexes: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)
    """By dotted path within the scope."""


class Reached(NamedTuple):
    """How a value is written in source, and whether it may be None."""

    expression: str
    optional: bool


def unfold(source: Source, variable: str, optional: bool = False, note: str = "") -> Part:
    """The part in this variable, with its values fetched into another."""
    values = source.name_for("d")
    fetched = f"{variable}.__dict__"
    source.add(f"{values} = {f'None if {variable} is None else {fetched}' if optional else fetched}", note)
    return Part(variable, values, optional)


def reach(source: Source, scope: Scope, levels: tuple[Level, ...], computed: bool = False) -> Reached:
    """An expression for the field; parts on the way that may be absent are fetched into variables first."""
    if not levels:
        return Reached(scope.element.itself, False)
    holder, last = _part(source, scope, levels[:-1]), levels[-1]
    value = f"{holder.itself}.{last.name}" if computed else f"{holder.values}['{last.name}']"
    if not holder.optional:
        return Reached(value, last.optional)
    return Reached(f"(None if {holder.values} is None else {value})", True)


def _part(source: Source, scope: Scope, levels: tuple[Level, ...]) -> Part:
    if not levels:
        return scope.element
    dotted = ".".join(level.name for level in levels)
    if dotted not in scope.parts:
        found = reach(source, scope, levels)
        name = source.name_for("p")
        source.add(f"{name} = {found.expression}", dotted)
        scope.parts[dotted] = unfold(source, name, found.optional)
    return scope.parts[dotted]
