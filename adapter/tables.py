"""The tables of all systems, each read once: a system's own, and the common ones that serve every partner."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from adapter.folders import read_toml, toml_files, topmost
from adapter.mapping.codes import CodeList, code_list
from adapter.mapping.path import TableError
from adapter.mapping.table import EVERY, Table, load_table
from adapter.messages import Kind
from adapter.system import System

COMMON = "common"
"""Folder of the tables that serve every partner."""
KINDS = tuple(Kind)
"""Kinds in turn: an enumeration is slower to go over than what it holds."""
WINDOW, BLANK = 256, b"\xef\xbb\xbf \t\r\n"
"""How far, and over what, to look for a document's first character."""


def folder_of(system: System) -> str:
    """Where the system's profile and tables are, below mappings/."""
    return f"{'domestic' if system.side == 'domestic' else 'partners'}/{system.code.lower()}"


class Tables:
    """What mappings/ holds of tables in folders that lie over each other."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._by_name: dict[str, Table | None] = {}
        self._of: dict[tuple[str, Kind | None, bool], tuple[Table, ...]] = {}
        self._forms: dict[tuple[str, bool], bool] = {}
        self._listed: dict[str, list[Path]] = {}

    def of(self, system: System, kind: Kind | None = None) -> tuple[Table, ...]:
        """The system's tables, its own of each kind before common ones."""
        return self._some(system, kind, common=system.side == "partner")

    def own(self, system: System, kind: Kind | None = None) -> tuple[Table, ...]:
        """The system's own tables alone."""
        return self._some(system, kind, common=False)

    def in_turn(self, system: System) -> Iterator[Table]:
        """The system's tables as they are tried on a document: kind by kind, all its own before any common one.

        Each is read when its turn comes, so that a certificate costs no more than the tables of certificates.
        """
        for kind in KINDS:
            yield from self.own(system, kind)
        for kind in KINDS:
            yield from (table for table in self.of(system, kind) if table.common)

    def is_json(self, system: System, body: bytes) -> bool:
        """Whether a document of the system is JSON: as its tables are, or as it begins where it has tables of both."""
        if body[:WINDOW].lstrip(BLANK)[:1] in (b"{", b"["):
            return self._has(system, is_json=True)
        return not self._has(system, is_json=False) and self._has(system, is_json=True)

    def _has(self, system: System, is_json: bool) -> bool:
        """Whether the system has tables of this form."""
        wanted = (system.code, is_json)
        if wanted not in self._forms:
            self._forms[wanted] = any(table.is_json is is_json for table in self.in_turn(system))
        return self._forms[wanted]

    def _some(self, system: System, kind: Kind | None, common: bool) -> tuple[Table, ...]:
        wanted = (system.code, kind, common)
        if wanted not in self._of:
            self._of[wanted] = tuple(self._read(system, [kind] if kind else list(Kind), common))
        return self._of[wanted]

    def _read(self, system: System, kinds: list[Kind], also: bool) -> Iterator[Table]:
        folder = folder_of(system)
        own = [path.name for path in self._files(folder)]
        common = [path.name for path in self._files(COMMON) if path.name not in own] if also else []
        for kind in kinds:
            for place, names in ((folder, own), (COMMON, common)):
                for name in (name for name in names if name.startswith(kind)):
                    table = self._table(f"{place}/{name}")
                    if table and (not table.common or table.agreement in (None, *system.agreements)):
                        yield _placed(table, system)

    def _table(self, name: str) -> Table | None:
        if name not in self._by_name:
            path = self._find(name)
            if path is None:
                raise TableError(f"no table mappings/{name}")
            toml = read_toml(path)
            if name.startswith(f"{COMMON}/"):
                toml.setdefault("system", EVERY)
            self._by_name[name] = load_table(name, toml, self._fetch, self.lists)
        return self._by_name[name]

    def _fetch(self, child: str, parent: str) -> tuple[str, Mapping[str, Any]]:
        folder = child.rpartition("/")[0]
        if "/" in parent or "\\" in parent:
            raise TableError(f"{child}: extends {parent!r}: name a table of the same folder or of mappings/common")
        for name in (f"{folder}/{parent}.toml", f"{COMMON}/{parent}.toml"):
            if name != child and (path := self._find(name)):
                return name, read_toml(path)
        raise TableError(f"{child}: extends {parent!r}, which is neither in mappings/{folder} nor in mappings/common")

    @cached_property
    def lists(self) -> Mapping[str, CodeList]:
        """The code lists that any table may use."""
        return {path.stem: code_list(path.stem, read_toml(path), f"codes/{path.name}") for path in self._files("codes")}

    def _find(self, name: str) -> Path | None:
        return topmost(self._folders, f"mappings/{name}")

    def _files(self, folder: str) -> list[Path]:
        if folder not in self._listed:
            self._listed[folder] = toml_files(self._folders, f"mappings/{folder}")
        return self._listed[folder]


def _placed(table: Table, system: System) -> Table:
    """The table, if it says whose it is: its folder's system, or every partner."""
    whose = EVERY if table.common else system.code
    if table.system != whose:
        raise TableError(f"{table.name}: system {table.system!r} is not {whose!r} of its folder")
    return table
