"""Reading: whatever is odd is told, nothing is dropped in silence, and what no row claims is named."""

import pytest
from workshop import HEADER, WITHDRAWN, cancellation, feedback, paper, read, told, written

SHEET = """{"kind": "feedback", "no": "K-1", "scheme": "AK", "day": "2025-03-02",
  "parties": [{"role": "importer", "id": "D-1"}, {"role": "exporter", "id": "E-1"}],
  "lines": [{"n": 1, "status": "granted", "used": 1.10}, {"n": 2, "status": "denied", "text": "no"}]}"""


def test_a_plain_document_is_read_without_a_word():
    said = read(cancellation(), paper())
    assert (said.content, said.header, said.findings, said.leftovers) == (WITHDRAWN, HEADER, (), ())


def test_a_second_match_is_told_with_its_value_and_line():
    (finding,) = read(cancellation(), paper('<Why2/>\n<Note about="all">again</Note>')).findings[:1]
    assert (finding.code, finding.field, finding.found, finding.line) == ("MAP-SECOND", "text", "again", 2)


def test_a_second_match_of_another_predicate_is_left_over():
    said = read(cancellation(), paper('<Other about="other">x</Other>').replace("Other", "Note"))
    assert said.findings == ()
    assert said.leftovers == ("Paper/Note",)


def test_a_constant_that_differs_is_told_with_what_it_must_be():
    (finding,) = read(cancellation(), paper("<Version>2.0</Version>")).findings
    assert (finding.code, finding.path, finding.allowed) == ("MAP-CONSTANT", "Paper/Version", "1.0")


def test_two_paths_that_differ_are_told():
    toml = cancellation('[fields]\nnumber = { path = ["No", "Copy/No"] }')
    (finding,) = read(toml, paper("<Copy><No>K-2</No></Copy>")).findings
    assert (finding.code, finding.field) == ("MAP-DIFFERS", "number")


def test_two_paths_that_agree_are_fine_and_the_second_may_be_absent():
    toml = cancellation('[fields]\nnumber = { path = ["No", "Copy/No"] }')
    assert told(toml, paper("<Copy><No>K-1</No></Copy>")) == []
    assert told(toml, paper()) == []


def test_a_second_path_without_the_first_is_told():
    toml = cancellation('[fields]\nissued_on = { path = ["Issued", "Key"] }')
    document = paper("<Key>2025-03-01</Key>").replace("<Issued>2025-03-01</Issued>", "")
    assert told(toml, document) == [("MAP-DIFFERS", "issued_on")]


def test_what_the_hub_computes_must_say_what_the_hub_says():
    toml = cancellation('[fields]\nkey = { path = "Key", only = "write" }')
    assert told(toml, paper("<Key>K1</Key>")) == []
    assert [code for code, _ in told(toml, paper("<Key>K2</Key>"))] == ["MAP-DIFFERS"]


def test_an_empty_element_is_absent_and_left_over():
    said = read(cancellation(), paper('<Note about="all"/>'))
    assert (said.content.text, said.leftovers) == (None, ("Paper/Note",))


def test_an_empty_element_that_must_be_there_is_missing():
    (finding,) = read(cancellation(), paper("<No/>")).findings
    assert (finding.field, finding.message) in [("number", "is missing"), ("number", "is empty")]


def test_a_code_that_an_open_list_does_not_know_is_kept_with_a_warning():
    said = read(cancellation(), paper("<Why>X</Why>"))
    (finding,) = said.findings
    assert said.content.reason == "?X"
    assert (finding.code, finding.severity, finding.found) == ("MAP-UNKNOWN", "warning", "X")


def test_a_code_that_a_closed_list_does_not_know_is_an_error_that_names_those_it_has():
    said = read(cancellation(), paper("<Scheme>XX</Scheme>"))
    (finding,) = said.findings
    assert said.content is None
    assert (finding.code, finding.field, finding.found, finding.allowed) == (
        "MAP-CODE",
        "agreement",
        "XX",
        "AK, IK, CEPA",
    )


def test_every_text_of_a_word_is_read():
    assert read(cancellation(), paper("<Scheme>CEPA</Scheme>")).content.agreement == "ik-cepa"


def test_a_value_that_is_none_is_told_with_its_field_path_line_and_shape():
    (finding,) = read(cancellation(), "\n\n" + paper("<Day>20250230</Day>")).findings
    assert (finding.code, finding.field, finding.path, finding.line) == ("MAP-VALUE", "cancelled_on", "Day", 3)
    assert (finding.found, finding.allowed) == ("20250230", "CCYYMMDD")


def test_what_the_model_refuses_is_told_once_in_our_words():
    assert told(cancellation(), paper(f"<No>{'x' * 600}</No>")) == [("HUB-LENGTH", "number")]


def test_whatever_has_no_content_has_an_error():
    said = read(cancellation(), paper("<Why> X</Why>"))
    assert said.content is not None or any(finding.severity == "error" for finding in said.findings)


def test_an_element_that_no_row_claims_is_named_without_its_value():
    said = read(cancellation(), paper("<Copy><No>SECRET</No></Copy>"))
    assert said.leftovers == ("Paper/Copy",)


def test_an_attribute_that_no_row_claims_is_named_without_its_value():
    assert read(cancellation(), paper(attributes=' id="m-1" lang="SECRET"')).leftovers == ("Paper/@lang",)


def test_an_attribute_for_the_validator_is_not_left_over():
    where = ' id="m-1" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="x.xsd"'
    assert read(cancellation(), paper(attributes=where)).leftovers == ()


def test_a_signature_is_not_left_over():
    signature = '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'
    assert read(cancellation(), paper().replace("</Paper>", f"{signature}</Paper>")).leftovers == ()


def test_a_row_that_is_only_read_is_not_written():
    toml = cancellation('[fields]\nissued_on = { path = "Issued", only = "read" }')
    assert read(toml, paper()).content.issued_on is not None
    assert "Issued" not in written(toml)


def test_a_comment_inside_a_text_does_not_cut_it():
    assert read(cancellation(), paper("<No>K<!-- x -->-<?y z?>1</No>")).content.number == "K-1"


def test_blanks_around_a_text_say_nothing():
    document = paper("<Why>\n  R\n</Why>", "<Day> 20250302 </Day>", "<No> K-1</No>", "<Version>\n1.0\n</Version>")
    said = read(cancellation(), document)
    assert (said.content, said.findings) == (WITHDRAWN, ())


def test_a_json_document_is_read_by_its_names():
    said = read(feedback(), SHEET)
    assert said.content.import_declaration == "D-1"
    assert [str(item.quantity) for item in said.content.items] == ["1.10", "None"]
    assert said.findings == ()


def test_an_object_that_no_predicate_selects_is_left_over_by_its_place():
    assert read(feedback(), SHEET).leftovers == ("parties[2]",)


def test_a_property_that_no_row_claims_is_left_over_by_its_name():
    assert "note" in read(feedback(), SHEET.replace('"kind"', '"note": "x", "kind"')).leftovers


def test_a_second_object_of_one_role_is_told():
    twice = SHEET.replace('"exporter", "id": "E-1"', '"importer", "id": "D-2"')
    assert [(code, field) for code, field in told(feedback(), twice)] == [("MAP-SECOND", "import_declaration")]


def test_a_json_text_without_letters_is_absent_and_the_property_is_left_over():
    said = read(feedback(), SHEET.replace('"text": "no"', '"text": ""'))
    assert said.content.items[1].text is None
    assert "lines[2]/text" in said.leftovers


@pytest.mark.parametrize("value", ["null", "12", "true", "[]", "{}"])
def test_a_json_value_of_another_kind_is_told_or_absent_never_a_crash(value):
    said = read(feedback(), SHEET.replace('"text": "no"', f'"text": {value}'))
    assert said.content is None or said.content.items[1].text is None
    assert said.content is not None or said.findings


def test_findings_of_an_item_count_from_none_in_our_field_and_from_one_in_the_document():
    (finding,) = read(feedback(), SHEET.replace('"denied"', '"dunno"')).findings
    assert (finding.code, finding.field, finding.path) == ("HUB-CODE", "items[1].status", "lines[2]/status")
