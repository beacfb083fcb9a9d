"""Goldens: every fixture says exactly what stands beside it, and pairs of one name say the same in two documents."""

import json
import shutil

import pytest
import shelf
from goldens import settle
from likeness import bare, restricted, strip

from adapter import translate
from adapter.certificate import Certificate
from adapter.rules import printable

DOCUMENTS = shelf.documents()
PARTNERS = [one for one in DOCUMENTS if one.system.side == "partner"]
PAIRS = [
    (record, partners)
    for record in DOCUMENTS
    if record.system.side == "domestic"
    for partners in PARTNERS
    if record.path.stem == partners.path.stem
]
NAMES = [f"{record}-{partners.system.code}" for record, partners in PAIRS]
RECEIVED = [(record, partners) for record, partners in PAIRS if record.kind != "certificate"]
"""A certificate issued at home says more than any form, so only what comes from a partner is written here."""


def told(fixture: shelf.Fixture) -> str:
    """What a fixture says, as its golden has it."""
    read = fixture.read()
    assert read.content is not None, [str(finding) for finding in read.findings]
    return shelf.text(json.loads(read.content.as_json()))


@pytest.mark.parametrize("fixture", DOCUMENTS, ids=str)
def test_a_fixture_says_what_its_golden_says(fixture, update):
    settle(fixture.beside("hub.json"), told(fixture), update)


@pytest.mark.parametrize("fixture", DOCUMENTS, ids=str)
def test_nothing_is_wrong_with_a_good_fixture(fixture):
    assert [str(finding) for finding in fixture.read().findings if finding.severity != "info"] == []


@pytest.mark.parametrize("fixture", [one for one in DOCUMENTS if one.table.direction != "out"], ids=str)
def test_a_good_fixture_is_valid_under_the_rules_of_its_agreement(fixture):
    reading = translate.read(fixture.delivery(), shelf.catalogue(), shelf.facts())
    assert reading.verdict == "valid", [str(finding) for finding in reading.findings]
    assert reading.content is not None


@pytest.mark.parametrize(("record", "partners"), PAIRS, ids=NAMES)
def test_a_record_becomes_the_document_of_its_partner(record, partners):
    assert written(record, partners) == claimed(partners)


@pytest.mark.parametrize(("record", "partners"), PAIRS, ids=NAMES)
def test_the_document_of_a_partner_says_what_the_record_says_as_far_as_its_form_goes(record, partners):
    assert partners.read().content.as_json() == restricted(printed(record, partners), partners.open().mapping.plan)


@pytest.mark.parametrize(("record", "partners"), RECEIVED, ids=[f"{a}-{b.system.code}" for a, b in RECEIVED])
def test_the_document_of_a_partner_becomes_the_record(record, partners):
    assert written(partners, record) == claimed(record)


def written(source: shelf.Fixture, target: shelf.Fixture):
    """What the target's table writes of the source, under the target's own header."""
    content, mapping = printed(source, target), target.open().mapping
    root = shelf.parse(target.table, mapping.write(content, target.read().header))
    translate.validate(mapping, root, shelf.catalogue(), "write")
    return bare(target.table, root)


def claimed(fixture: shelf.Fixture):
    """The document without what no row claims."""
    document = fixture.open()
    strip(document.mapping, document.root)
    return bare(fixture.table, document.root)


def printed(source: shelf.Fixture, target: shelf.Fixture):
    """What the source says, as far as the form goes that a partner gets."""
    content = source.read().content
    if isinstance(content, Certificate) and target.system.side == "partner":
        return printable(content, shelf.catalogue().agreement(content.agreement))
    return content


def test_an_update_of_a_clean_tree_changes_nothing(tmp_path):
    copy = tmp_path / "fixtures"
    shutil.copytree(shelf.FIXTURES, copy)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy.rglob("*.json")}
    for fixture in shelf.documents(copy):
        settle(fixture.beside("hub.json"), told(fixture), update=True)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copy.rglob("*.json")} == before


def test_a_missing_golden_fails_and_an_update_writes_it(tmp_path):
    golden = tmp_path / "new.hub.json"
    with pytest.raises(AssertionError, match="missing"):
        settle(golden, "{}\n", update=False)
    settle(golden, "{}\n", update=True)
    assert golden.read_text() == "{}\n"


def test_a_golden_that_differs_fails_without_an_update(tmp_path):
    golden = tmp_path / "old.hub.json"
    golden.write_text('{"number": "1"}\n')
    with pytest.raises(AssertionError):
        settle(golden, '{"number": "2"}\n', update=False)
    assert golden.read_text() == '{"number": "1"}\n'


def test_no_golden_stands_beside_nothing():
    beside = {fixture.beside("hub.json") for fixture in DOCUMENTS}
    assert set(shelf.FIXTURES.rglob("*.hub.json")) == beside
