"""Contents of the hub made for any table: within what its document admits, and beyond it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel
from scopes import Leaf, Scope

from adapter.certificate import Part
from adapter.mapping.fields import Level, depth, unwrap
from adapter.messages import Header

Values = dict[str, Any]
COUNTS = (1, 2, 3, 20, 21, 60)


@st.composite
def contents(draw: st.DrawFn, scope: Scope, counts: tuple[int, ...] = COUNTS) -> Part:
    """Generator A: a content, or a header, that the table's document can hold."""
    return complete(scope, draw(elements(scope, counts)))


def complete(scope: Scope, values: Values) -> Part:
    """The content of these values, under the table's own agreement if it has one."""
    plan = scope.plan
    if plan.agreed and scope.model is not Header:
        values = {**values, "agreement": plan.table.agreement}
    made: Part = scope.model.model_validate(_with_parts(scope.model, values))  # type: ignore[assignment]
    return made


def _with_parts(model: type[BaseModel], values: Values) -> Values:
    """The values with every part that must be there, though all its own fields may be absent."""
    for name, inner, is_needed in _parts(model):
        if is_needed:
            values.setdefault(name, {})
        held = values.get(name)
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict):
                _with_parts(inner, one)
    return values


@cache
def _parts(model: type[BaseModel]) -> tuple[tuple[str, type[BaseModel], bool], ...]:
    """The model's fields that are parts or lists of them: name, model, and whether it cannot be without it."""
    unwrapped = ((name, info, *unwrap(info.annotation)) for name, info in model.model_fields.items())
    return tuple(
        (name, inner, info.is_required() and not many)
        for name, info, inner, many, _ in unwrapped
        if isinstance(inner, type) and issubclass(inner, BaseModel)
    )


@cache
@st.composite
def elements(draw: st.DrawFn, scope: Scope, counts: tuple[int, ...]) -> Values:
    """The values of one element of a list, or of the content as a whole."""
    bits = draw(_bits(len(scope.optional)))
    chosen = {path for nth, path in enumerate(scope.optional) if bits >> nth & 1}
    values: Values = {}
    for path in sorted(scope.closed(set(scope.always) | chosen)):
        leaf = scope.leaves[path]
        put(values, leaf.levels, draw(_element_values(scope, leaf, counts)))
    return values


def _element_values(scope: Scope, leaf: Leaf, counts: tuple[int, ...]) -> st.SearchStrategy[Any]:
    if leaf.value is None:
        return lists(scope.inner[leaf.path], counts if leaf.path == "items[]" else (1, 2))
    return leaf.value.several if leaf.path.endswith("[]") else leaf.value.strategy


@cache
def _bits(optional: int) -> st.SearchStrategy[int]:
    """A bit for each thing that may be there: none set, all of them, or any."""
    return st.one_of(st.just(0), st.just(-1), st.integers(0, 2**optional - 1))


@cache
@st.composite
def lists(draw: st.DrawFn, scope: Scope, counts: tuple[int, ...]) -> list[Values]:
    """A list of so many elements: two are made, the others take turns between their values."""
    count = draw(_one_of(counts))
    made = [draw(elements(scope, counts)) for _ in range(min(count, 2))]
    return [numbered({**made[nth % len(made)]}, nth) for nth in range(count)]


def numbered(values: Values, nth: int) -> Values:
    """An element with a number of its own, where its kind has one."""
    return {**values, "number": nth + 1} if isinstance(values.get("number"), int) else values


def put(values: Values, levels: tuple[Level, ...], value: Any) -> None:
    """Puts a value at the end of these names."""
    for level in levels[:-1]:
        values = values.setdefault(level.name, {})
    values[levels[-1].name] = value


def full(scope: Scope, count: int, turn: int = 0) -> Part:
    """Every optional field there, with values taken in turn from each field's examples."""
    return complete(scope, _full(scope, count, turn))


def _full(scope: Scope, count: int, turn: int) -> Values:
    values: Values = {}
    for nth, (path, leaf) in enumerate(scope.leaves.items()):
        if leaf.value is None:
            inner, many = scope.inner[path], count if path == "items[]" else 2
            put(values, leaf.levels, [numbered(_full(inner, count, turn + item), item) for item in range(many)])
        else:
            examples = leaf.value.examples
            example = examples[(turn + nth) % len(examples)]
            put(values, leaf.levels, [example] if path.endswith("[]") else example)
    return values


Where = tuple[Scope, Leaf, tuple[int, ...]]
"""A leaf, the scope it stands in, and a number for each list on the way."""


def leaves(scope: Scope, element: int = 1, numbers: tuple[int, ...] = ()) -> Iterator[Where]:
    """Every value of the content, taken from the element of this number in each list."""
    for path, leaf in scope.leaves.items():
        if leaf.value is None:
            yield from leaves(scope.inner[path], element, (*numbers, element))
        else:
            yield scope, leaf, (*numbers, element) if path.endswith("[]") else numbers


_one_of = cache(st.sampled_from)


@st.composite
def beyond(draw: st.DrawFn, scope: Scope) -> tuple[Part, Where]:
    """Generator B: everything is there, and one value of it is more than the document admits."""
    values = _full(scope, 3, draw(st.integers(0, 30)))
    places = [where for where in leaves(scope, draw(st.integers(0, 1))) if where[1].value and where[1].value.outside]
    where = draw(st.sampled_from(places))
    assert where[1].value
    replace(values, where, draw(st.sampled_from(where[1].value.outside)))
    return complete(scope, values), where


def replace(values: Values, where: Where, value: Any) -> None:
    """Puts a value in the place of the one that is there."""
    _, leaf, numbers = where
    left, here = list(numbers), values
    *above, last = leaf.path.split(".")
    for name in above:
        inner = here[name.removesuffix("[]")]
        here = inner[left.pop(0)] if name.endswith("[]") else inner
    if last.endswith("[]"):
        here[last.removesuffix("[]")] = [*here[last.removesuffix("[]")][:1] * left[0], value]
    else:
        here[last] = value


def lacking(scope: Scope) -> Iterator[tuple[Part, str]]:
    """Contents that lack, one at a time, a part that the hub may lack and the document may not; with its path."""
    for within, leaf, numbers in leaves(scope):
        level = next((nth for nth, level in enumerate(leaf.levels) if level.optional), None)
        if level is None or leaf.path not in within._asked(within.place, each=True):
            continue
        values = _full(scope, 3, 0)
        left, here = list(numbers), values
        names = leaf.path.split(".")[: depth(within.path) + level + 1]
        for name in names[:-1]:
            inner = here[name.removesuffix("[]")]
            here = inner[left.pop(0)] if name.endswith("[]") else inner
        del here[names[-1]]
        yield complete(scope, values), ".".join(names)
