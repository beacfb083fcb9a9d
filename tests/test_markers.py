"""Markers: every value of a record is found on the other side exactly where its tables say, and nowhere else."""

from collections.abc import Iterator

import pytest
import shelf
from markers import Marked, marked, misplaced

from adapter.mapping.table import Table
from adapter.messages import Kind
from adapter.system import System

SYSTEMS = shelf.catalogue().systems.values()
PARTNERS = [system for system in SYSTEMS if system.side == "partner"]
DOMESTIC = [system for system in SYSTEMS if system.side == "domestic"]


def carried(source: Table, target: Table, agreement: str) -> list[str]:
    """What is misplaced of a full document of the first table that becomes one of the second."""
    theirs, ours = shelf.mapping_of(source.name), shelf.mapping_of(target.name)
    said = marked(theirs.plan, ours.plan, agreement)
    read = theirs.read(shelf.parse(source, theirs.write(said.content, marked(theirs.plan, section="header").content)))
    assert read.content is not None, read.findings
    return misplaced(ours.plan, ours.write(read.content, marked(ours.plan, section="header").content), said)


def ways(partner: System, kind: Kind) -> Iterator[tuple[Table, Table, str]]:
    """The tables that a message of this kind goes through, to the partner and from it, each pair once."""
    seen = set[tuple[str, str]]()
    for agreement in partner.agreements:
        for home in DOMESTIC:
            for sender, receiver in ((home, partner), (partner, home)):
                target = shelf.catalogue().table(receiver, kind, agreement)
                for source in _read(sender, kind, agreement):
                    if (source.name, target.name) not in seen:
                        seen.add((source.name, target.name))
                        yield source, target, agreement


def _read(system: System, kind: Kind, agreement: str) -> list[Table]:
    tables = [each for each in shelf.catalogue().tables(system, kind) if each.direction != "out"]
    own = [each for each in tables if each.agreement == agreement]
    return own or [each for each in tables if each.knows(agreement)]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("partner", PARTNERS, ids=lambda system: system.code)
def test_every_value_arrives_on_the_other_side_exactly_where_the_tables_say(partner, kind):
    tried = list(ways(partner, kind))
    assert len(tried) >= 2 * len(DOMESTIC)
    wrong = {
        f"{source.name} to {target.name}": found
        for source, target, agreement in tried
        if (found := carried(source, target, agreement))
    }
    assert wrong == {}


@pytest.mark.parametrize("name", shelf.tables())
def test_every_value_of_content_and_header_stands_where_the_table_says_and_nowhere_else(name):
    mapping = shelf.mapping_of(name)
    content, header = marked(mapping.plan), marked(mapping.plan, section="header")
    body = mapping.write(content.content, header.content)
    assert any(mark.own for mark in content.marks)
    assert misplaced(mapping.plan, body, content) == []
    assert misplaced(mapping.plan, body, header, "header") == []


@pytest.fixture(params=["partners/id/cancellation.toml", "domestic/kcci/feedback.toml"])
def written(request) -> tuple[Table, bytes, Marked]:
    """A full document in XML, and one in JSON."""
    mapping = shelf.mapping_of(request.param)
    said = marked(mapping.plan)
    return mapping.plan.table, mapping.write(said.content, marked(mapping.plan, section="header").content), said


def test_a_value_in_the_place_of_another_is_told(written):
    table, body, said = written
    first, second = [mark for mark in said.marks if mark.own and isinstance(mark.value, str)][:2]
    swapped = body.replace(first.value.encode(), b"~").replace(second.value.encode(), first.value.encode())
    told = misplaced(shelf.mapping_of(table.name).plan, swapped.replace(b"~", second.value.encode()), said)
    assert {line.partition("[")[0] for line in told} >= {first.field, second.field}


def test_a_value_that_no_row_lets_in_is_told(written):
    table, body, said = written
    first = next(mark for mark in said.marks if mark.own and isinstance(mark.value, str))
    stranger = Marked(said.content, [first._replace(field="reference_code")])
    assert len(misplaced(shelf.mapping_of(table.name).plan, body, stranger)) == 1
