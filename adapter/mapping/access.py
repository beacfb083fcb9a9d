"""Reaching the hub's fields in compiled code: each part is fetched once, and absence is carried along."""

from dataclasses import dataclass, field

from adapter.mapping.fields import Level
from adapter.mapping.source import Source


@dataclass(slots=True)
class Scope:
    """One level of lists in the writer: the variable of its element and the parts fetched from it so far."""

    variable: str
    path: str = ""
    """The list's path, `items[]`, or empty for the content itself."""
    indexes: tuple[str, ...] = ()
    parts: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Variable and whether it may be None, by dotted path within the scope."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How a value is written in source, and whether it may be None."""

    expression: str
    optional: bool


def reach(source: Source, scope: Scope, levels: tuple[Level, ...]) -> Reached:
    """An expression for the field; parts on the way that may be absent are fetched into variables first."""
    if not levels:
        return Reached(scope.variable, False)
    holder = _part(source, scope, levels[:-1])
    last = levels[-1]
    if not holder.optional:
        return Reached(f"{holder.expression}.{last.name}", last.optional)
    return Reached(f"(None if {holder.expression} is None else {holder.expression}.{last.name})", True)


def _part(source: Source, scope: Scope, levels: tuple[Level, ...]) -> Reached:
    if not levels:
        return Reached(scope.variable, False)
    dotted = ".".join(level.name for level in levels)
    if dotted not in scope.parts:
        found = reach(source, scope, levels)
        name = source.name_for("p")
        source.add(f"{name} = {found.expression}", dotted)
        scope.parts[dotted] = (name, found.optional)
    name, optional = scope.parts[dotted]
    return Reached(name, optional)
