"""The places that a table's rows name: a field of the hub on the left, a path of the document on the right."""

import re
from collections.abc import Mapping
from typing import NamedTuple

NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*"
QNAME = rf"(?:{NAME}:)?{NAME}"
STEP = re.compile(rf"(?P<name>{QNAME})(?P<many>\[\])?(?P<where>(?:\[@?{QNAME}='[^'\[\]]*'\])*)")
WHERE = re.compile(rf"\[(@?{QNAME})='([^'\[\]]*)'\]")
ALONE = re.compile(rf"(?:\[{QNAME}='[^'\[\]]*'\])+")
FIELD = re.compile(r"[a-z][a-z0-9_]*(?:\[\])?(?:\.[a-z][a-z0-9_]*(?:\[\])?)*")


class TableError(Exception):
    """A table that cannot be used as it stands: says which file, which row, and what to change."""


class Step(NamedTuple):
    """One step down the document: a child's name, whether it repeats, and what selects it among its like."""

    name: str
    many: bool = False
    where: tuple[tuple[str, str], ...] = ()
    """Pairs of a child's name or `@attribute` and the text it must have."""


class Path(NamedTuple):
    """A place in a document: steps from the root element or from the table's root, and perhaps an attribute."""

    text: str
    steps: tuple[Step, ...]
    attribute: str | None = None
    absolute: bool = False


def parse_path(text: str, namespaces: Mapping[str, str] | None) -> Path:
    """Reads a path; names come out in Clark notation for XML, as they are for JSON (no namespaces)."""
    rest, absolute = (text[1:], True) if text.startswith("/") else (text, False)
    parts = _split(rest)
    if text and not all(parts):
        raise TableError(f"path {text!r} has an empty step")
    attribute = None
    if parts and re.fullmatch(f"@{QNAME}", parts[-1]):
        attribute = _clark(parts.pop()[1:], namespaces, attribute=True, path=text)
    steps = tuple(_step(part, namespaces, text) for part in parts)
    if not steps and not attribute and text:
        raise TableError(f"path {text!r} has no step")
    return Path(text, steps, attribute, absolute)


def _split(text: str) -> list[str]:
    """Parts between slashes, not counting those in a predicate's quotes."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "/" and not depth:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]] if text else []


def _step(part: str, namespaces: Mapping[str, str] | None, path: str) -> Step:
    found = STEP.fullmatch(part)
    if not found:
        if namespaces is None and ALONE.fullmatch(part):
            return Step("", where=tuple(WHERE.findall(part)))  # predicates on a JSON document itself
        raise TableError(f"path {path!r}: step {part!r} is not a name with `[]` or `[name='value']`")
    where = tuple(
        (
            "@" + _clark(name[1:], namespaces, True, path)
            if name.startswith("@")
            else _clark(name, namespaces, False, path),
            value,
        )
        for name, value in WHERE.findall(found["where"])
    )
    return Step(_clark(found["name"], namespaces, False, path), bool(found["many"]), where)


def _clark(name: str, namespaces: Mapping[str, str] | None, attribute: bool, path: str) -> str:
    prefix, _, local = name.rpartition(":")
    if namespaces is None:
        if prefix:
            raise TableError(f"path {path!r}: a JSON property has no prefix ({name!r})")
        return local
    if prefix not in namespaces:
        if not prefix:
            return local
        raise TableError(f"path {path!r}: prefix {prefix!r} is not in [namespaces]")
    if not prefix and attribute:
        return local  # an attribute without prefix is in no namespace
    return f"{{{namespaces[prefix]}}}{local}"
