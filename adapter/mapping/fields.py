"""The hub's fields as a table's left side names them: `items[].gross_weight.value`."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adapter.certificate import Privacy
from adapter.mapping.path import FIELD, TableError

Type = Literal["text", "number", "integer", "flag", "day", "moment", "part"]


class Level(NamedTuple):
    """One name on the way to a field."""

    name: str
    many: bool
    optional: bool
    """Whether it may be absent (None)."""
    defaulted: bool
    """Whether leaving it out gives a default other than None."""


class Field(NamedTuple):
    """A field of the hub and how it is reached."""

    path: str
    levels: tuple[Level, ...]
    type: Type
    choices: tuple[str, ...] = ()
    private: Privacy | None = None
    computed: bool = False
    """A property of the model: it can be written, never read."""

    @property
    def lists(self) -> tuple[str, ...]:
        """Paths of the lists that the field stands in, outermost first, each ending in `[]`."""
        names = self.path.split(".")
        return tuple(".".join(names[: place + 1]) for place, level in enumerate(self.levels) if level.many)

    def below(self, scope: str) -> tuple[Level, ...]:
        """The levels below the list that a scope walks; all of them for the scope of the whole content."""
        return self.levels[depth(scope) :]


def depth(path: str) -> int:
    """How many levels a field's path has."""
    return path.count(".") + 1 if path else 0


def field(model: type[BaseModel], path: str) -> Field:
    """The model's field at this path; an unknown name or a missing or extra `[]` is a TableError."""
    if not FIELD.fullmatch(path):
        raise TableError(f"field {path!r} is not a dotted name")
    levels: list[Level] = []
    private: Privacy | None = None
    here: Any = model
    for name in path.split("."):
        plain = name.removesuffix("[]")
        if not (isinstance(here, type) and issubclass(here, BaseModel)):
            raise TableError(f"field {path!r}: there is nothing below {'.'.join(level.name for level in levels)!r}")
        own = _own(here, plain)
        if own is None:
            if isinstance(getattr(here, plain, None), property):
                return Field(path, (*levels, Level(plain, False, True, False)), "text", private=private, computed=True)
            raise TableError(f"field {path!r}: {here.__name__} has no {plain!r}; it has {', '.join(here.model_fields)}")
        here, level, marked = own
        private = private or marked
        if level.many != name.endswith("[]"):
            raise TableError(f"field {path!r}: {plain!r} is {'a list: write' if level.many else 'no list: drop'} `[]`")
        levels.append(level)
    return Field(path, tuple(levels), _type(here), _choices(here), private)


@cache
def _own(model: type[BaseModel], name: str) -> tuple[Any, Level, Privacy | None] | None:
    """What the model's own field holds, how it is reached, and its mark; None for a name that is none of its fields."""
    info = model.model_fields.get(name)
    if info is None:
        return None
    inner, many, optional = unwrap(info.annotation)
    return inner, Level(name, many, optional, not info.is_required() and info.default is not None), mark(info)


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Paths of all fields that hold a value of their own, parts unfolded."""
    for name, info in model.model_fields.items():
        inner, many, _ = unwrap(info.annotation)
        path = f"{prefix}{name}{'[]' if many else ''}"
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from leaves(inner, f"{path}.")
        else:
            yield path


def private_fields(model: type[BaseModel]) -> dict[str, Privacy]:
    """The model's personal and confidential fields, by their paths."""
    found = {path: field(model, path).private for path in leaves(model)}
    return {path: private for path, private in found.items() if private}


def mark(info: FieldInfo) -> Privacy | None:
    """The field's privacy mark, also where it stands inside an optional."""
    marks = [found for found in info.metadata if isinstance(found, Privacy)]
    return marks[0] if marks else _inner_mark(info.annotation)


def unwrap(annotation: Any) -> tuple[Any, bool, bool]:
    """The annotation's own type, whether it is a list, and whether it may be None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return unwrap(get_args(annotation)[0])
    if origin in (Union, UnionType):
        inner = next(argument for argument in get_args(annotation) if argument is not type(None))
        return (*unwrap(inner)[:2], True)
    if origin is tuple:
        return unwrap(get_args(annotation)[0])[0], True, False
    return annotation, False, False


def _inner_mark(annotation: Any) -> Privacy | None:
    marks = [found for found in getattr(annotation, "__metadata__", ()) if isinstance(found, Privacy)]
    return marks[0] if marks else next((found for inner in get_args(annotation) if (found := _inner_mark(inner))), None)


def _type(annotation: Any) -> Type:
    if get_origin(annotation) is Literal:
        return "text"
    named: dict[type, Type] = {bool: "flag", int: "integer", Decimal: "number", datetime: "moment", date: "day"}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "part"
    return next(
        (name for kind, name in named.items() if isinstance(annotation, type) and issubclass(annotation, kind)), "text"
    )


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return tuple(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(annotation)
    return ()
