"""The catalogue: systems, agreements, tables and schemas, the user's own folder before the packaged one."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.agreement import Agreement
from adapter.codes import Codes
from adapter.folders import read_model, read_toml, toml_files, topmost
from adapter.mapping.mapping import Mapping as Compiled
from adapter.mapping.path import TableError
from adapter.mapping.plan import Plan, make_plan
from adapter.mapping.table import Table
from adapter.messages import Kind
from adapter.parameters import Register
from adapter.schema import JsonSchema, Outline, Schema
from adapter.serving import choose
from adapter.system import System
from adapter.tables import Tables

if TYPE_CHECKING:
    from adapter.mapping.lint import Proof

CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
SIDES = ("partners", "domestic")
AGREEMENTS, REGISTERS = "mappings/agreements", "mappings/registers"
REMEMBERED = 1_000
"""Tables found for a message and a day that are kept; a process that runs for years sees many days."""
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
        self._tables = Tables(folders)
        self._writing: dict[tuple[str, Kind, str | None, date | None], Table] = {}
        self._compiled: dict[str, Compiled] = {}
        self._outlines: dict[str, Outline] = {}
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
        return read_model(Agreement, read_toml(path), path)

    def tables(self, system: System, kind: Kind | None = None) -> tuple[Table, ...]:
        """The system's tables, those of certificates first, its own of each kind before common ones.

        A table's file is named after its message. A file of a partner's own replaces the common one of that name.
        """
        return self._tables.of(system, kind)

    def own(self, system: System, kind: Kind | None = None) -> tuple[Table, ...]:
        """The system's own tables alone."""
        return self._tables.own(system, kind)

    def in_turn(self, system: System) -> Iterator[Table]:
        """The system's tables as they are tried on a document, all its own before any common one."""
        return self._tables.in_turn(system)

    def table(self, system: System, kind: Kind, agreement: str | None, day: date | None = None) -> Table:
        """The table that writes this message for a system on this day; without a day, that of the newest version."""
        if day and not any(row.message == kind for row in system.versions):
            day = None
        wanted = (system.code, kind, agreement, day)
        if wanted not in self._writing:
            if len(self._writing) >= REMEMBERED:
                self._writing.clear()
            self._writing[wanted] = self._chosen(system, kind, agreement, day)
        return self._writing[wanted]

    def _chosen(self, system: System, kind: Kind, agreement: str | None, day: date | None) -> Table:
        found = choose(self.own(system, kind), agreement, system.versions, day)
        if found is None or not found.knows(agreement):
            found = choose(self.tables(system, kind), agreement, system.versions, day)
        if found is None:
            under, on = f" under {agreement}" if agreement else "", f" on {day}" if day else ""
            raise Unknown(f"{system.code} has no table to write a {kind}{under}{on}")
        return found

    def is_json(self, system: System, body: bytes) -> bool:
        """Whether a document of the system is JSON, or else XML."""
        return self._tables.is_json(system, body)

    def load(self) -> None:
        """Read all systems, tables and agreements; raises TableError for one that else fails when it is first used."""
        for system in self.systems.values():
            self.tables(system)
        for name in self._list(AGREEMENTS):
            self.agreement(name.stem)
        _ = self.codes  # read where it is first asked for

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
        """What the table's schema says, read once: most schemas serve several tables."""
        if table.schema not in self._outlines:
            self._outlines[table.schema] = Outline.open(self._schema_path(table), self.cache)
        return self._outlines[table.schema]

    def schema(self, table: Table) -> Schema | JsonSchema:
        """The table's schema, opened once."""
        if table.schema not in self._schemas:
            path = self._schema_path(table)
            self._schemas[table.schema] = (JsonSchema if table.is_json else Schema).open(path, self.cache)
        return self._schemas[table.schema]

    @cached_property
    def codes(self) -> Codes:
        """What is known of codes: the ports of mappings/codes/ports.toml, the registers of mappings/registers/."""
        ports = self._tables.lists.get("ports")
        return Codes(ports.texts if ports else None, dict(map(self._register, self._list(REGISTERS))))

    def _register(self, path: Path) -> tuple[str, Register]:
        register = read_model(Register, read_toml(path), path)
        if register.country != path.stem.upper():
            raise TableError(f"registers/{path.name}: country {register.country!r} is not the name of its file")
        return register.country, register

    def find(self, name: str) -> Path | None:
        """The file of this name, the user's own before the packaged one."""
        return topmost(self.folders, name)

    def _schema_path(self, table: Table) -> Path:
        path = self.find(f"xsd/{table.schema}")
        if path is None:
            raise TableError(f"{table.name}: no schema xsd/{table.schema} in {' or '.join(map(str, self.folders))}")
        return path

    def _list(self, folder: str) -> list[Path]:
        return toml_files(self.folders, folder)

    def _system_folders(self) -> list[str]:
        names = {
            f"{side}/{path.parent.name}" for layer in self.folders for side in SIDES
            for path in (layer / "mappings" / side).glob("*/system.toml")
        }  # fmt: skip
        return sorted(names)

    def _system(self, folder: str) -> System | None:
        path = self.find(f"mappings/{folder}/system.toml")
        system = read_model(System, read_toml(path), path) if path else None
        if system and (system.code.lower() != folder.rpartition("/")[2] or not CODE.fullmatch(system.code)):
            raise TableError(f"{folder}/system.toml: code {system.code!r} is not the name of its folder")
        if system and not system.agreements and system.side == "domestic":
            return system.model_copy(update={"agreements": tuple(name.stem for name in self._list(AGREEMENTS))})
        return system
