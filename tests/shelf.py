"""The tables and fixtures that the project ships, as tests take them: opened once, told apart by readable names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from adapter import translate
from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
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
    """The packaged catalogue; tables compile once for all tests of a process."""
    return Catalogue.open()


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
        """The table it belongs to."""
        return self.open().mapping.plan.table

    def open(self) -> translate.Document:
        """Parsed and valid, with the table it belongs to: one that is only written is found by its folder."""
        side = "domestic" if self.system.side == "domestic" else "partners"
        table = tables().get(f"{side}/{self.system.code.lower()}/{self.kind}.toml")
        if table is None or table.direction != "out":
            return translate.open_document(self.body, self.system, catalogue())
        mapping, root = catalogue().compiled(table), parse(table, self.body)
        translate.validate(mapping, root, catalogue(), "schema")
        return translate.Document(mapping, root)

    def read(self) -> Read:
        """What it says."""
        document = self.open()
        return document.mapping.read(document.root)


def documents(folder: Path = FIXTURES) -> list[Fixture]:
    """Every good document."""
    return [fixture for fixture in _all(folder) if fixture.kind != "bad"]


def bad_documents(folder: Path = FIXTURES) -> list[Fixture]:
    """Every document that has something to complain about."""
    return [fixture for fixture in _all(folder) if fixture.kind == "bad"]


def _all(folder: Path) -> Iterator[Fixture]:
    for path in sorted(folder.glob("*/*/*")):
        if path.suffix in (".xml", ".json") and not path.name.endswith(BESIDE):
            yield Fixture(path)


def parse(table: Table, body: bytes) -> Any:
    """A document of this table, parsed."""
    return parse_json(body) if table.is_json else parse_xml(body)


def text(values: Any) -> str:
    """JSON values as a golden file holds them."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
