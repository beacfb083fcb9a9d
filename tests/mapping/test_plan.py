"""Binding: what a table names must be there on both sides, and in an order that rows can tell."""

import pytest
import workshop
from workshop import cancellation, feedback, plan

from adapter.mapping.path import TableError


def refused(toml):
    with pytest.raises(TableError) as error:
        plan(toml)
    assert str(error.value).startswith("partners/xx/small.toml: ")
    return str(error.value)


def test_the_small_tables_can_be_bound():
    assert plan(cancellation()).by_field["number"].path == "No"
    assert plan(feedback()).by_field["items[].number"].path == "lines[]/n"


def test_a_field_that_the_hub_does_not_have_is_named_with_those_it_has():
    said = refused(cancellation('[fields]\nnummer = "Key"'))
    assert "'nummer'" in said and "number" in said


def test_a_path_that_the_schema_does_not_have_is_named_with_those_it_has():
    said = refused(cancellation('[fields]\nnumber = "Number"'))
    assert "'Number'" in said and "No, Key, Scheme" in said


def test_an_attribute_that_the_schema_does_not_have_is_named():
    assert "no attribute 'code'" in refused(cancellation('[fields]\nnumber = "No/@code"'))


def test_a_root_that_the_schema_does_not_have_is_named():
    assert "'Sheet' is no root" in refused(cancellation(root="Sheet"))


def test_a_path_from_the_document_begins_at_its_root():
    assert "does not start at 'Paper'" in refused(cancellation('[fields]\nnumber = "/Sheet/No"'))


def test_a_predicate_that_the_schema_does_not_have_is_named():
    assert "'Colour'" in refused(cancellation(root="Paper[Colour='red']"))


def test_two_rows_cannot_stand_in_one_place():
    assert "named twice" in refused(cancellation('[fields]\ntext = "No"'))


def test_a_constant_cannot_stand_where_a_row_does():
    assert "named twice" in refused(cancellation('[constants]\nNo = "1"'))


def test_an_attribute_cannot_be_named_twice():
    assert "named twice" in refused(cancellation('[constants]\n"@id" = "1"'))


def test_a_list_of_the_hub_needs_something_that_repeats():
    said = refused(feedback('[fields]\n"items[].text" = "note"'))
    assert "fewer `[]`" in said and "items[]" in said


def test_what_repeats_needs_a_list_of_the_hub():
    assert "more `[]`" in refused(feedback('[fields]\nnumber = "lines[]/why"'))


def test_all_rows_of_a_list_hang_under_one_element():
    said = refused(feedback('[fields]\n"items[].text" = "parties[]/id"'))
    assert "items[]" in said or "repeats" in said


def test_an_element_repeats_for_one_list_only():
    assert "repeats for" in refused(feedback('[fields]\nimport_declaration = "lines/why"'))


def test_a_constant_repeats_only_with_a_row():
    assert "no row repeats" in refused(feedback('[constants]\n"parties[]/id" = "x"'))


def test_a_constant_may_repeat_with_a_row():
    toml = feedback('[fields]\n"items[].text" = "-"\n[constants]\n"lines[]/text" = "x"')
    assert plan(toml).root.children


def test_elements_that_repeat_together_in_an_order_rows_cannot_tell_are_refused():
    toml = cancellation('[fields]\nissued_on = "Odd"\ntext = "Even"')
    assert "'Odd' and 'Even' repeat together" in refused(toml)


def test_one_of_those_elements_alone_can_be_mapped():
    assert plan(cancellation('[fields]\ntext = "Even"')).by_field["text"].path == "Even"


def test_what_the_model_computes_is_only_written():
    assert 'only = "write"' in refused(cancellation('[fields]\nkey = "Key"'))
    assert plan(cancellation('[fields]\nkey = { path = "Key", only = "write" }')).by_field["key"].field.computed


def test_a_pair_that_does_not_fit_its_field_is_refused_with_the_row():
    said = refused(cancellation('[fields]\nnumber = { path = "No", as = "date102" }'))
    assert "row 'number'" in said and "date102" in said


def test_children_are_written_in_the_schemas_order_whatever_the_files():
    toml = cancellation()
    toml["fields"] = dict(reversed(toml["fields"].items()))
    written = workshop.written(toml)
    places = [written.index(f"<{name}") for name in ("Version", "Kind", "No", "Scheme", "Issued", "Day", "Why", "Note")]
    assert places == sorted(places)


def test_an_agreement_of_the_table_itself_needs_no_row():
    toml = cancellation('[fields]\nagreement = "-"\n[constants]\nScheme = "AK"', agreement="akfta")
    assert plan(toml).agreed
    assert workshop.read(toml, workshop.paper()).content.agreement == "akfta"
