"""What a table's rows can say, list by list, and what cannot be there without what else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel
from values import Value

from adapter.mapping.fields import Level, depth, unwrap
from adapter.mapping.plan import Bound, Place, Plan
from adapter.messages import MODELS, Header
from adapter.schema.model import Type


@dataclass(frozen=True)
class Leaf:
    """A row's value or an inner list, as one thing that is there or not."""

    path: str
    places: tuple[Place, ...]
    value: Value | None = None
    """None for a list."""
    levels: tuple[Level, ...] = ()
    """The names that lead to it within its scope."""

    def __repr__(self) -> str:
        return f"<{self.path}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


class Scope:
    """The content as a whole, or one of its lists: what may be there, and what that asks for."""

    def __init__(self, path: str, model: type[BaseModel], place: Place, plan: Plan) -> None:
        self.path, self.model, self.place, self.plan = path, model, place, plan
        self.leaves: dict[str, Leaf] = {}
        self.inner: dict[str, Scope] = {}

    def __repr__(self) -> str:
        return f"<{self.plan.table.name} {self.path}>"

    @cached_property
    def always(self) -> frozenset[str]:
        """What is there in every document."""
        return self.closed(self._asked(self.place) | set(_required(self.model, "", self.leaves, self.path)))

    @cached_property
    def optional(self) -> tuple[str, ...]:
        return tuple(path for path in self.leaves if path not in self.always)

    def closed(self, there: set[str]) -> frozenset[str]:
        """What is there, with all that it needs on both sides."""
        waiting, found = list(there), set[str]()
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += self.needs[path]
        return frozenset(found)

    @cached_property
    def needs(self) -> dict[str, set[str]]:
        """What each leaf cannot be there without."""
        return {path: self._schema_needs(leaf) | self._hub_needs(leaf) for path, leaf in self.leaves.items()}

    def _schema_needs(self, leaf: Leaf) -> set[str]:
        above = [up for place in leaf.places for up in _above(place) if up.scope == self.path]
        return {path for up in above for path in self._asked(up)}

    def _asked(self, holder: Place, each: bool = False) -> set[str]:
        """What a document that has this element must have in it; `each` of which is asked for by itself."""
        spine = {step.name for step in self.plan.table.root.steps}
        found = set(self._at(holder, required=True))
        for child in holder.children:
            if child.many and (child.node.at_least or child.step.name in spine):
                found |= {child.many} & set(self.leaves)
            elif not child.many and (child.node.at_least or child.step.name in spine):
                below = [path for place in child.walk() for path in self._at(place)]
                found |= self._asked(child, each) or set(
                    [] if each else below[:1]
                )  # an element is written with what stands in it
        return found

    def _at(self, place: Place, required: bool = False) -> list[str]:
        """The leaves that stand at this very place; or those of them that it cannot be without."""
        uses = [] if place.text is None else [place.text]
        for name, use in place.attributes.items():
            node = place.node.type.attribute(name)
            if not required or (node and node.at_least):
                uses.append(use)
        return [use.bound.field.path for use in uses if use.bound and use.bound.field.path in self.leaves]

    def _hub_needs(self, leaf: Leaf) -> set[str]:
        found, here = set[str](), self.model
        for nth, level in enumerate(leaf.levels[:-1]):
            here = unwrap(here.model_fields[level.name].annotation)[0]
            prefix = ".".join(step.name for step in leaf.levels[: nth + 1])
            found |= set(_required(here, f"{prefix}.", self.leaves, self.path))
        return found


def _above(place: Place) -> Iterator[Place]:
    here: Place | None = place
    while here is not None:
        yield here
        here = here.parent


def _required(model: type[BaseModel], prefix: str, leaves: Mapping[str, Leaf], scope: str) -> Iterator[str]:
    """Leaves under this part of the hub that it cannot be without."""
    start = f"{scope}." if scope else ""
    for name, info in model.model_fields.items():
        inner, many, _ = unwrap(info.annotation)
        if not info.is_required():
            continue
        path = f"{start}{prefix}{name}{'[]' if many else ''}"
        if path in leaves:
            yield path
        elif not many and isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _required(inner, f"{prefix}{name}.", leaves, scope)


def scopes(plan: Plan, section: str = "fields") -> Scope:
    """What the table's rows of this section can say."""
    key = (plan.table.name, section)
    if key not in _SCOPES or _SCOPES[key].plan is not plan:
        root = Scope("", Header if section == "header" else MODELS[plan.table.message], plan.root, plan)
        for bound in plan.rows:
            if bound.row.section == section and bound.row.only != "read" and not bound.field.computed:
                _put(root, bound, plan)
        _SCOPES[key] = root
    return _SCOPES[key]


_SCOPES: dict[tuple[str, str], Scope] = {}


def _put(root: Scope, bound: Bound, plan: Plan) -> None:
    """Puts a row where it belongs: in the innermost list it stands in."""
    places = _places(plan, bound)
    scope = root
    for path in bound.field.lists:
        if path == bound.field.path:
            break
        scope = _inner(scope, path, bound, places[0])
    value = Value(bound, root.model, _types(places), plan.table.is_json, _keys(plan, bound))
    levels = bound.field.levels[depth(scope.path) :]
    scope.leaves[bound.field.path] = Leaf(bound.field.path, tuple(place for place, _ in places), value, levels)


def _inner(scope: Scope, path: str, bound: Bound, found: tuple[Place, str]) -> Scope:
    place = next(up for up in _above(found[0]) if up.many == path)
    if path not in scope.inner:
        levels = bound.field.levels[depth(scope.path) : depth(path)]
        here: Any = scope.model
        for level in levels:
            here = unwrap(here.model_fields[level.name].annotation)[0]
        scope.inner[path] = Scope(path, here, place, scope.plan)
        scope.leaves[path] = Leaf(path, (place,), None, levels)
    return scope.inner[path]


def _places(plan: Plan, bound: Bound) -> list[tuple[Place, str]]:
    """Where a row is written, and the attribute it is, if it is one."""
    return [
        (place, name)
        for place in plan.root.walk()
        for name, use in [("", place.text), *place.attributes.items()]
        if use and use.bound is bound
    ]


def _keys(plan: Plan, bound: Bound) -> tuple[Type, ...]:
    keys = [other for other in plan.rows if other.field.computed] if bound.row.field == "number" else []
    return tuple(type_ for key in keys for type_ in _types(_places(plan, key)))


def _types(places: list[tuple[Place, str]]) -> tuple[Type, ...]:
    nodes = [place.node.type.attribute(name) if name else place.node for place, name in places]
    return tuple(node.type for node in nodes if node is not None)
