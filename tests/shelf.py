"""The tables and fixtures that the project ships, as tests take them: opened once, told apart by readable names."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from adapter import translate
from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.start import cache_folder
from adapter.delivery import Delivery
from adapter.mapping.begins import Beginning
from adapter.mapping.mapping import Mapping, Read
from adapter.mapping.table import Table
from adapter.rules import Facts
from adapter.schema import parse_json, parse_xml
from adapter.system import System

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
BESIDE = (".hub.json", ".complaint.json")
"""Endings of what stands beside a document and is none."""


@cache
def catalogue() -> Catalogue:
    """The packaged catalogue; tables compile once for all tests of a process, schemas are read once for a session."""
    return Catalogue.open(cache=cache_folder())


@cache
def facts() -> Facts:
    """What rules need from outside, always the same: no day of today, so that no test ages."""
    return Facts(calendar=Calendar(None))


@cache
def tables() -> dict[str, Table]:
    """Every table by its name."""
    known = catalogue()
    return {table.name: table for system in known.systems.values() for table in known.tables(system)}


def mapping_of(name: str) -> Mapping:
    """The compiled table of this name."""
    return catalogue().compiled(tables()[name])


@cache
def speaker(stem: str) -> System:
    """The partner that a common document comes from or goes to: the first under the agreement that its name tells."""
    partners = [system for _, system in sorted(catalogue().systems.items()) if system.side == "partner"]
    told = (each for each in partners if any(stem.startswith(f"{slug}-") for slug in each.agreements))
    return next(told, partners[0])


@dataclass(frozen=True)
class Fixture:
    """One document of fixtures/: the folder says its system and kind."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path.parts[-3]}/{self.path.parts[-2]}/{self.path.name}"

    @property
    def system(self) -> System:
        """The system it comes from or goes to; a common document is any partner's."""
        folder = self.path.parts[-3]
        return speaker(self.path.stem) if folder == "common" else catalogue().system(folder)

    @property
    def kind(self) -> str:
        """The folder: a message's kind, a table's name, or `bad`."""
        return self.path.parts[-2]

    @property
    def body(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()

    def beside(self, ending: str) -> Path:
        """The file of the same name with this ending."""
        return self.path.parent / f"{self.path.stem}.{ending}"

    def delivery(self) -> Delivery:
        """Its bytes as a delivery of its system."""
        return Delivery(self.body, self.system.code)

    @property
    def table(self) -> Table:
        """The table it belongs to; none is compiled for that, so that tests can be listed by it."""
        return self._only_written or _begun(self)

    def open(self) -> translate.Document:
        """Parsed and valid, with the table it belongs to."""
        table = self._only_written
        if table is None:
            return translate.open_document(self.body, self.system, catalogue())
        mapping, root = catalogue().compiled(table), parse(table, self.body)
        translate.validate(mapping, root, catalogue(), "schema")
        return translate.Document(mapping, root)

    def read(self) -> Read:
        """What it says."""
        document = self.open()
        return document.mapping.read(document.root)

    @property
    def _only_written(self) -> Table | None:
        """The table of its folder's name, if that reads nothing: how a document begins does not lead to it."""
        side = "domestic" if self.system.side == "domestic" else "partners"
        table = tables().get(f"{side}/{self.system.code.lower()}/{self.kind}.toml")
        return table if table and table.direction == "out" else None


def documents(folder: Path = FIXTURES) -> list[Fixture]:
    """Every good document."""
    return [fixture for fixture in _all(folder) if fixture.kind != "bad"]


def bad_documents(folder: Path = FIXTURES) -> list[Fixture]:
    """Every document that has something to complain about."""
    return [fixture for fixture in _all(folder) if fixture.kind == "bad"]


@cache
def _all(folder: Path) -> tuple[Fixture, ...]:
    found = (path for path in sorted(folder.glob("*/*/*")) if path.suffix in (".xml", ".json"))
    return tuple(Fixture(path) for path in found if not path.name.endswith(BESIDE))


@cache
def _begun(fixture: Fixture) -> Table:
    """The first table that reads documents which begin like this one."""
    is_json = catalogue().is_json(fixture.system, fixture.body)
    begun = Beginning(parse_json(fixture.body) if is_json else parse_xml(fixture.body))
    return next(each for each in catalogue().in_turn(fixture.system) if each.direction != "out" and begun.fits(each))


def parse(table: Table, body: bytes) -> Any:
    """A document of this table, parsed."""
    return parse_json(body) if table.is_json else parse_xml(body)


def text(values: Any) -> str:
    """JSON values as a golden file holds them."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
