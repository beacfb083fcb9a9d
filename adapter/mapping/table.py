"""A table as its TOML says it, with what it inherits."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from adapter.mapping.codes import CodeList, code_list
from adapter.mapping.path import NAME, Path, TableError, parse_path
from adapter.messages import Kind

PREFIX = re.compile(NAME, re.ASCII)
URI = re.compile(r"[!-~]+")
Section = Literal["header", "fields"]
EVERY = "*"
"""The system of a table that serves every partner."""
GENERATIONS = 3
"""How many tables may stand in one line of `extends`."""
SECTIONS = ("namespaces", "header", "fields", "constants", "codes", "withheld")
SCALARS = frozenset(
    {"system", "message", "agreement", "direction", "version", "extends", "abstract", "schema", "root", "note"}
)


class Row(NamedTuple):
    """One row: a field of the hub and where it stands in the document."""

    section: Section
    field: str
    paths: tuple[Path, ...]
    """The first is read; the others are written too, and on reading must say the same."""
    convert: str | None = None
    codes: CodeList | None = None
    only: Literal["read", "write"] | None = None


class Table(NamedTuple):
    """One message of one system as rows, constants and what is withheld."""

    name: str
    """Where it was read: `partners/xx/certificate.toml`."""
    system: str
    """Code of the system, or `*` for a common table."""
    message: Kind
    version: str
    schema: str
    root: Path
    namespaces: Mapping[str, str]
    rows: tuple[Row, ...]
    constants: tuple[tuple[Path, str], ...]
    withheld: Mapping[str, str]
    agreement: str | None = None
    direction: Literal["in", "out"] | None = None

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefix of each namespace, the first where there are several."""
        return {uri: prefix for prefix, uri in reversed(list(self.namespaces.items()))}

    @property
    def common(self) -> bool:
        """Whether it serves every partner that has no table of its own for its message."""
        return self.name.startswith("common/")

    def knows(self, agreement: str | None) -> bool:
        """Whether it can say this agreement: its own, or one that its code list has or lets through."""
        if agreement is None or self.agreement:
            return agreement in (None, self.agreement)
        lists = (row.codes for row in self.rows if (row.section, row.field) == ("fields", "agreement"))
        return all(codes is None or not codes.closed or agreement in codes.texts for codes in lists)

    @property
    def is_json(self) -> bool:
        """Whether the document is JSON."""
        return self.schema.endswith(".json")


Fetch = Callable[[str, str], tuple[str, Mapping[str, Any]]]
"""Given a table's name and what it extends: the parent's name and its TOML."""


def load_table(name: str, toml: Mapping[str, Any], fetch: Fetch, lists: Mapping[str, CodeList]) -> Table | None:
    """The table with all it inherits; None for one that is only a parent. `lists` are the shared code lists."""
    flat = inherit(name, toml, fetch)
    if toml.get("abstract"):
        return None
    for needed in ("system", "message", "version", "schema", "root"):
        if needed not in flat:
            raise TableError(f"{name}: `{needed}` is missing")
    if flat["message"] not in list(Kind):
        raise TableError(f"{name}: message {flat['message']!r} is none of {', '.join(Kind)}")
    _check(name, flat)
    namespaces = None if flat["schema"].endswith(".json") else flat["namespaces"]
    codes = {**lists, **{key: code_list(key, rows, name) for key, rows in flat["codes"].items()}}
    own = {*toml.get("header", {}), *toml.get("fields", {})}
    try:
        root = parse_path(flat["root"], namespaces)
        return Table(
            name=name, system=flat["system"], message=Kind(flat["message"]), version=str(flat["version"]),
            schema=flat["schema"], root=root, namespaces=namespaces or {},
            rows=tuple(row for row in _rows(flat, namespaces, codes) if row.field in own or not _said(row, root)),
            constants=tuple((parse_path(key, namespaces), _text(text, key)) for key, text in flat["constants"].items()),
            withheld=flat["withheld"], agreement=flat.get("agreement"), direction=flat.get("direction"),
        )  # fmt: skip
    except TableError as error:
        raise TableError(f"{name}: {error}") from None


def inherit(name: str, toml: Mapping[str, Any], fetch: Fetch, line: tuple[str, ...] = ()) -> dict[str, Any]:
    """The TOML with its parents' under it: a child's row replaces its parent's of the same left side."""
    if name in line:
        raise TableError(f"{name}: extends goes in a circle: {' -> '.join((*line, name))}")
    if len(line) >= GENERATIONS:
        raise TableError(f"{name}: more than {GENERATIONS} tables in one line of extends: {' -> '.join((*line, name))}")
    unknown = set(toml) - SCALARS - set(SECTIONS)
    if flawed := [section for section in SECTIONS if not isinstance(toml.get(section, {}), Mapping)]:
        raise TableError(f"{name}: {', '.join(flawed)} must be a section, written [{flawed[0]}]")
    if unknown:
        known = f"{', '.join(sorted(SCALARS))}, [{'], ['.join(SECTIONS)}]"
        raise TableError(f"{name}: unknown {', '.join(sorted(unknown))}; known: {known}")
    flat: dict[str, Any] = {section: {} for section in SECTIONS}
    if "extends" in toml:
        parent, rows = fetch(name, str(toml["extends"]))
        flat = inherit(parent, rows, fetch, (*line, name))
    for section in SECTIONS:
        flat[section] = {**flat[section], **toml.get(section, {})}
    own, withheld = toml.get("fields", {}), toml.get("withheld", {})
    flat["fields"] = {field: row for field, row in flat["fields"].items() if field not in withheld or field in own}
    flat["withheld"] = {
        name: reason for name, reason in flat["withheld"].items() if name in withheld or not _within(name, own)
    }
    return {
        **flat,
        **{key: value for key, value in toml.items() if key not in SECTIONS and key not in ("extends", "abstract")},
    }


def _said(row: Row, root: Path) -> bool:
    """Whether a predicate of the root stands where an inherited row does: the predicate takes its place."""
    said = [[name] for step in root.steps[-1:] for name, _ in step.where]
    places = [
        [step.name for step in path.steps] + [f"@{path.attribute}"] * bool(path.attribute)
        for path in row.paths
        if not path.absolute
    ]
    return any(place in said for place in places)


def _within(name: str, fields: Mapping[str, Any]) -> bool:
    """Whether any of the fields is this one or lies below it: a child that maps it withholds it no longer."""
    return any(field == name or field.startswith((f"{name}.", f"{name}[]")) for field in fields)


def _check(name: str, flat: Mapping[str, Any]) -> None:
    """What becomes part of paths, of documents or of compiled code is what it must be, and nothing more."""
    for key in ("system", "version", "schema", "root"):
        if not isinstance(flat[key], str):
            raise TableError(f"{name}: `{key}` must be a text")
    if flat["schema"].startswith("/") or "\\" in flat["schema"] or ".." in flat["schema"].split("/"):
        raise TableError(f"{name}: schema {flat['schema']!r} must lie below xsd/")
    if flat.get("direction") not in (None, "in", "out"):
        raise TableError(f'{name}: direction {flat["direction"]!r} is neither "in" nor "out"')
    for prefix, uri in flat["namespaces"].items():
        if prefix and (not PREFIX.fullmatch(prefix) or prefix.lower().startswith("xml")):
            raise TableError(f"{name}: [namespaces] {prefix!r} is no prefix")
        if not isinstance(uri, str) or not URI.fullmatch(uri):
            raise TableError(f"{name}: [namespaces] {prefix!r} does not name a namespace")


def _rows(
    flat: Mapping[str, Any], namespaces: Mapping[str, str] | None, codes: Mapping[str, CodeList]
) -> Iterator[Row]:
    sections: tuple[Section, ...] = ("header", "fields")
    for section in sections:
        for field, said in flat[section].items():
            yield _row(section, field, {"path": said} if isinstance(said, str) else said, namespaces, codes)


def _row(
    section: Section,
    field: str,
    said: Mapping[str, Any],
    namespaces: Mapping[str, str] | None,
    codes: Mapping[str, CodeList],
) -> Row:
    several = said.get("path") if isinstance(said, Mapping) else None
    several = [several] if isinstance(several, str) else several
    only: Any = said.get("only") if isinstance(said, Mapping) else None
    listed_paths = isinstance(several, list) and bool(several) and all(isinstance(path, str) for path in several)
    if not listed_paths or set(said) - {"path", "as", "codes", "only"} or only not in (None, "read", "write"):
        raise TableError(f'row {field!r}: takes path, as, codes and only = "read" | "write"')
    listed = said.get("codes")
    if listed is not None and listed not in codes:
        raise TableError(f"row {field!r}: no code list {listed!r}; there are {', '.join(sorted(codes))}")
    paths = tuple(parse_path(path, namespaces) for path in several or ())
    return Row(section, field, paths, said.get("as"), codes[listed] if listed else None, only)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise TableError(f"constant {path!r} must be a text")
    return value
