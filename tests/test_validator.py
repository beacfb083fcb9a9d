import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hostile
import pytest

from adapter.schema import JsonSchema, Schema, files, parse_json, parse_xml

SCHEMAS = Path(__file__).parent / "data" / "schemas"


@pytest.fixture(scope="module")
def schema():
    return Schema.open(SCHEMAS / "payload.xsd")


@pytest.fixture(scope="module")
def record():
    return JsonSchema.open(SCHEMAS / "record.schema.json")


def declaration(body, attributes=""):
    return f'<Declaration xmlns="urn:test:payload"{attributes}>\n{body}</Declaration>'.encode()


HEAD = "<FunctionCode>9</FunctionCode><ID>K1</ID>"
ITEM = "<Item><Number>1</Number></Item>"


def told(schema, body, attributes=""):
    """The one fault as (code, path, attribute, allowed)."""
    (fault,) = schema.faults(parse_xml(declaration(body, attributes)))
    path = "/".join(
        f"{name.rpartition('}')[2]}[{place}]" if place else name.rpartition("}")[2] for name, place in fault.steps
    )
    return fault.code, path.removeprefix("Declaration/"), fault.attribute, fault.allowed


def test_a_valid_document_has_no_faults(schema):
    body = f"{HEAD}<Flight>KE1</Flight><Note>x</Note><Remark>y</Remark><Note>z</Note>{ITEM}<Count>1</Count>"
    assert schema.faults(parse_xml(declaration(body, ' retroactive="true"'))) == []


CASES = {
    "too long": (
        f"<FunctionCode>9</FunctionCode><ID>{'S' * 18}</ID>{ITEM}",
        "XSD-LENGTH",
        "ID",
        None,
        "from 1 to 17 characters",
    ),
    "empty": (f"<FunctionCode>9</FunctionCode><ID/>{ITEM}", "XSD-LENGTH", "ID", None, "from 1 to 17 characters"),
    "not in the list": (
        f"<FunctionCode>SECRET</FunctionCode><ID>K1</ID>{ITEM}",
        "XSD-ENUMERATION",
        "FunctionCode",
        None,
        "one of 9, 5, 31",
    ),
    "not of the form": (
        f"{HEAD}<Item><Number>1</Number><HS>1</HS><HS>1a</HS></Item>",
        "XSD-PATTERN",
        "Item/HS[1]",
        None,
        "the pattern ([A-Z]+)|([0-9]+)",
    ),
    "too many decimals": (
        f'{HEAD}{ITEM}<Item><Number>2</Number><Mass unitCode="KGM">1.2345</Mass></Item>',
        "XSD-DIGITS",
        "Item[1]/Mass",
        None,
        "up to 16 digits, 3 of them decimals",
    ),
    "out of range": (
        f'{HEAD}<Item><Number>2</Number><Mass unitCode="KGM">-1</Mass></Item>',
        "XSD-RANGE",
        "Item/Mass",
        None,
        "at least 0",
    ),
    "no date": (f"{HEAD}<Departed>SECRET</Departed>{ITEM}", "XSD-TYPE", "Departed", None, "a date, CCYY-MM-DD"),
    "an element missing at the end": (HEAD, "XSD-MISSING", "Item", None, "element Item"),
    "an element missing before another": (
        f"<FunctionCode>9</FunctionCode>{ITEM}",
        "XSD-MISSING",
        "ID",
        None,
        "element ID",
    ),
    "an element nobody knows": (
        f"{HEAD}{ITEM}<Secret>SECRET</Secret>",
        "XSD-UNEXPECTED",
        "Secret",
        None,
        "element Item or Count",
    ),
    "an element too often": (
        f"{HEAD}<Departed>2024-01-01</Departed><Departed>2024-01-01</Departed>{ITEM}",
        "XSD-UNEXPECTED",
        "Departed[1]",
        None,
        "Departed at most 1 time",
    ),
    "both of a choice": (
        f"{HEAD}<Port>A</Port><Place>B</Place>{ITEM}",
        "XSD-MISSING",
        "Item",
        None,
        "element Item",
    ),
    "an attribute missing": (
        f"{HEAD}<Item><Number>1</Number><Mass>1</Mass></Item>",
        "XSD-MISSING",
        "Item/Mass",
        "unitCode",
        "attribute unitCode",
    ),
    "an attribute too long": (
        f'{HEAD}<Item><Number>1</Number><Mass unitCode="LONG">1</Mass></Item>',
        "XSD-LENGTH",
        "Item/Mass",
        "unitCode",
        "from 1 to 3 characters",
    ),
    "an attribute with another value than the fixed one": (
        f'{HEAD}<Issued><DateTimeString xmlns="urn:test:types" formatCode="304">x</DateTimeString></Issued>{ITEM}',
        "XSD-ENUMERATION",
        "Issued/DateTimeString",
        "formatCode",
        "exactly 102",
    ),
    "text between elements": (f"{HEAD}SECRET{ITEM}", "XSD-UNEXPECTED", "Declaration", None, "elements only, no text"),
    "elements in a text": (
        f"<FunctionCode>9</FunctionCode><ID>K<b/></ID>{ITEM}",
        "XSD-UNEXPECTED",
        "ID",
        None,
        "text only, no elements",
    ),
}


@pytest.mark.parametrize("what", [name for name in CASES if name != "both of a choice"])
def test_a_fault_has_its_code_its_place_and_what_is_allowed(schema, what):
    body, *expected = CASES[what]
    assert list(told(schema, body)) == expected


def test_both_of_a_choice_is_one_too_many(schema):
    code, path, _, _ = told(schema, f"{HEAD}<Port>A</Port><Place>B</Place>{ITEM}")
    assert (code, path) == ("XSD-UNEXPECTED", "Place")


def test_an_attribute_nobody_knows_is_told(schema):
    assert told(schema, HEAD + ITEM, ' secret="SECRET"') == (
        "XSD-UNEXPECTED",
        "Declaration",
        "secret",
        "attribute retroactive",
    )


@pytest.mark.parametrize("what", CASES)
def test_no_fault_tells_a_value_of_the_document(schema, what):
    for fault in schema.faults(parse_xml(declaration(CASES[what][0]))):
        assert "SECRET" not in f"{fault.message}{fault.allowed}"


@pytest.mark.parametrize("what", hostile.WRONG_SCHEMA)
def test_another_root_is_told(schema, what):
    data, code = hostile.WRONG_SCHEMA[what]
    (fault,) = schema.faults(parse_xml(data))
    assert fault.code == code


def test_the_root_of_the_same_name_in_the_right_namespace_is_told(schema):
    (fault,) = schema.faults(parse_xml(b"<Declaration/>"))
    assert fault.allowed == "element Declaration of namespace urn:test:payload"


def test_the_element_and_its_line_are_told_also_beyond_65_535(schema):
    (fault,) = schema.faults(parse_xml(declaration(HEAD + "\n" * 70_000 + "<Departed>x</Departed>" + ITEM)))
    assert fault.line == 70_002
    assert fault.element.text == "x"


def test_prefixes_do_not_matter(schema):
    data = declaration(f"{HEAD}{ITEM}<Item><Number>x</Number></Item>").decode()
    prefixed = data.replace("</", "</q:").replace("<", "<q:").replace("<q:/q:", "</q:").replace("xmlns=", "xmlns:q=")
    (plain,), (other,) = schema.faults(parse_xml(data.encode())), schema.faults(parse_xml(prefixed.encode()))
    assert plain.steps == other.steps


def test_a_wrapper_validates_what_it_wraps():
    wrapper = Schema.open(SCHEMAS / "wrapper.xsd", within=SCHEMAS)
    wrap = '<MetaData xmlns="urn:test:wrapper">{}</MetaData>'
    good = wrap.format(declaration(HEAD + ITEM).decode())
    assert wrapper.faults(parse_xml(good.encode())) == []
    (fault,) = wrapper.faults(parse_xml(good.replace(">K1<", f">{'K' * 18}<").encode()))
    assert (fault.code, fault.allowed) == ("XSD-LENGTH", "from 1 to 17 characters")
    (fault,) = wrapper.faults(parse_xml(wrap.format('<x xmlns="urn:test:payload"/>').encode()))
    assert fault.code == "XSD-UNEXPECTED"


def test_many_threads_get_their_own_faults(schema):
    valid, late = (parse_xml(declaration(HEAD + body + ITEM)) for body in ("", "<Departed>x</Departed>"))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(schema.faults, [valid, late] * 200))
    assert [len(faults) for faults in found] == [0, 1] * 200


def test_a_document_wrong_all_over_has_a_hundred_faults_and_fits_in_memory(schema):
    inner = "<Item><Number>x</Number>" + "<Item><Number/></Item>" * 1_900 + "</Item>"
    data = declaration(HEAD + inner * 60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults = schema.faults(parse_xml(data))
    assert len(faults) == 100
    assert faults[0].steps[-1] == ("{urn:test:payload}Number", 0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000


def test_a_large_valid_document_has_no_faults(schema):
    inner = "<Item><Number>1</Number>" + "<Item><Number>1</Number></Item>" * 1_900 + "</Item>"
    data = declaration(HEAD + inner * 40)
    root = parse_xml(data)
    assert schema.faults(root) == schema.faults(root, data) == []


def test_one_fault_at_the_end_of_a_large_document_is_found(schema):
    inner = "<Item><Number>1</Number>" + "<Item><Number>1</Number></Item>" * 1_900 + "</Item>"
    (fault,) = schema.faults(parse_xml(declaration(HEAD + inner * 40 + ITEM + "<Count>x</Count>")))
    assert (fault.code, fault.steps[-1]) == ("XSD-TYPE", ("{urn:test:payload}Count", 0))


def test_a_schema_that_cannot_be_used_is_told_as_such(tmp_path):
    file = tmp_path / "a.xsd"
    file.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="b"/></xs:schema>'
    )
    with pytest.raises(files.SchemaError):
        Schema.open(file)


RECORD = {
    "XSD-MISSING": (b'{"weight": 1, "goods": [{"hs": "123456"}]}', (("number", 0),), "property number"),
    "XSD-LENGTH": (
        b'{"number": "SECRET", "weight": 1, "goods": [{"hs": "123456"}]}',
        (("number", 0),),
        "at most 5 characters",
    ),
    "XSD-PATTERN": (
        b'{"number": "1", "weight": 1, "goods": [{"hs": "123456"}, {"hs": "1"}]}',
        (("goods", 1), ("hs", 0)),
        "the pattern ^[0-9]{6}$",
    ),
    "XSD-ENUMERATION": (
        b'{"number": "1", "weight": 1, "goods": [{"hs": "123456", "unit": "SECRET"}]}',
        (("goods", 0), ("unit", 0)),
        "one of KG, EA",
    ),
    "XSD-DIGITS": (
        b'{"number": "1", "weight": 1.2345, "goods": [{"hs": "123456"}]}',
        (("weight", 0),),
        "at most 3 decimals",
    ),
    "XSD-RANGE": (b'{"number": "1", "weight": -1, "goods": [{"hs": "123456"}]}', (("weight", 0),), "at least 0"),
    "XSD-TYPE": (
        b'{"number": "1", "weight": 1, "issued": "2024-02-30", "goods": [{"hs": "123456"}]}',
        (("issued", 0),),
        "a date, CCYY-MM-DD",
    ),
    "XSD-UNEXPECTED": (
        b'{"number": "1", "weight": 1, "goods": [{"hs": "123456", "secret": "SECRET"}]}',
        (("goods", 0), ("secret", 0)),
        "property hs, unit, count",
    ),
}


@pytest.mark.parametrize("code", RECORD)
def test_a_json_fault_has_the_code_that_xml_has(record, code):
    data, steps, allowed = RECORD[code]
    (fault,) = record.faults(parse_json(data))
    assert (fault.code, fault.steps, fault.allowed) == (code, steps, allowed)
    assert "SECRET" not in fault.message


def test_a_json_list_that_is_none_and_one_too_long_are_told(record):
    (fault,) = record.faults(parse_json(b'{"number": "1", "weight": 1, "goods": {"hs": "1"}}'))
    assert (fault.code, fault.allowed) == ("XSD-TYPE", "a list")
    (fault,) = record.faults(
        parse_json(b'{"number": "1", "weight": 1, "goods": [' + b'{"hs": "123456"},' * 2 + b'{"hs": "123456"}]}')
    )
    assert (fault.code, fault.allowed) == ("XSD-UNEXPECTED", "at most 2 items")


def test_a_valid_json_document_has_no_faults(record):
    assert record.faults(parse_json(b'{"number": "1", "weight": 1.100, "goods": [{"hs": "123456"}]}')) == []


def test_a_json_schema_that_refers_elsewhere_is_refused(tmp_path):
    file = tmp_path / "a.schema.json"
    file.write_text('{"$ref": "http://127.0.0.1:9/x.json"}')
    with pytest.raises(files.SchemaError):
        JsonSchema.open(file)
