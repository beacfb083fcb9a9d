"""The proof of a table: each code of `eodes check`, shown by one change to a table that has none."""

import pytest
from workshop import cancellation, feedback, plan, proven

from adapter.mapping.lint import prove

ERRORS = {"LINT-UNDECLARED", "LINT-WITHHELD", "LINT-NEEDED", "LINT-REQUIRED", "LINT-CODE", "LINT-WORD", "LINT-PAIR"}


def errors(toml):
    return [(code, about) for code, about in proven(toml) if code in ERRORS]


def severities(toml, code):
    return {str(finding.severity) for finding in prove(plan(toml)).findings if finding.code == code}


@pytest.mark.parametrize("toml", [cancellation(), feedback()], ids=["xml", "json"])
def test_the_small_tables_have_no_error(toml):
    assert errors(toml) == []


def test_a_field_neither_mapped_nor_withheld_is_told():
    assert errors(cancellation('[fields]\ntext = "-"')) == [("LINT-UNDECLARED", "text")]


def test_a_field_withheld_with_a_reason_is_declared():
    assert errors(cancellation('[fields]\ntext = "-"\n[withheld]\ntext = "not theirs to know"')) == []


def test_withholding_a_part_covers_all_below_it():
    toml = feedback('[fields]\n"items[].text" = "-"\n"items[].reason" = "-"')
    assert {about for _, about in errors(toml)} == {"items[].text", "items[].reason"}


def test_a_field_both_mapped_and_withheld_is_told():
    assert ("LINT-WITHHELD", "text") in errors(cancellation('[withheld]\ntext = "why"'))


def test_withholding_what_is_no_field_is_told():
    assert errors(cancellation('[withheld]\ncolour = "why"')) == [("LINT-WITHHELD", "colour")]


def test_withholding_without_a_reason_is_told():
    assert errors(cancellation('[fields]\ntext = "-"\n[withheld]\ntext = " "')) == [("LINT-WITHHELD", "text")]


def test_what_the_hub_must_have_is_read():
    toml = cancellation('[fields]\nnumber = { path = "No", only = "write" }')
    assert errors(toml) == [("LINT-NEEDED", "number")]


def test_a_table_that_is_only_written_need_not_read():
    assert errors(cancellation('[fields]\nnumber = { path = "No", only = "write" }', direction="out")) == []


def test_what_the_schema_requires_is_written():
    toml = cancellation('[constants]\nVersion = "-"')
    assert errors(toml) == [("LINT-REQUIRED", "Paper/Version")]


def test_an_attribute_that_the_schema_requires_is_written():
    assert errors(cancellation('[fields]\ntext = "Note"')) == [("LINT-REQUIRED", "Paper/Note/@about")]


def test_a_row_that_is_only_read_does_not_write_what_is_required():
    toml = cancellation('[fields]\nreason = { path = "Why", codes = "reason", only = "read" }')
    assert ("LINT-REQUIRED", "Paper/Why") in errors(toml)


def test_what_is_required_of_a_json_object_is_written():
    assert ("LINT-REQUIRED", "/day") in errors(feedback('[fields]\ndecided_on = "-"'))


def test_a_text_that_the_schema_does_not_list_is_told():
    toml = cancellation()
    toml["codes"]["scheme"]["akfta"] = "XX"
    assert errors(toml) == [("LINT-CODE", "agreement")]


def test_a_constant_too_long_for_the_schema_is_told():
    toml = cancellation('[fields]\nnumber = "Key"\n[constants]\nNo = "much too long a number"')
    assert ("LINT-CODE", "Paper/No") in errors(toml)


def test_a_word_that_the_field_cannot_hold_is_told():
    toml = feedback('[fields]\n"items[].status" = { path = "lines[]/status", codes = "status" }')
    toml["codes"]["status"] = {"source": "x", "closed": True, "granted": "G", "allowed": "A"}
    assert errors(toml) == [("LINT-WORD", "items[].status")]


def test_a_word_of_the_field_without_text_is_told_as_a_limit():
    toml = feedback('[fields]\n"items[].status" = { path = "lines[]/status", codes = "status" }')
    toml["codes"]["status"] = {"source": "x", "closed": True, "granted": "G"}
    assert ("LINT-LACKS", "items[].status") in proven(toml)
    assert severities(toml, "LINT-LACKS") == {"info"}


def test_an_open_list_where_the_schema_lists_its_values_is_a_warning():
    toml = cancellation()
    toml["codes"]["scheme"]["closed"] = False
    assert ("LINT-OPEN", "agreement") in proven(toml)
    assert severities(toml, "LINT-OPEN") == {"warning"}


def test_where_the_hub_is_wider_it_is_told():
    assert ("LINT-NARROW", "number") in proven(cancellation())
    assert severities(cancellation(), "LINT-NARROW") == {"info"}


def test_where_the_schema_requires_what_the_hub_may_lack_it_is_told():
    toml = cancellation('[fields]\nreason = "Key"\ntext = "Why"')
    assert ("LINT-OPTIONAL", "text") in proven(toml)


def test_a_text_read_and_not_written_is_told_as_a_preference():
    assert ("LINT-PREFERRED", "agreement") in proven(cancellation())


def test_a_row_that_goes_one_way_is_told():
    toml = cancellation('[fields]\nissued_on = { path = "Issued", only = "read" }')
    assert ("LINT-ONLY", "issued_on") in proven(toml)
