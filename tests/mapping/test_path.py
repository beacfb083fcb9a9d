"""Paths: child steps, `[]`, predicates and attributes, in Clark notation; and the hub's fields on the left."""

import pytest

from adapter.mapping.fields import field, leaves, private_fields
from adapter.mapping.path import TableError, parse_path
from adapter.messages import Acknowledgement, Certificate

SPACES = {"": "urn:main", "c": "urn:common"}


def steps(text, spaces=SPACES):
    return [(step.name, step.many, step.where) for step in parse_path(text, spaces).steps]


def test_a_step_without_prefix_is_in_the_default_namespace():
    assert steps("Goods/c:Item") == [("{urn:main}Goods", False, ()), ("{urn:common}Item", False, ())]


def test_without_a_default_namespace_a_bare_step_is_in_none():
    assert steps("Goods", {"c": "urn:common"}) == [("Goods", False, ())]


def test_brackets_after_a_step_say_that_it_repeats():
    assert steps("Goods[]/ID") == [("{urn:main}Goods", True, ()), ("{urn:main}ID", False, ())]


def test_predicates_select_by_child_and_by_attribute():
    where = (("{urn:common}Kind", "A"), ("@code", "1/2"))
    assert steps("Doc[c:Kind='A'][@code='1/2']/ID")[0] == ("{urn:main}Doc", False, where)


def test_a_last_step_may_be_an_attribute_in_no_namespace():
    path = parse_path("Weight/@unit", SPACES)
    assert (path.attribute, [step.name for step in path.steps]) == ("unit", ["{urn:main}Weight"])


def test_an_attribute_with_prefix_is_in_its_namespace():
    assert parse_path("Weight/@c:unit", SPACES).attribute == "{urn:common}unit"


def test_a_leading_slash_begins_at_the_document():
    assert parse_path("/Goods", SPACES).absolute and not parse_path("Goods", SPACES).absolute


def test_in_json_steps_are_names_and_a_predicate_may_stand_alone():
    assert steps("goods[]/hsCode", None) == [("goods", True, ()), ("hsCode", False, ())]
    assert steps("[document='coo']", None) == [("", False, (("document", "coo"),))]


def test_in_json_several_predicates_may_stand_alone_and_nothing_else():
    assert steps("[document='coo'][scheme='A/B']", None) == [("", False, (("document", "coo"), ("scheme", "A/B")))]
    for text in ("[document='coo']x", "[@document='coo']", "[document='coo'][]"):
        with pytest.raises(TableError):
            parse_path(text, None)


@pytest.mark.parametrize(
    "text",
    ["Goods/x:ID", "Goods[0]", "Goods['a']", "Goods//@", "a b", "Goods[ID=1]", "1Goods", "Goods/text()", "../ID", "*"]
    + ["Goods[ID='a\"]", "Goods'''", "Goods{x}", "Goods\n", "Goods;import os", "Goods[ID='a']b"],
)
def test_whatever_is_not_such_a_path_is_refused_with_the_path_named(text):
    with pytest.raises(TableError) as refused:
        parse_path(text, SPACES)
    assert repr(text) in str(refused.value) or repr(text.split("/")[-1]) in str(refused.value)


def test_a_json_name_has_no_prefix():
    with pytest.raises(TableError, match="no prefix"):
        parse_path("a:b", None)


def test_a_field_is_found_with_its_levels_and_type():
    found = field(Certificate, "items[].gross_weight.value")
    assert [level.name for level in found.levels] == ["items", "gross_weight", "value"]
    assert (found.type, found.lists) == ("number", ("items[]",))


def test_a_list_of_plain_values_ends_in_brackets():
    assert field(Certificate, "consignment.transit[]").lists == ("consignment.transit[]",)


def test_a_property_of_the_model_is_computed():
    assert field(Certificate, "key").computed


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("nubmer", "has no 'nubmer'"),
        ("items.hs", "write `\\[\\]`"),
        ("number[]", "drop `\\[\\]`"),
        ("number.first", "nothing below"),
        ("__class__", "not a dotted name"),
        ("items[].hs'", "not a dotted name"),
        ("model_dump", "has no 'model_dump'"),
        ("", "not a dotted name"),
    ],
)
def test_a_wrong_field_is_refused_with_the_reason(path, why):
    with pytest.raises(TableError, match=why):
        field(Certificate, path)


def test_leaves_are_all_values_of_a_model():
    assert list(leaves(Acknowledgement)) == ["received", "received_at", "digest"]


def test_private_fields_are_known_by_their_marks_at_any_depth():
    found = private_fields(Certificate)
    assert found["exporter.contact.phone"] == "personal"
    assert found["items[].value.amount"] == "confidential"
    assert "exporter.name" not in found
