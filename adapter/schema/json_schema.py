"""JSON documents against their JSON Schema; the codes are those of XML."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from adapter.schema.faults import MESSAGES, MOST_FAULTS, Fault, allowed, listed
from adapter.schema.files import SchemaError
from adapter.schema.outline import Outline

CODES = {
    "required": "XSD-MISSING",
    "minItems": "XSD-MISSING",
    "minProperties": "XSD-MISSING",
    "contains": "XSD-MISSING",
    "additionalProperties": "XSD-UNEXPECTED",
    "unevaluatedProperties": "XSD-UNEXPECTED",
    "propertyNames": "XSD-UNEXPECTED",
    "maxItems": "XSD-UNEXPECTED",
    "maxProperties": "XSD-UNEXPECTED",
    "additionalItems": "XSD-UNEXPECTED",
    "minLength": "XSD-LENGTH",
    "maxLength": "XSD-LENGTH",
    "pattern": "XSD-PATTERN",
    "enum": "XSD-ENUMERATION",
    "const": "XSD-ENUMERATION",
    "multipleOf": "XSD-DIGITS",
    "minimum": "XSD-RANGE",
    "maximum": "XSD-RANGE",
    "exclusiveMinimum": "XSD-RANGE",
    "exclusiveMaximum": "XSD-RANGE",
    "type": "XSD-TYPE",
    "format": "XSD-TYPE",
}
"""The schema's keyword -> our code; any other is XSD-OTHER."""


class JsonSchema:
    """A JSON Schema, ready to judge documents from any thread."""

    def __init__(self, path: Path, cache: Path | None = None) -> None:
        import jsonschema_rs  # 10 ms that only JSON documents cost

        self._path, self._cache = path, cache
        try:
            schema = json.loads(path.read_bytes())
            # Nothing is fetched: what a schema refers to stands in its own file.
            self._judge = jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
        except OSError as error:
            raise SchemaError(f"{path.name} cannot be read: {error.strerror}") from None
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise SchemaError(f"{path.name}: {error}") from None

    @classmethod
    def open(cls, path: Path, cache: Path | None = None) -> "JsonSchema":
        """Compile the schema; raises SchemaError for one that cannot be used."""
        return cls(path, cache)

    @cached_property
    def outline(self) -> Outline:
        """What the schema says, read when first asked for."""
        return Outline.open(self._path, self._cache)

    def faults(self, document: dict[str, Any]) -> list[Fault]:
        """What is wrong with the document; nothing if it is valid."""
        if self._judge.is_valid(document):
            return []
        faults: dict[object, Fault] = {}
        for error in self._judge.iter_errors(document):
            for fault in self._told(error):
                faults.setdefault((fault.code, fault.steps), fault)
            if len(faults) >= MOST_FAULTS:
                break
        return list(faults.values())[:MOST_FAULTS]

    def _told(self, error: Any) -> list[Fault]:
        keyword = error.kind.name
        code = CODES.get(keyword, "XSD-OTHER")
        above = _steps(error.instance_path)
        if keyword == "required":
            name = str(error.kind.property)
            return [Fault(code, MESSAGES[code], f"property {name}", steps=(*above, (name, 0)))]
        if keyword in ("additionalProperties", "unevaluatedProperties"):
            told = self._names(above)
            return [Fault(code, MESSAGES[code], told, steps=(*above, (name, 0))) for name in error.kind.unexpected]
        return [Fault(code, MESSAGES[code], self._allowed(keyword, code, error, above), steps=above)]

    def _allowed(self, keyword: str, code: str, error: Any, steps: tuple[tuple[str, int], ...]) -> str | None:
        if keyword in ("minItems", "maxItems"):
            return f"at {'least' if keyword == 'minItems' else 'most'} {error.kind.as_dict()['limit']} items"
        node = self.outline.find([name for name, _ in steps])
        if node and node.fixed is not None and keyword == "const":
            return f"exactly {node.fixed}"
        if node and keyword == "type" and node.many and isinstance(error.instance_path[-1], str):
            return "a list"
        return allowed(code, node.type if node else None)

    def _names(self, steps: tuple[tuple[str, int], ...]) -> str | None:
        node = self.outline.find([name for name, _ in steps])
        return f"property {listed(child.name for child in node.type.children)}" if node else None


def _steps(path: list[str | int]) -> tuple[tuple[str, int], ...]:
    steps: list[tuple[str, int]] = []
    for part in path:
        if isinstance(part, str):
            steps.append((part, 0))
        elif steps:
            steps[-1] = (steps[-1][0], part)
    return tuple(steps)
