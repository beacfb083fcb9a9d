"""Writing: an element stands where a value does, every value in its place, none changed to fit."""

import pytest
from workshop import DECIDED, HEADER, WITHDRAWN, cancellation, compiled, feedback, paper, read, written

from adapter.findings import Rejected

DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'


def test_a_document_is_written_whole():
    assert written(cancellation()) == DECLARED + paper()


def test_an_element_without_value_is_not_written():
    content = WITHDRAWN.model_copy(update={"text": None, "issued_on": None})
    assert "<Note" not in written(cancellation(), content) and "<Issued" not in written(cancellation(), content)


def test_every_path_of_a_field_is_written():
    toml = cancellation('[fields]\nnumber = { path = ["No", "Copy/No"] }')
    assert written(toml).count("K-1") == 2


def test_what_the_model_computes_is_written():
    assert "<Key>K1</Key>" in written(cancellation('[fields]\nkey = { path = "Key", only = "write" }'))


def test_a_constant_below_what_is_absent_is_not_written():
    toml = cancellation('[fields]\ntext = "Copy/No"\n[constants]\n"Copy/Day" = "x"')
    assert "<Copy><No>sent twice</No><Day>x</Day></Copy>" in written(toml)
    assert "<Copy>" not in written(toml, WITHDRAWN.model_copy(update={"text": None}))


@pytest.mark.parametrize("text", ["a & b", "<b>", "]]>", "\"q\" 'q'", "{x}", "'''", "%s {0}", "&amp;", "\\n\\"])
def test_a_text_comes_back_as_it_is_from_an_element_and_from_an_attribute(text):
    content, header = WITHDRAWN.model_copy(update={"text": text}), HEADER.model_copy(update={"id": text})
    said = read(cancellation(), written(cancellation(), content, header))
    assert (said.content.text, said.header.id) == (text, text)


@pytest.mark.parametrize("text", ['"', "\\", "q\u0303", "{}", "'", "</script>", "\U0001f6a2"])
def test_a_text_comes_back_as_it_is_from_json(text):
    content = DECIDED.model_copy(update={"import_declaration": text})
    assert read(feedback(), written(feedback(), content)).content.import_declaration == text


def test_a_kept_code_goes_back_as_it_came():
    assert "<Why>X9</Why>" in written(cancellation(), WITHDRAWN.model_copy(update={"reason": "?X9"}))


def test_a_word_without_text_is_refused_with_the_words_there_are():
    with pytest.raises(Rejected) as refused:
        written(cancellation(), WITHDRAWN.model_copy(update={"agreement": "kr-cn"}))
    (finding,) = refused.value.findings
    assert (finding.code, finding.field, finding.found) == ("MAP-CODE", "agreement", "kr-cn")
    assert finding.allowed == "akfta, ik-cepa"


def test_every_refusal_is_told_at_once_with_its_place():
    toml = feedback('[fields]\n"items[].status" = { path = "lines[]/status", codes = "status" }')
    toml["codes"]["status"] = {"source": "x", "closed": True, "granted": "G"}
    items = (*DECIDED.items, DECIDED.items[1].model_copy(update={"number": 3}))
    content = DECIDED.model_copy(update={"items": items, "agreement": "kr-cn"})
    with pytest.raises(Rejected) as refused:
        compiled(toml).write(content, HEADER)
    assert sorted(str(finding.field) for finding in refused.value.findings) == [
        "agreement",
        "items[1].status",
        "items[2].status",
    ]


def test_objects_told_apart_by_a_predicate_are_written_with_it():
    assert '"parties":[{"role":"importer","id":"D-1"}]' in written(feedback(), DECIDED).replace(" ", "")


def test_an_object_that_would_hold_its_predicate_only_is_not_written():
    assert "parties" not in written(feedback(), DECIDED.model_copy(update={"import_declaration": None}))
