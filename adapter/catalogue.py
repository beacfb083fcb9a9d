"""The catalogue: systems, agreements, tables and schemas, the user's own folder before the packaged one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from adapter.agreement import Agreement
from adapter.certificate import Part
from adapter.codes import Codes
from adapter.mapping.codes import CodeList, code_list
from adapter.mapping.mapping import Mapping as Compiled
from adapter.mapping.path import TableError
from adapter.mapping.plan import Plan, make_plan
from adapter.mapping.problems import problems
from adapter.mapping.table import Table, load_table
from adapter.messages import Kind
from adapter.schema import JsonSchema, Outline, Schema
from adapter.system import System

if TYPE_CHECKING:
    from adapter.mapping.lint import Proof

CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
SIDES = ("partners", "domestic")
AGREEMENTS = "mappings/agreements"
PACKAGED = Path(__file__).parent / "_data"
CHECKOUT = Path(__file__).parent.parent


class Unknown(LookupError):
    """A system, agreement or table that the catalogue does not have; says which there are."""


class Catalogue:
    """Everything that tables say, read when first asked for and compiled once."""

    def __init__(self, folders: tuple[Path, ...], cache: Path | None = None) -> None:
        self.folders = folders
        """Folders that hold mappings/, xsd/ and fixtures/, the first one winning."""
        self.cache = cache
        """Where schemas' outlines and tables' code are kept between runs; None for not at all."""
        self._system_by_code: dict[str, System] = {}
        self._tables: dict[str, Table | None] = {}
        self._tables_of: dict[tuple[str, Kind | None], tuple[Table, ...]] = {}
        self._writing: dict[tuple[str, Kind, str | None], Table] = {}
        self._compiled: dict[str, Compiled] = {}
        self._schemas: dict[str, Schema | JsonSchema] = {}

    @classmethod
    def open(cls, home: Path | str | None = None, cache: Path | None = None) -> "Catalogue":
        """The packaged catalogue under the user's own folder, if there is one."""
        packaged = PACKAGED if PACKAGED.is_dir() else CHECKOUT
        return cls((*([Path(home)] if home else ()), packaged), cache)

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """Every system by its code."""
        return {system.code: system for folder in self._system_folders() if (system := self._system(folder))}

    def system(self, code: str) -> System:
        """The system of this code; upper and lower case are one."""
        found = self._system_by_code.get(code)
        if found is None:
            folders = (f"{side}/{code.lower()}" for side in SIDES) if CODE.fullmatch(code) else ()
            found = next((system for folder in folders if (system := self._system(folder))), None)
            if found is None:
                raise Unknown(f"no system {code!r}; there are {', '.join(sorted(self.systems))}")
            self._system_by_code[code] = found
        return found

    @cached_property
    def agreements(self) -> Mapping[str, Agreement]:
        """Every agreement by its short name."""
        return {name.stem: self.agreement(name.stem) for name in self._list(AGREEMENTS)}

    def agreement(self, slug: str) -> Agreement:
        """The agreement of this short name."""
        return self._agreement(slug)

    @lru_cache(maxsize=256)  # noqa: B019 - a catalogue lives as long as its process
    def _agreement(self, slug: str) -> Agreement:
        path = self.find(f"{AGREEMENTS}/{slug}.toml")
        if path is None:
            known = ", ".join(name.stem for name in self._list(AGREEMENTS))
            raise Unknown(f"no agreement {slug!r}; there are {known}")
        return _model(Agreement, _toml(path), path)

    def tables(self, system: System, kind: Kind | None = None) -> tuple[Table, ...]:
        """The system's tables, those of certificates first; a table's file is named after its message."""
        wanted = (system.code, kind)
        if wanted not in self._tables_of:
            self._tables_of[wanted] = tuple(self._read_tables(system, [kind] if kind else list(Kind)))
        return self._tables_of[wanted]

    def _read_tables(self, system: System, kinds: list[Kind]) -> Iterator[Table]:
        folder = self._folder(system)
        files = self._list(f"mappings/{folder}")
        for kind in kinds:
            for path in files:
                if path.name.startswith(kind) and (table := self._table(f"{folder}/{path.name}")):
                    if table.system != system.code:
                        raise TableError(f"{table.name}: system {table.system!r} is not {system.code!r} of its folder")
                    yield table

    def table(self, system: System, kind: Kind, agreement: str | None) -> Table:
        """The table that writes this message for a system: the agreement's own before the common one."""
        wanted = (system.code, kind, agreement)
        if wanted not in self._writing:
            self._writing[wanted] = self._newest(system, kind, agreement)
        return self._writing[wanted]

    def _newest(self, system: System, kind: Kind, agreement: str | None) -> Table:
        tables = [table for table in self.tables(system, kind) if table.direction != "in"]
        own = [table for table in tables if table.agreement == agreement] if agreement else tables
        found = own or [table for table in tables if table.agreement is None]
        if not found:
            raise Unknown(
                f"{system.code} has no table to write a {kind}" + (f" under {agreement}" if agreement else "")
            )
        return max(found, key=lambda table: [int(part) for part in re.findall(r"[0-9]+", table.version)])

    def compiled(self, table: Table) -> Compiled:
        """The table's two functions, compiled once."""
        if table.name not in self._compiled:
            self._compiled[table.name] = Compiled(self.plan(table), self.cache)
        return self._compiled[table.name]

    def plan(self, table: Table) -> Plan:
        """The table bound to the hub and to its schema."""
        return make_plan(table, self.outline(table))

    def proofs(self, system: System) -> "Iterator[Proof]":
        """What is found in each of the system's tables; raises TableError for one that cannot be bound at all."""
        from adapter.mapping.lint import prove  # what serves messages proves no tables

        for slug in system.agreements:
            self.agreement(slug)
        for table in self.tables(system):
            yield prove(self.compiled(table).compile().plan)

    def outline(self, table: Table) -> Outline:
        """What the table's schema says."""
        return Outline.open(self._schema_path(table), self.cache)

    def schema(self, table: Table) -> Schema | JsonSchema:
        """The table's schema, opened once."""
        if table.schema not in self._schemas:
            path = self._schema_path(table)
            self._schemas[table.schema] = (JsonSchema if table.is_json else Schema).open(path, self.cache)
        return self._schemas[table.schema]

    @cached_property
    def codes(self) -> Codes:
        """What is known of international codes, with the ports of mappings/codes/ports.toml."""
        ports = self._lists.get("ports")
        return Codes(ports.texts if ports else None)

    def find(self, name: str) -> Path | None:
        """The file of this name, the user's own before the packaged one."""
        return next((path for folder in self.folders if (path := folder / name).is_file()), None)

    def _schema_path(self, table: Table) -> Path:
        path = self.find(f"xsd/{table.schema}")
        if path is None:
            raise TableError(f"{table.name}: no schema xsd/{table.schema} in {' or '.join(map(str, self.folders))}")
        return path

    def _table(self, name: str) -> Table | None:
        if name not in self._tables:
            path = self.find(f"mappings/{name}")
            if path is None:
                raise TableError(f"no table mappings/{name}")
            self._tables[name] = load_table(name, _toml(path), self._fetch, self._lists)
        return self._tables[name]

    def _fetch(self, child: str, parent: str) -> tuple[str, Mapping[str, Any]]:
        folder = child.rpartition("/")[0]
        if "/" in parent or "\\" in parent:
            raise TableError(f"{child}: extends {parent!r}: name a table of the same folder or of mappings/common")
        for name in (f"{folder}/{parent}.toml", f"common/{parent}.toml"):
            if path := self.find(f"mappings/{name}"):
                return name, _toml(path)
        raise TableError(f"{child}: extends {parent!r}, which is neither in mappings/{folder} nor in mappings/common")

    @cached_property
    def _lists(self) -> Mapping[str, CodeList]:
        """The code lists that any table may use."""
        files = self._list("mappings/codes")
        return {path.stem: code_list(path.stem, _toml(path), f"codes/{path.name}") for path in files}

    def _list(self, folder: str) -> list[Path]:
        """TOML files of a folder in all layers, by name, the first layer winning."""
        found: dict[str, Path] = {}
        for layer in self.folders:
            for path in sorted((layer / folder).glob("*.toml")):
                found.setdefault(path.name, path)
        return [found[name] for name in sorted(found)]

    def _system_folders(self) -> list[str]:
        names = {
            f"{side}/{path.parent.name}" for layer in self.folders for side in SIDES
            for path in (layer / "mappings" / side).glob("*/system.toml")
        }  # fmt: skip
        return sorted(names)

    def _folder(self, system: System) -> str:
        return f"{'domestic' if system.side == 'domestic' else 'partners'}/{system.code.lower()}"

    def _system(self, folder: str) -> System | None:
        path = self.find(f"mappings/{folder}/system.toml")
        system = _model(System, _toml(path), path) if path else None
        if system and (system.code.lower() != folder.rpartition("/")[2] or not CODE.fullmatch(system.code)):
            raise TableError(f"{folder}/system.toml: code {system.code!r} is not the name of its folder")
        if system and not system.agreements and system.side == "domestic":
            return system.model_copy(update={"agreements": tuple(name.stem for name in self._list(AGREEMENTS))})
        return system


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise TableError(f"{path.name}: not TOML that can be read: it is nested too deep") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{path.name}: not TOML: {error}") from None


M = TypeVar("M", bound=Part)


def _model(model: type[M], values: Mapping[str, Any], path: Path) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        said = "; ".join(f"{field} {message}" for field, _, _, message, _ in problems(error, model))
        raise TableError(f"{path.name}: {said}") from None
