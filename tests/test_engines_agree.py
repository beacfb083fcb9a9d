"""lxml and xmlschema give the same verdict on whatever the door lets through."""

from functools import cache

import pytest
import shelf
import xmlschema
from lxml import etree
from secrets_of import broken

from adapter.findings import Rejected
from adapter.mapping import begins as begin
from adapter.schema import parse_xml

XML = [fixture for fixture in shelf.documents() + shelf.bad_documents() if fixture.path.suffix == ".xml"]
RICH = [fixture for fixture in XML if str(fixture) == "unipass/certificate/kr-cn-1-item.xml"]


@cache
def other_engine(schema: str) -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(shelf.ROOT / "xsd" / schema)


def schema_of(fixture, root) -> str:
    """The schema of the table that knows the document; for one that none knows, that of any table of its system."""
    tables = shelf.catalogue().tables(fixture.system)
    known = [table for table in tables if begin.begins(table, root)]
    alike = [table for table in tables if table.root.steps[0].name == root.tag]
    return (known or alike or tables)[0].schema


def verdicts(fixture, body) -> tuple[bool, bool] | None:
    """What the two engines say; None where the door refuses."""
    try:
        root = parse_xml(body)
    except Rejected:
        return None
    name = schema_of(fixture, root)
    table = next(table for table in shelf.tables().values() if table.schema == name)
    by_lxml = not shelf.catalogue().schema(table).faults(root)
    return by_lxml, other_engine(name).is_valid(etree.tostring(root, encoding="unicode"))


@pytest.mark.parametrize("fixture", XML, ids=str)
def test_both_engines_judge_a_fixture_alike(fixture):
    said = verdicts(fixture, fixture.body)
    assert said is not None, "the door refuses it"
    assert said[0] == said[1]


def test_the_fixtures_show_both_verdicts():
    said = {verdicts(fixture, fixture.body) for fixture in XML}
    assert {(True, True), (False, False)} <= said


@pytest.mark.parametrize("fixture", RICH, ids=str)
def test_both_engines_judge_a_record_alike_however_it_is_broken(fixture):
    said = {what: verdicts(fixture, body) for what, body in list(broken(fixture))[::3]}
    assert {what for what, found in said.items() if found is None or found[0] != found[1]} == set()
