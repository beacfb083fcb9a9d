import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.schema import Outline, files

SCHEMAS = Path(__file__).parent / "data" / "schemas"
P = "{urn:test:payload}"
T = "{urn:test:types}"
W = "{urn:test:wrapper}"


@pytest.fixture(scope="module")
def payload():
    return Outline.open(SCHEMAS / "payload.xsd")


@pytest.fixture(scope="module")
def record():
    return Outline.open(SCHEMAS / "record.schema.json")


def find(outline, *names):
    return outline.find([name if name[0] in "{@" else P + name for name in names])


def test_children_stand_in_schema_order(payload):
    names = [node.name.removeprefix(P) for node in find(payload, "Declaration").type.children]
    assert names[:4] == ["FunctionCode", "ID", "Issued", "Departed"]
    assert names[-2:] == ["Item", "Count"]


def test_occurrence_is_that_of_the_element_in_all_groups_around_it(payload):
    told = {name: find(payload, "Declaration", name) for name in ("ID", "Departed", "Item", "Port")}
    assert {name: (node.at_least, node.at_most) for name, node in told.items()} == {
        "ID": (1, 1), "Departed": (0, 1), "Item": (1, None), "Port": (0, 1),
    }  # fmt: skip
    assert told["Item"].many
    assert not told["ID"].many


def test_alternatives_of_a_choice_share_its_number(payload):
    port, place = (find(payload, "Declaration", name) for name in ("Port", "Place"))
    assert port.choice == place.choice is not None
    assert (port.branch, place.branch) == (0, 1)
    assert port.group is None


def test_a_choice_at_the_root_is_told(payload):
    accepted, rejected = find(payload, "Answer").type.children
    assert accepted.choice == rejected.choice is not None
    assert find(payload, "Answer").type.groups[accepted.choice].at_least == 1


def test_elements_of_a_repeated_choice_share_a_group(payload):
    note, remark = (find(payload, "Declaration", name) for name in ("Note", "Remark"))
    assert note.group == remark.group is not None
    assert (note.at_most, note.many) == (None, True)


def test_facets_of_a_type_include_those_it_restricts(payload):
    facets = find(payload, "Declaration", "Item", "HS").type.facets
    assert (facets.min_length, facets.max_length) == (1, 3)
    assert facets.patterns == ("([A-Z]+)|([0-9]+)",)


def test_digits_bounds_and_enumerations_are_told(payload):
    mass = find(payload, "Declaration", "Item", "Mass").type
    assert (mass.value, mass.facets.total_digits, mass.facets.fraction_digits) == ("decimal", 16, 3)
    assert mass.facets.at_least == "0"
    assert find(payload, "Declaration", "FunctionCode").type.facets.enumeration == ("9", "5", "31")


def test_kinds_of_values_are_told(payload):
    kinds = {
        "Departed": "date",
        "Count": "integer",
        "@retroactive": "boolean",
        "ID": "text",
        "Item": "none",
    }
    assert {name: find(payload, "Declaration", name).type.value for name in kinds} == kinds


def test_attributes_are_found_behind_their_element(payload):
    unit = find(payload, "Declaration", "Item", "Mass", "@unitCode")
    assert (unit.at_least, unit.type.facets.max_length) == (1, 3)
    assert find(payload, "Declaration", "Issued", T + "DateTimeString", "@formatCode").fixed == "102"


def test_a_type_may_contain_itself(payload):
    deep = find(payload, "Declaration", *["Item"] * 50, "Number")
    assert deep.type.value == "integer"
    assert find(payload, "Declaration", "Item").type is find(payload, "Declaration", "Item", "Item").type


def test_an_abstract_head_is_told_as_a_choice_of_its_heirs(payload):
    vessel, flight = (find(payload, "Declaration", name) for name in ("Vessel", "Flight"))
    assert vessel.choice == flight.choice is not None
    assert vessel.type.facets.max_length == 17
    assert find(payload, "Declaration", "Means") is None


def test_notes_are_told_by_the_names_they_use(payload):
    assert dict(find(payload, "Declaration", "ID").note) == {
        "id": "D014", "Class": "Declaration", "Definition": "The number.",
    }  # fmt: skip
    assert not find(payload, "Declaration", "Count").note


def test_an_element_is_found_through_a_wildcard_that_admits_its_namespace():
    outline = Outline.open(SCHEMAS / "wrapper.xsd")
    found = outline.find([W + "MetaData", P + "Declaration", P + "ID"])
    assert found.type.facets.max_length == 17
    metadata = outline.roots[W + "MetaData"].type
    assert metadata.open
    assert metadata.place(P + "Declaration") == 1
    assert outline.find([W + "MetaData", W + "MetaData"]) is None
    assert outline.find([W + "MetaData", P + "Nothing"]) is None


def test_what_is_not_there_is_none(payload):
    assert find(payload, "Nothing") is None
    assert find(payload, "Declaration", "ID", "Deeper") is None
    assert find(payload, "Declaration", "@nothing") is None
    assert payload.find([]) is None


def test_a_warm_cache_opens_without_xmlschema(tmp_path):
    cold = Outline.open(SCHEMAS / "wrapper.xsd", tmp_path)
    code = (
        "import sys; from pathlib import Path; from adapter.schema import Outline;"
        f"outline = Outline.open(Path({str(SCHEMAS / 'wrapper.xsd')!r}), Path({str(tmp_path)!r}));"
        "print(len(outline.roots), 'xmlschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == [str(len(cold.roots)), "False"]


def test_a_stored_outline_says_the_same(tmp_path, payload):
    Outline.open(SCHEMAS / "payload.xsd", tmp_path)
    warm = Outline.open(SCHEMAS / "payload.xsd", tmp_path)
    for path in (["Declaration", "ID"], ["Declaration", "Item", "HS"], ["Declaration", "Item", "Mass", "@unitCode"]):
        fresh, stored = find(payload, *path), find(warm, *path)
        assert (fresh.at_least, fresh.at_most, dict(fresh.note)) == (stored.at_least, stored.at_most, dict(stored.note))
        assert fresh.type.facets == stored.type.facets


def test_a_changed_import_is_read_again(tmp_path):
    copy = shutil.copytree(SCHEMAS, tmp_path / "schemas")
    first = Outline.open(copy / "payload.xsd", tmp_path / "cache")
    assert find(first, "Declaration", "ID").type.facets.max_length == 17
    types = copy / "common" / "types.xsd"
    types.write_text(types.read_text().replace('"17"', '"18"'))
    second = Outline.open(copy / "payload.xsd", tmp_path / "cache")
    assert find(second, "Declaration", "ID").type.facets.max_length == 18


def test_a_damaged_cache_is_read_again(tmp_path):
    Outline.open(SCHEMAS / "payload.xsd", tmp_path)
    (stored,) = tmp_path.iterdir()
    stored.write_bytes(stored.read_bytes()[:200])
    assert find(Outline.open(SCHEMAS / "payload.xsd", tmp_path), "Declaration", "ID")


def test_a_cache_folder_that_cannot_be_written_does_not_matter(tmp_path):
    (tmp_path / "file").write_text("")
    assert find(Outline.open(SCHEMAS / "payload.xsd", tmp_path / "file" / "cache"), "Declaration", "ID")


def test_json_properties_are_told_like_elements(record):
    assert [node.name for node in record.find([]).type.children][:2] == ["number", "state"]
    number, goods = record.find(["number"]), record.find(["goods"])
    assert (number.at_least, number.type.facets.max_length, number.note["documentation"]) == (1, 5, "As printed.")
    assert (goods.at_least, goods.at_most, goods.many) == (1, 2, True)
    assert record.find(["goods", "unit"]).type.facets.enumeration == ("KG", "EA")
    assert record.find(["state"]).fixed == "ISSUED"
    assert record.find(["issued"]).type.value == "date"
    assert record.find(["remark"]).type.value == "text"


def test_json_decimals_have_as_many_places_as_their_step(record):
    weight = record.find(["weight"]).type
    assert (weight.value, weight.facets.fraction_digits, weight.facets.at_least) == ("decimal", 3, "0")


def test_a_json_type_may_contain_itself(record):
    assert record.find(["party", *["parent"] * 30, "name"]).type.facets.min_length == 2


def schema(location):
    link = f'<xs:import namespace="urn:x" schemaLocation="{location}"/>'
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{link}</xs:schema>'


@pytest.mark.parametrize("location", ["http://127.0.0.1:9/x.xsd", "//host/x.xsd", "file:///etc/passwd", "/etc/passwd"])
def test_a_schema_imports_only_by_relative_path(location, tmp_path):
    file = tmp_path / "a.xsd"
    file.write_text(schema(location))
    with pytest.raises(files.SchemaError, match="relative"):
        Outline.open(file)


def test_a_schema_does_not_lead_out_of_its_folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "x.xsd").write_text(schema("a.xsd"))
    file = tmp_path / "inner" / "a.xsd"
    file.write_text(schema("../x.xsd"))
    with pytest.raises(files.SchemaError, match="outside"):
        Outline.open(file, within=tmp_path / "inner")


def test_a_schema_that_is_none_is_told_as_such(tmp_path):
    file = tmp_path / "a.xsd"
    for text in ("<a", "<a/>", '<!DOCTYPE a [<!ENTITY x SYSTEM "y">]><a/>'):
        file.write_text(text)
        with pytest.raises(files.SchemaError):
            Outline.open(file)
    with pytest.raises(files.SchemaError):
        Outline.open(tmp_path / "absent.xsd")
