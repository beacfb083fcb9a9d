"""Values of one field: those that its place in the document admits, and those that only the hub admits."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from candidates import candidates
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from adapter.certificate import Criterion, match_key
from adapter.mapping.fields import unwrap
from adapter.mapping.plan import Bound
from adapter.schema.model import Type
from adapter.text import normal

ANY = r"[^\s].*"
"""The pattern of a text that does not begin with a blank."""
LETTERS = "Aaz09.,-/()&<>\"']é\u0141ßЖ가힣國\u0303\U0001f6a2 "


def annotation(model: type[BaseModel], path: str) -> Any:
    """The field's type with its bounds, as pydantic knows it."""
    here: Any = model
    for name in path.removesuffix("[]").split("."):
        info = unwrap(here)[0].model_fields[name.removesuffix("[]")]
        here = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return here


@dataclass(frozen=True)
class Value:
    """One row's values: what the hub says of them, and the schema at every path where they are written."""

    bound: Bound
    model: type[BaseModel]
    types: tuple[Type, ...]
    is_json: bool
    keys: tuple[Type, ...] = ()
    """Where the match key is written that is made from this value."""

    def __repr__(self) -> str:
        return f"<{self.bound.row.field}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    @cached_property
    def hub(self) -> TypeAdapter[Any]:
        return TypeAdapter(annotation(self.model, self.bound.field.path))

    @cached_property
    def shape(self) -> dict[str, Any]:
        """The hub's bounds as JSON Schema says them."""
        said = self.hub.json_schema(mode="serialization")
        said = said.get("items", said)
        return next((one for one in said.get("anyOf", []) if one.get("type") != "null"), said)

    @property
    def kind(self) -> str:
        return self.bound.field.type

    def held(self, value: Any) -> bool:
        """Whether the hub holds this value, and exactly as it is."""
        if isinstance(value, Criterion):
            return True
        wrapped = (value,) if self.bound.field.path.endswith("[]") else value
        try:
            return bool(self.hub.validate_python(wrapped) == wrapped)
        except ValidationError:
            return False

    def written(self, value: Any) -> str | None:
        """The document's text; None where the pair refuses the value."""
        try:
            return self.bound.pair.write(value)
        except ValueError:
            return None

    def admitted(self, value: Any) -> bool:
        """Whether every place it is written at admits its text."""
        text = self.written(value)
        if text is None:
            return self.bound.row.convert == "yes"
        return all(fits(type_, text, self.is_json) for type_ in self.types)

    def good(self, value: Any) -> bool:
        keyed = all(fits(type_, match_key(value), self.is_json) for type_ in self.keys)
        return keyed and self.held(value) and self.admitted(value)

    def beyond(self, value: Any) -> bool:
        keyless = bool(self.keys) and not match_key(value)
        return self.held(value) and not self.admitted(value) and not keyless

    @property
    def takes_any_text(self) -> bool:
        """Whether neither side asks more of a text than its length."""
        patterns = {pattern for type_ in self.types for pattern in type_.facets.patterns} - {ANY}
        bound = self.bound
        return bound.field.type == "text" and not (
            patterns or "pattern" in self.shape or bound.row.codes or bound.field.choices
        )

    @cached_property
    def longest(self) -> int:
        """The longest text that both sides admit."""
        bounds = [type_.facets.max_length for type_ in self.types] + [self.shape.get("maxLength")]
        return min([4_000, *(bound for bound in bounds if bound is not None)])

    @cached_property
    def examples(self) -> tuple[Any, ...]:
        """Good values worth trying, all of them different."""
        listed = [text for type_ in self.types for text in type_.facets.enumeration] if self.kind == "text" else []
        tried = [*candidates(self.bound, self.longest), *listed]
        return tuple(dict.fromkeys(value for value in tried if self.good(value)))

    @cached_property
    def outside(self) -> tuple[Any, ...]:
        """Values that the hub admits and this document does not."""
        return tuple(dict.fromkeys(value for value in candidates(self.bound, self.longest) if self.beyond(value)))

    @cached_property
    def strategy(self) -> st.SearchStrategy[Any]:
        """Good values, the examples first."""
        known = st.sampled_from(self.examples)
        free = self.any.filter(self.good) if _free(self) else st.nothing()
        return st.one_of(known, free) if _free(self) else known

    @cached_property
    def several(self) -> st.SearchStrategy[list[Any]]:
        """One to three of them."""
        return st.lists(self.strategy, min_size=1, max_size=3)

    @cached_property
    def any(self) -> st.SearchStrategy[Any]:
        """Any value of its kind that the hub may hold."""
        return FREE[self.kind]


def fits(type_: Type, text: str, is_json: bool) -> bool:
    """Whether a schema's simple type admits a text: the facets looked at one by one, apart from the engines."""
    facets = type_.facets
    if type_.value in ("decimal", "integer"):
        return _fits_number(type_, Decimal(text)) if re.fullmatch(r"\d+(\.\d+)?", text) else False
    if type_.value == "date" and not is_json:
        return True
    if type_.value == "datetime" and not is_json:
        moment = datetime.fromisoformat(text)
        offset = moment.utcoffset() or timedelta()
        return abs(offset) <= timedelta(hours=14) and not offset.seconds % 60 and not offset.microseconds
    length = len(text)
    find = re.search if is_json else re.fullmatch
    return (
        (facets.min_length is None or length >= facets.min_length)
        and (facets.max_length is None or length <= facets.max_length)
        and all(find(pattern, text) for pattern in facets.patterns)
        and (not facets.enumeration or text in facets.enumeration)
    )


def _fits_number(type_: Type, number: Decimal) -> bool:
    facets = type_.facets
    _, digits, exponent = number.normalize().as_tuple()
    decimals = max(-int(exponent), 0)
    whole = max(len(digits) + int(exponent), 0)
    return (
        (facets.total_digits is None or max(whole + decimals, 1) <= facets.total_digits)
        and (facets.fraction_digits is None or decimals <= facets.fraction_digits)
        and (facets.at_least is None or number >= Decimal(facets.at_least))
        and (facets.at_most is None or number <= Decimal(facets.at_most))
        and (type_.value != "integer" or not decimals)
    )


def _free(value: Value) -> bool:
    """Whether values of its kind, freely made, mostly fit."""
    if value.kind == "text":
        return value.takes_any_text
    return value.bound.row.codes is None and value.kind in ("number", "integer", "day", "moment")


def _text(made: str) -> str:
    return normal(made) or "A"


def _instant(day: date, second: int, offset: int) -> datetime:
    moment = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=offset)))
    return moment + timedelta(seconds=second)


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FREE: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.sampled_from(LETTERS), min_size=1, max_size=40).map(_text),
    "number": st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False),
    "integer": st.integers(0, 99_999),
    "flag": st.booleans(),
    "day": DAYS,
    "moment": st.builds(_instant, DAYS, st.integers(0, 86_399), st.sampled_from([0, 540, 420, 480, 330, -300])),
}
