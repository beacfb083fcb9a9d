"""What a document cannot hold is refused, with where it stands and what was allowed; nothing is changed to fit."""

import pytest
import shelf
from generate import beyond, full, lacking, leaves
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scopes import scopes

from adapter import translate
from adapter.findings import Rejected
from adapter.mapping.locate import numbered

TABLES = shelf.tables()


def refusal(mapping, content, header):
    """The findings under which a content is not written."""
    with pytest.raises(Rejected) as refused:
        body = mapping.write(content, header)
        translate.validate(mapping, shelf.parse(mapping.plan.table, body), shelf.catalogue(), "write")
    assert refused.value.stage == "write"
    return refused.value.findings


@pytest.mark.parametrize("name", TABLES)
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_laws_beyond_what_the_document_admits_a_value_is_refused_where_it_stands(name, data):
    mapping = shelf.mapping_of(name)
    content, (_, leaf, numbers) = data.draw(beyond(scopes(mapping.plan)), "content")
    findings = refusal(mapping, content, full(scopes(mapping.plan, "header"), 1))
    about = [finding for finding in findings if finding.field == numbered(leaf.path, numbers)]
    assert about, findings
    for finding in findings:
        assert finding.field in (numbered(leaf.path, numbers), "key")
        assert finding.path and finding.allowed and finding.code
    if leaf.value.bound.field.private:
        assert all(finding.found is None for finding in about)


@pytest.mark.parametrize("name", TABLES)
def test_laws_beyond_what_the_document_admits_a_header_is_refused_where_it_stands(name):
    mapping = shelf.mapping_of(name)
    content, header = full(scopes(mapping.plan), 1), full(scopes(mapping.plan, "header"), 1)
    for _, leaf, _ in leaves(scopes(mapping.plan, "header")):
        for value in leaf.value.outside:
            changed = header.model_copy(update={leaf.path: value})
            findings = refusal(mapping, content, changed)
            assert {finding.field for finding in findings} == {f"header.{leaf.path}"}
            assert all(finding.allowed for finding in findings)


@pytest.mark.parametrize("name", TABLES)
def test_laws_beyond_what_the_hub_must_have_a_document_says_what_it_lacks(name):
    mapping = shelf.mapping_of(name)
    header = full(scopes(mapping.plan, "header"), 1)
    for content, path in lacking(scopes(mapping.plan)):
        findings = refusal(mapping, content, header)
        assert [finding.code for finding in findings] == ["XSD-MISSING"]
        named = findings[0].field
        assert named is not None and numbered(named, ()).replace("[1]", "[]").startswith(path), (path, findings[0])


@pytest.mark.parametrize("name", TABLES)
def test_the_generator_knows_a_value_for_every_field(name):
    for section in ("fields", "header"):
        for _, leaf, _ in leaves(scopes(shelf.mapping_of(name).plan, section)):
            assert leaf.value.examples, leaf


@pytest.mark.parametrize("name", TABLES)
def test_the_generator_writes_markup_combining_letters_and_the_longest_text(name):
    free = [leaf.value for _, leaf, _ in leaves(scopes(shelf.mapping_of(name).plan)) if leaf.value.takes_any_text]
    for value in free:
        assert any(set("&<>\"'") <= set(example) for example in value.examples), value
        assert any("\u0303" in example for example in value.examples), value
        assert max(map(len, value.examples)) == value.longest, value
    assert free or "acknowledgement" in name
