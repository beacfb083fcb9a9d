"""Tables: what a file says, what it inherits, and what it may not say."""

import pytest
import workshop
from workshop import cancellation

from adapter.mapping.codes import code_list
from adapter.mapping.path import TableError
from adapter.mapping.table import inherit, load_table

SHARED = code_list("shared", {"source": "x", "closed": True, "a": "A"}, "codes/shared.toml")


def load(child, parents=None, name="partners/xx/child.toml"):
    """The table with parents found by their names."""

    def fetch(of, wanted):
        if wanted not in (parents or {}):
            raise TableError(f"{of}: no parent {wanted}")
        return f"partners/xx/{wanted}.toml", (parents or {})[wanted]

    return load_table(name, child, fetch, {"shared": SHARED})


def rows(table):
    return {row.field: row.paths[0].text for row in table.rows if row.section == "fields"}


def test_a_row_is_a_path_or_says_more():
    table = load(cancellation())
    by_field = {row.field: row for row in table.rows}
    assert by_field["number"].convert is None
    assert by_field["cancelled_on"].convert == "date102"
    assert by_field["agreement"].codes.name == "scheme"


def test_a_row_may_name_several_paths():
    table = load(cancellation('[fields]\nnumber = { path = ["No", "Copy/No"] }'))
    assert [path.text for path in table.rows[1].paths] == ["No", "Copy/No"]


def test_a_childs_row_replaces_its_parents_of_the_same_left_side():
    child = {"extends": "base", "fields": {"number": "Key"}}
    table = load(child, {"base": cancellation(abstract=True)})
    assert rows(table)["number"] == "Key"
    assert rows(table)["reason"] == "Why"


def test_a_childs_constants_and_codes_replace_too():
    child = {"extends": "base", "constants": {"Version": "2.0"}, "codes": {"scheme": {"source": "y", "closed": False}}}
    table = load(child, {"base": cancellation(abstract=True)})
    assert table.constants[0][1] == "2.0"
    assert {row.codes.source for row in table.rows if row.field == "agreement"} == {"y"}


def test_what_a_child_withholds_is_no_row_of_it():
    table = load({"extends": "base", "withheld": {"text": "why"}}, {"base": cancellation(abstract=True)})
    assert "text" not in rows(table)
    assert table.withheld["text"] == "why"


def test_a_child_that_maps_what_its_parent_withholds_withholds_it_no_longer():
    parent = cancellation(
        '[fields]\ntext = "-"\n[withheld]\ntext = "not theirs"\nissued_on = "nor this"', abstract=True
    )
    table = load({"extends": "base", "fields": {"text": "Note"}}, {"base": parent})
    assert rows(table)["text"] == "Note"
    assert table.withheld == {"issued_on": "nor this"}


def test_a_child_that_maps_one_field_of_a_part_must_say_again_what_it_withholds_of_it():
    parent = {"abstract": True, "withheld": {"exporter.contact": "not theirs", "exporter.identifier": "nor this"}}
    child = {"extends": "base", "fields": {"exporter.contact.email": "Mail"}, "withheld": {"exporter.contact.fax": "x"}}
    assert set(inherit("child", child, lambda of, wanted: (wanted, parent))["withheld"]) == {
        "exporter.identifier", "exporter.contact.fax",
    }  # fmt: skip


def test_a_predicate_of_the_root_takes_the_place_of_an_inherited_row():
    child = {"extends": "base", "agreement": "akfta", "root": "Paper[Kind='withdrawal'][Scheme='AK']"}
    table = load(child, {"base": cancellation()})
    assert "agreement" not in rows(table)
    assert rows(table)["number"] == "No"


def test_a_row_of_the_tables_own_does_not_give_way_to_a_predicate():
    table = load(cancellation(root="Paper[Kind='withdrawal'][Scheme='AK']"))
    assert rows(table)["agreement"] == "Scheme"


def test_a_parent_that_is_only_a_parent_is_no_table():
    assert load(cancellation(abstract=True)) is None


def test_a_parent_may_be_a_table_itself():
    assert load({"extends": "base"}, {"base": cancellation()}) is not None


def test_tables_that_extend_each_other_are_refused():
    with pytest.raises(TableError, match="circle"):
        load({"extends": "a"}, {"a": {"extends": "b"}, "b": {"extends": "a"}})


def test_three_tables_may_stand_in_one_line_and_no_more():
    parents = {"b": {"extends": "c"}, "c": cancellation(abstract=True)}
    assert load({"extends": "b"}, parents) is not None
    with pytest.raises(TableError, match="more than 3"):
        load({"extends": "a"}, {"a": {"extends": "b"}, **parents})


def test_a_parent_that_is_not_there_is_named():
    with pytest.raises(TableError, match="nobody"):
        load({"extends": "nobody"})


@pytest.mark.parametrize("missing", ["system", "message", "version", "schema", "root"])
def test_a_table_without_what_it_must_say_is_refused(missing):
    toml = cancellation()
    del toml[missing]
    with pytest.raises(TableError, match=missing):
        load(toml)


@pytest.mark.parametrize("unknown", ["filed", "Fields", "script"])
def test_a_section_nobody_knows_is_refused(unknown):
    with pytest.raises(TableError, match=f"unknown {unknown}"):
        load(cancellation() | {unknown: {"number": "No"}})


def test_a_message_nobody_knows_is_refused():
    with pytest.raises(TableError, match="invoice"):
        load(cancellation(message="invoice"))


@pytest.mark.parametrize(
    "row",
    ["{ as = 'date102' }", "{ path = 'No', if = 'x' }", "{ path = 'No', only = 'sometimes' }", "{ path = 5 }", "7"]
    + ["{ path = [] }", "['No']", "{ path = 'No', codes = 5 }", "{ path = ['No', 3] }"],
)
def test_a_row_of_another_shape_is_refused_with_its_left_side(row):
    with pytest.raises(TableError, match="number"):
        load(cancellation(f"[fields]\nnumber = {row}"))


def test_a_code_list_that_is_not_there_is_refused_and_those_that_are_named():
    with pytest.raises(TableError, match=r"no code list 'reasons'.*reason.*scheme.*shared"):
        load(cancellation('[fields]\nreason = { path = "Why", codes = "reasons" }'))


def test_shared_code_lists_are_at_hand_and_the_tables_own_wins():
    toml = cancellation('[fields]\nreason = { path = "Why", codes = "shared" }')
    assert next(row for row in load(toml).rows if row.field == "reason").codes.source == "x"
    own = workshop.changed(workshop.CANCELLATION, '[fields]\nreason = { path = "Why", codes = "shared" }')
    own["codes"]["shared"] = {"source": "own", "closed": True, "a": "A"}
    assert next(row for row in load(own).rows if row.field == "reason").codes.source == "own"


def test_a_constant_that_is_no_text_is_refused():
    with pytest.raises(TableError, match="Version"):
        load(cancellation("[constants]\nVersion = 1.0"))


def test_every_refusal_names_the_file():
    with pytest.raises(TableError, match=r"^partners/xx/child.toml: "):
        load(cancellation('[fields]\nnumber = "No No"'))
