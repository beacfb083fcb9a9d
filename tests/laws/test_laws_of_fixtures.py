"""The laws of DESIGN section 4 for every fixture, and for documents that say the same in another way."""

import pytest
import shelf
from disguise import disguised
from generate import contents, full
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from likeness import bare, restricted, strip
from scopes import scopes

from adapter import translate
from adapter.mapping import begins as begin

FIXTURES = shelf.documents()
TABLES = shelf.tables()


@pytest.mark.parametrize("fixture", FIXTURES, ids=str)
def test_first_law_what_a_fixture_says_is_read_back_after_writing(fixture):
    document = fixture.open()
    said = document.mapping.read(document.root)
    again = document.mapping.read(rewritten(document, said))
    assert again.content.as_json() == restricted(said.content, document.mapping.plan)
    assert again.header.as_json() == restricted(said.header, document.mapping.plan, "header")


@pytest.mark.parametrize("fixture", FIXTURES, ids=str)
def test_second_law_a_fixture_is_written_back_but_for_what_was_reported(fixture):
    document = fixture.open()
    written = rewritten(document, document.mapping.read(document.root))
    strip(document.mapping, document.root)
    assert bare(fixture.table, written) == bare(fixture.table, document.root)


@pytest.mark.parametrize("fixture", FIXTURES, ids=str)
def test_third_law_reading_again_what_was_written_changes_nothing(fixture):
    document = fixture.open()
    said = document.mapping.read(document.root)
    again = document.mapping.read(rewritten(document, said))
    assert (again.header, again.content) == (said.header, said.content)
    assert again.leftovers == ()


@pytest.mark.parametrize("turn", range(6))
@pytest.mark.parametrize("fixture", FIXTURES, ids=str)
def test_laws_a_fixture_in_other_clothes_says_the_same(fixture, turn):
    document = fixture.open()
    worn = shelf.parse(fixture.table, disguised(document.root, fixture.table.is_json, turn))
    assert begins(fixture, worn)
    said, plainly = document.mapping.read(worn), document.mapping.read(document.root)
    assert (said.header, said.content) == (plainly.header, plainly.content)
    assert sorted(said.leftovers) == sorted(plainly.leftovers)


def rewritten(document, said):
    """What the table writes of what it read, valid under its schema."""
    table = document.mapping.plan.table
    root = shelf.parse(table, document.mapping.write(said.content, said.header))
    translate.validate(document.mapping, root, shelf.catalogue(), "write")
    return root


def begins(fixture, root):
    """Whether the table still knows its document, whatever it wears."""
    return begin.begins(fixture.table, root)


@pytest.mark.parametrize("name", TABLES)
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_laws_a_document_in_other_clothes_is_valid_and_says_the_same(name, data):
    mapping = shelf.mapping_of(name)
    content = data.draw(contents(scopes(mapping.plan), counts=(1, 2)), "content")
    body = mapping.write(content, full(scopes(mapping.plan, "header"), 1))
    plain = shelf.parse(mapping.plan.table, body)
    worn = disguised(plain, mapping.plan.table.is_json, data.draw(st.integers(0, 11), "clothes"))
    root = shelf.parse(mapping.plan.table, worn)
    translate.validate(mapping, root, shelf.catalogue(), "schema")
    assert bare(mapping.plan.table, root) == bare(mapping.plan.table, plain)
    assert mapping.read(root).content == mapping.read(plain).content
