"""Rules on the form: REG-02, EXA-01, TYP-01, FUN-01, TRU-01, ALT-01, NUM-02, LNG-01."""

import pytest
from paper import GOOD, agreement, amended, certificate, found, only, with_item

from adapter.findings import Severity
from adapter.messages import Function
from adapter.parameters import Box
from adapter.rules import Facts

ORIGINAL = {"number": "K001-24-0001111", "issued_on": "2024-03-04"}


def copy_issued(day: str, code: str = "ik-cepa", **original: object):
    return certificate(code, form="true_copy", issued_on=day, copy_of={**ORIGINAL, **original})


def replaced(**changes):
    return certificate(**{"form": "replacement", "supersedes": ORIGINAL, "issued_on": "2024-03-05", **changes})


# REG-02


@pytest.mark.parametrize("measure", ["quantity", "gross_weight", "net_weight"])
def test_any_measure_is_a_quantity(measure):
    alone = {"quantity": None, "gross_weight": None, measure: {"value": "1", "unit": "KGM"}}
    assert not found(with_item(**alone), "REG-02")


def test_an_item_without_any_measure_lacks_its_quantity():
    finding = only(with_item(quantity=None, gross_weight=None), "REG-02")
    assert (finding.severity, finding.field) == (Severity.ERROR, "items[0].quantity")
    assert finding.clause == "Article 3.17.3"


def test_a_number_without_letter_or_digit_cannot_be_looked_up():
    assert only(certificate(number="-/-"), "REG-02").field == "number"


@pytest.mark.parametrize("number", ["K001-24-0001234", "증1", "(A)"])
def test_a_number_with_a_letter_or_digit_can_be_looked_up(number):
    assert not found(certificate(number=number), "REG-02")


# EXA-01


def test_a_party_missing_from_its_box_is_an_error():
    finding = only(certificate(importer=None), "EXA-01")
    assert (finding.message, finding.field) == ("box 2 is empty", "importer")
    assert finding.allowed == "importer or consignee"


def test_any_of_a_boxs_fields_fills_it():
    assert not found(certificate(importer=None, consignee={"name": "PT FIKSI ABADI"}), "EXA-01")


def test_a_box_inside_an_absent_part_is_empty():
    assert only(certificate(exporter={"name": "HANBIT"}), "EXA-01").message == "box 1 is empty"


def test_a_box_of_each_item_is_looked_at_in_each():
    subject = certificate(items=[GOOD, {**GOOD, "number": 2, "invoices": []}])
    assert only(subject, "EXA-01").field == "items[1].invoices"


def test_a_box_of_the_whole_form_may_be_filled_by_every_item():
    nobody = certificate("kr-cn", producer_statement=None)
    each = certificate("kr-cn", producer_statement=None, items=[{**GOOD, "producer": {"name": "HANBIT"}}])
    assert only(nobody, "EXA-01").field == "producer"
    assert not found(each, "EXA-01")


def test_a_box_of_a_field_that_the_hub_lacks_is_undecided_not_empty():
    wrong = amended("ik-cepa", boxes=(Box(box="9", fields=("exporter.nmae",), source="invented"),))
    assert only(certificate(), "EXA-01", under=wrong).severity is Severity.UNDECIDED


# TYP-01


def test_a_declaration_is_refused_where_an_authority_certifies():
    finding = only(certificate(type="declaration"), "TYP-01")
    assert finding.message == "a declaration of origin is not in use under this agreement"
    assert (finding.field, finding.found, finding.allowed) == ("type", "declaration", "certificate")


def test_a_certificate_is_in_use():
    assert not found(certificate(), "TYP-01")


# FUN-01


@pytest.mark.parametrize("function", [None, Function.ISSUE, Function.RESEND])
def test_an_original_is_issued_or_sent_again(function):
    assert not found(certificate(), "FUN-01", Facts(function=function))


@pytest.mark.parametrize("function", [Function.REPLACE, Function.COPY, Function.CANCEL, Function.ANSWER])
def test_an_original_is_not_sent_as_anything_else(function):
    finding = only(certificate(), "FUN-01", Facts(function=function))
    assert (finding.severity, finding.allowed) == (Severity.ERROR, "issue or resend")


def test_a_replacement_is_not_sent_as_an_issue():
    assert found(replaced(), "FUN-01", Facts(function=Function.ISSUE))


# TRU-01


def unused(**facts) -> Facts:
    return Facts(original_used=False, **facts)


def test_a_true_copy_within_a_year_of_an_unused_original_is_right():
    assert not found(copy_issued("2025-03-04"), "TRU-01", unused())


def test_a_true_copy_may_bear_its_originals_number_and_date():
    assert not found(copy_issued("2024-03-04", number="K001-24-0001234"), "TRU-01", unused())


def test_a_true_copy_names_its_original():
    finding = only(certificate(form="true_copy"), "TRU-01")
    assert (finding.field, finding.message) == ("copy_of", "number and day of issue of the original missing")


def test_a_true_copy_names_its_originals_day():
    finding = only(copy_issued("2024-03-05", issued_on=None), "TRU-01")
    assert (finding.field, finding.message) == ("copy_of.issued_on", "day of issue of the original missing")


def test_a_true_copy_does_not_come_before_its_original():
    assert only(copy_issued("2024-03-03"), "TRU-01", unused()).message == "issued before the original"


def test_a_true_copy_does_not_come_after_a_year():
    finding = only(copy_issued("2025-03-05"), "TRU-01", unused())
    assert finding.allowed == "within 12 months of the original: until 2025-03-04"


def test_where_no_limit_is_set_a_true_copy_comes_when_it_comes():
    assert not found(copy_issued("2029-03-05", "kr-cn"), "TRU-01", unused())


def test_a_true_copy_of_a_used_original_is_an_error():
    finding = only(copy_issued("2024-04-04"), "TRU-01", Facts(original_used=True))
    assert (finding.severity, finding.message) == (Severity.ERROR, "the original was used")


def test_where_no_ledger_is_asked_the_original_is_left_to_the_issuing_body():
    assert only(copy_issued("2024-04-04"), "TRU-01").severity is Severity.INFO


def test_a_ledger_that_does_not_know_the_original_leaves_the_copy_undecided():
    assert only(copy_issued("2024-04-04"), "TRU-01", Facts(ledger=True)).severity is Severity.UNDECIDED


def test_where_the_agreement_does_not_ask_a_used_original_is_no_matter():
    assert not found(copy_issued("2024-04-04", "akfta"), "TRU-01", Facts(original_used=True))


def test_only_a_true_copy_names_an_original():
    assert only(certificate(copy_of=ORIGINAL), "TRU-01").field == "copy_of"


# ALT-01


def test_a_replacement_with_a_number_of_its_own_is_right():
    assert not found(replaced(), "ALT-01")


def test_a_replacement_names_what_it_replaces():
    assert only(replaced(supersedes=None), "ALT-01").field == "supersedes"


def test_a_replacement_names_the_day_of_what_it_replaces():
    assert only(replaced(supersedes={"number": "K1"}), "ALT-01").field == "supersedes.issued_on"


def test_a_replacement_with_the_old_number_is_an_error_hyphens_and_case_aside():
    finding = only(replaced(number="k001 24 0001111"), "ALT-01")
    assert finding.message == "the replacement bears the number of what it replaces"
    assert finding.allowed == "another number than K001-24-0001111, hyphens and case aside"


def test_a_correction_kept_its_number_until_18_november_2019():
    earlier = {"number": "K001-19-0001234", "issued_on": "2019-11-01"}
    same = {"agreement": "kr-cn", "number": "K001-19-0001234", "supersedes": earlier}
    under = agreement("kr-cn")
    assert not found(replaced(**same, issued_on="2019-11-18"), "ALT-01", under=under)
    assert found(replaced(**same, issued_on="2019-11-19"), "ALT-01", under=under)


def test_a_replacement_does_not_come_before_what_it_replaces():
    assert only(replaced(issued_on="2024-03-03"), "ALT-01").message == "issued before the certificate replaced"


def test_only_a_replacement_supersedes():
    assert only(certificate(supersedes=ORIGINAL), "ALT-01").field == "supersedes"


# NUM-02


@pytest.mark.parametrize("number", ["K001-24-0001234", "K001240001234", "k001 24 0001234", "010-24-123456"])
def test_numbers_of_either_issuer_look_right(number):
    assert not found(certificate(number=number), "NUM-02")


def test_a_number_of_another_look_is_a_warning():
    finding = only(certificate(number="EIC/2019/007/0000769A/00000028"), "NUM-02")
    assert (finding.severity, finding.field) == (Severity.WARNING, "number")
    assert finding.allowed == "like K001-16-1234567 or like 010-24-0001234"


def test_a_country_without_known_numbers_is_not_judged():
    assert not found(certificate("kr-cn", number="22C3100A0001", issued_by={"code": "GACC"}), "NUM-02")


# LNG-01


@pytest.mark.parametrize("text", ["RÉSINE Ω 5 µm, 20 ℃", "POLYMER (98 %) – GRADE A", "ĐÀ NẴNG"])
def test_latin_letters_and_signs_of_units_are_english_enough(text):
    assert not found(with_item(description=text), "LNG-01")


@pytest.mark.parametrize(
    ("text", "script"),
    [("폴리프로필렌", "HANGUL"), ("POLYMER 聚丙烯", "CJK"), ("ПОЛИМЕР", "CYRILLIC"), ("ＰＰ", "FULLWIDTH")],
)
def test_other_scripts_are_a_warning(text, script):
    finding = only(with_item(description=text), "LNG-01")
    assert (finding.severity, finding.field, finding.found) == (Severity.WARNING, "items[0].description", text)
    assert finding.message == f"not in English: it has {script} letters"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("exporter.name", {"exporter": {"name": "한빛화학", "address": {"line": "SEOUL"}}}),
        ("importer.address.line", {"importer": {"name": "PT FIKSI", "address": {"line": "자카르타"}}}),
        ("consignment.loading.name", {"consignment": {"loading": {"name": "부산"}}}),
        ("remarks", {"remarks": "비고"}),
        ("items[0].marks", {"items": [{**GOOD, "marks": "한빛"}]}),
    ],
)
def test_every_printed_text_is_looked_at(field, change):
    assert only(certificate(**change), "LNG-01").field == field


def test_what_no_form_prints_may_be_korean():
    person = {"name": "HANBIT", "address": {"line": "SEOUL"}, "contact": {"person": "김하나"}}
    assert not found(certificate(exporter=person), "LNG-01")
