"""What a file or setting of ours is refused for, in our words: where, what, what is allowed; never the value.

Values may be half a password, and the engine's own words tell of its insides.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

WORDS = {
    "missing": ("is missing", None),
    "extra_forbidden": ("is no key of this table", None),
    "literal_error": ("is none of its words", "{expected}"),
    "enum": ("is none of its words", "{expected}"),
    "bool_type": ("is not yes or no", "true or false"),
    "bool_parsing": ("is not yes or no", "true or false"),
    "int_type": ("is not a whole number", None),
    "int_parsing": ("is not a whole number", None),
    "int_from_float": ("is not a whole number", None),
    "float_type": ("is not a number", None),
    "float_parsing": ("is not a number", None),
    "greater_than": ("is out of range", "more than {gt:g}"),
    "greater_than_equal": ("is out of range", "at least {ge:g}"),
    "less_than_equal": ("is out of range", "at most {le:g}"),
    "string_type": ("is no text", "text in quotes"),
    "string_too_short": ("is empty", None),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "string_pattern_mismatch": ("does not have the form that it must have", None),
    "character": ("has a character that text may not have", None),
    "number": ("is not a number", None),
    "digits": ("has too many digits", None),
    "range": ("is out of range", None),
    "too_short": ("has no element", None),
    "date_type": ("is no day", "a day like 2026-01-31"),
    "date_parsing": ("is no day", "a day like 2026-01-31"),
    "date_from_datetime_parsing": ("is no day", "a day like 2026-01-31"),
    "path_type": ("is no path", "a path in quotes"),
    "timezone_aware": ("does not say its time zone", "a moment like 2026-01-31T00:00:00Z"),
    "datetime_type": ("is no moment", "a moment like 2026-01-31T00:00:00Z"),
    "datetime_parsing": ("is no moment", "a moment like 2026-01-31T00:00:00Z"),
    "datetime_from_date_parsing": ("is no moment", "a moment like 2026-01-31T00:00:00Z"),
    "model_type": ("is no table", "a table, with keys of its own"),
    "dict_type": ("is no table", "a table, with keys of its own"),
    "tuple_type": ("is no list", "a list: [ ... ], or tables under [[ ... ]]"),
}


ENGINES = ("constrained-str", "chain[", "[key]")
"""The engine's own words for the way it measures a text or a key."""


def refusals(error: ValidationError, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Each place that is refused, once, its tables and key with dots between, and what is wrong with it."""
    told: dict[tuple[str | int, ...], Any] = {}
    for said in error.errors(include_url=False):
        place = tuple(name for name in said["loc"] if not str(name).startswith(ENGINES))
        told[place] = said  # a text is measured in two ways; the last says why
    return [(".".join(map(str, place)), _words(said, place, model)) for place, said in told.items()]


def _words(said: Any, place: Sequence[int | str], model: type[BaseModel]) -> str:
    if said["type"] == "value_error":
        return str(said["ctx"]["error"])  # a check of our own: it names keys, and no values
    what, form = WORDS.get(said["type"], ("has a value that it cannot have", None))
    part, name = _part(model, place[:-1]), str(place[-1] if place else "")
    allowed = form.format(**said.get("ctx", {})) if form else _known(said["type"], part, name)
    return f"{what}; allowed: {allowed}" if allowed else what


def _known(type: str, part: type[BaseModel], name: str) -> str | None:
    """What its table allows where the complaint does not say: the keys that it has, or what its key looks like."""
    if type == "extra_forbidden":
        return ", ".join(sorted(part.model_fields))
    examples = part.model_fields[name].examples if name in part.model_fields else None
    return str(examples[0]) if examples else None


def _part(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """The table that this place names: places in a list and names of partners lead to no other."""
    for name in loc:
        if isinstance(name, str) and name in model.model_fields:
            model = next(_models(model.model_fields[name].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
