"""What the hub's model refuses, in our words: field, code, message, what was allowed; never the value."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from adapter.mapping.fields import unwrap
from adapter.text import DECIMALS, WHOLE_DIGITS

Problem = tuple[str, tuple[int, ...], str, str, str | None]
"""Field with places filled in, the places, code, message, what was allowed."""

WORDS = {
    "missing": ("HUB-MISSING", "is missing"),
    "extra_forbidden": ("HUB-UNKNOWN", "is not a field of ours"),
    "string_too_long": ("HUB-LENGTH", "is too long"),
    "string_too_short": ("HUB-EMPTY", "is empty"),
    "too_short": ("HUB-EMPTY", "has no element"),
    "string_pattern_mismatch": ("HUB-FORM", "does not have the form it must have"),
    "literal_error": ("HUB-CODE", "is none of our words"),
    "enum": ("HUB-CODE", "is none of our words"),
    "character": ("HUB-CHARACTER", "has a character that text may not have"),
    "number": ("HUB-VALUE", "is not a number"),
    "digits": ("HUB-DIGITS", "has too many digits"),
    "range": ("HUB-RANGE", "is out of range"),
}
ALLOWED = {
    "max_length": "at most {} characters",
    "min_length": "at least {}",
    "pattern": "{}",
    "expected": "{}",
    "max_digits": "at most {} digits",
    "decimal_places": "at most {} decimals",
    "ge": "at least {}",
    "le": "at most {}",
}


def problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Each field that a model refuses, once, with what was allowed."""
    told: dict[str, tuple[tuple[int, ...], Any]] = {}
    for said in error.errors(include_url=False):
        names = _names(said["loc"], model)
        field = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names).removeprefix(".")
        # A text is measured in two ways; the last says why.
        told[field] = tuple(name for name in names if isinstance(name, int)), said
    for field, (places, said) in told.items():
        if said["type"] == "too_short" and any(inner.startswith(f"{field}[") for inner in told):
            continue  # a list of bad elements only seems empty
        if said["input"] is None:
            yield field, places, *WORDS["missing"], None
            continue
        code, message = WORDS.get(said["type"], ("HUB-VALUE", "has a value that it cannot have"))
        yield field, places, code, message, _allowed(said)


def _names(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[int | str]:
    """The place of an error without the engine's own words for the branch of a union."""
    known = set(_all_names(model))
    return [name for name in loc if isinstance(name, int) or name in known]


def _all_names(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield name
        inner = unwrap(info.annotation)[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _all_names(inner)


def _allowed(said: Any) -> str | None:
    context = said.get("ctx", {})
    if said["type"] == "digits":
        return f"up to {WHOLE_DIGITS} digits and {DECIMALS} decimals"
    return next((form.format(context[name]) for name, form in ALLOWED.items() if name in context), None)
