"""Reads the outline of JSON documents from their JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapter.schema.cache import Content
from adapter.schema.files import SchemaError

VALUES = {"number": "decimal", "integer": "integer", "boolean": "boolean", "object": "none", "array": "none"}
FORMATS = {"date": "date", "date-time": "datetime"}
FACETS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "at_least",
    "maximum": "at_most",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
}
NOTED = ("title", "description", "$comment")


def read(path: Path) -> Content:
    """The outline of the schema; what it refers to must stand in the same file."""
    try:
        data = path.read_bytes()
        schema = json.loads(data, parse_float=Decimal)
    except OSError as error:
        raise SchemaError(f"{path.name} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise SchemaError(f"{path.name} is not JSON: {error}") from None
    reading = _Reading(schema, path.name)
    types, roots = reading.all()
    return Content({path.resolve(): data}, types, roots, lambda: reading.notes)


class _Reading:
    """One reading of a schema: subschemas are numbered as they are met, then told one after the other."""

    def __init__(self, schema: Any, name: str) -> None:
        self.schema, self.name = schema, name
        self.numbers: dict[int, int] = {}
        self.met: list[dict[str, Any]] = []
        self.notes: list[dict[str, str]] = []

    def all(self) -> tuple[list[Any], dict[str, Any]]:
        """The types and the one root in their stored form."""
        roots = {"": self.node("", self.schema, required=True)}
        types: list[Any] = []
        for subschema in self.met:  # grows while it is told
            types.append(self.type(subschema))
        return types, roots

    def node(self, name: str, subschema: Any, required: bool) -> list[Any]:
        """A property at its place; a list is told as what repeats in it."""
        noted = self.note(subschema)
        found = self.plain(subschema)
        at_least, many = int(required), False
        at_most: int | None = 1
        if _kind(found) == "array":
            at_least, at_most, many = found.get("minItems", int(required)) * int(required), found.get("maxItems"), True
            found = self.plain(found.get("items", {}))
        fixed = found.get("const")
        return [
            name, at_least, at_most, many, None, None, None, None if fixed is None else _text(fixed), None,
            self.number(found), noted,
        ]  # fmt: skip

    def plain(self, subschema: Any) -> dict[str, Any]:
        """The subschema with its references followed and its `allOf` merged."""
        merged: dict[str, Any] = {}
        for part in self.parts(subschema, ()):
            for keyword, value in part.items():
                known = merged.get(keyword)
                merged[keyword] = _merge(keyword, known, value) if known is not None else value
        return next((met for met in self.met if met == merged), merged)  # the same again is the same type

    def parts(self, subschema: Any, above: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """The subschema's own keywords and those of what it refers to."""
        if not isinstance(subschema, dict):
            return
        yield {keyword: value for keyword, value in subschema.items() if keyword not in ("$ref", "allOf", "$defs")}
        reference = subschema.get("$ref")
        if reference in above:
            raise SchemaError(f"{self.name}: {reference} refers to itself")
        if reference:
            yield from self.parts(self.target(reference), (*above, reference))
        for part in subschema.get("allOf", ()):
            yield from self.parts(part, above)

    def target(self, reference: str) -> Any:
        """What a reference points to."""
        found = self.schema
        try:
            if not reference.startswith("#"):
                raise KeyError(reference)
            for step in filter(None, reference[1:].split("/")):
                found = found[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise SchemaError(f"{self.name}: {reference} is not in the file") from None
        return found

    def number(self, subschema: dict[str, Any]) -> int:
        """The number of this type."""
        if id(subschema) not in self.numbers:
            self.numbers[id(subschema)] = len(self.met)
            self.met.append(subschema)
        return self.numbers[id(subschema)]

    def type(self, found: Mapping[str, Any]) -> list[Any]:
        """A type in its stored form."""
        kind = _kind(found)
        value = FORMATS.get(found.get("format", ""), VALUES.get(kind, "text"))
        required = found.get("required", ())
        children = [self.node(name, child, name in required) for name, child in found.get("properties", {}).items()]
        is_open = (
            kind == "object"
            and found.get("additionalProperties", found.get("unevaluatedProperties", True)) is not False
        )
        return [found.get("title", ""), value, _facets(found), [], children, [], is_open]

    def note(self, subschema: Any) -> int:
        """The number of what is written about the property."""
        written: dict[str, str] = {}
        for part in self.parts(subschema, ()):
            for keyword, text in part.items():
                if (keyword in NOTED or keyword.startswith("x-")) and isinstance(text, str):
                    written.setdefault("documentation" if keyword == "description" else keyword, text)
        if not written:
            return -1
        self.notes.append(written)
        return len(self.notes) - 1


def _kind(found: Mapping[str, Any]) -> str:
    kinds = found.get("type", "object" if "properties" in found else "")
    if isinstance(kinds, list):
        kinds = next((kind for kind in kinds if kind != "null"), "")
    return str(kinds)


def _merge(keyword: str, known: Any, value: Any) -> Any:
    if keyword == "properties":
        return {**value, **known}
    if keyword == "required":
        return [*known, *(name for name in value if name not in known)]
    return known


def _facets(found: Mapping[str, Any]) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    for keyword, name in FACETS.items():
        if keyword in found:
            told[name] = found[keyword] if "Length" in keyword else _text(found[keyword])
    if "pattern" in found:
        told["patterns"] = [found["pattern"]]
    if "enum" in found:
        told["enumeration"] = [_text(value) for value in found["enum"] if value is not None]
    step = found.get("multipleOf")
    if step is not None and Decimal(step).as_tuple().digits == (1,):
        told["fraction_digits"] = max(0, -int(Decimal(step).as_tuple().exponent))
    return told or None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str).strip('"')
