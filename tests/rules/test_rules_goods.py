"""Rules on goods and parties: ITM-01, ITM-02, HS-01, FOB-01, CNS-01, REG-01, PTY-01, INV-01."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import GOOD, agreement, amended, certificate, found, only, with_item

from adapter.findings import Severity
from adapter.parameters import Harmonized
from adapter.rules import Facts, check, printable

VALUE = {"amount": "812.50", "currency": "USD"}
RVC = {"method": "rvc", "percent": "40"}
CTH = {"shift": "cth"}
INCOMING = Facts(incoming=True)


def items(count: int, **changes):
    return [{**GOOD, "number": number, **changes} for number in range(1, count + 1)]


# ITM-01


def test_20_items_fit_until_11_june_2022():
    assert not found(certificate("kr-cn", issued_on="2022-06-11", items=items(20)), "ITM-01")


def test_21_items_do_not_fit_until_11_june_2022():
    finding = only(certificate("kr-cn", issued_on="2022-06-11", items=items(21)), "ITM-01")
    assert (finding.severity, finding.field, finding.found) == (Severity.ERROR, "items", "21")
    assert finding.allowed == "at most 20 items until 2022-06-11"


def test_21_items_fit_from_12_june_2022():
    assert not found(certificate("kr-cn", issued_on="2022-06-12", items=items(21)), "ITM-01")


def test_where_no_limit_is_set_any_number_of_items_fits():
    assert not found(certificate(items=items(60)), "ITM-01")


# ITM-02


def test_items_have_numbers_of_their_own():
    assert not found(certificate(items=items(3)), "ITM-02")


def test_an_item_number_that_stands_twice_is_an_error_on_the_second():
    finding = only(certificate(items=[*items(2), {**GOOD, "number": 1}]), "ITM-02")
    assert (finding.field, finding.found) == ("items[2].number", "1")
    assert "also on items[0]" in finding.message


# HS-01


def test_six_digits_of_a_real_chapter_are_right():
    assert not found(with_item(hs="970191"), "HS-01")


@pytest.mark.parametrize("code", ["3902", "39021", "3902100000"])
def test_another_number_of_digits_is_an_error(code):
    finding = only(with_item(hs=code), "HS-01")
    assert (finding.severity, finding.found, finding.allowed) == (Severity.ERROR, code, "6 digits")


def test_where_the_form_takes_more_digits_more_are_right():
    assert not found(with_item("akfta", hs="3902100010"), "HS-01")


def test_a_length_that_is_only_recalled_warns():
    assert only(with_item("akfta", hs="390210001099"), "HS-01").severity is Severity.WARNING


@pytest.mark.parametrize("code", ["001010", "771010", "980100", "990000"])
def test_a_chapter_that_does_not_exist_is_an_error(code):
    assert only(with_item(hs=code), "HS-01").allowed == "chapters 01 to 97 but 77"


def test_another_edition_than_the_agreements_is_a_warning():
    finding = only(with_item(hs_edition=2022), "HS-01")
    assert (finding.severity, finding.field) == (Severity.WARNING, "items[0].hs_edition")


def test_the_agreements_edition_is_right():
    assert not found(with_item(hs_edition=2017), "HS-01")


def test_where_the_agreement_names_no_edition_any_is_right():
    unnamed = amended("ik-cepa", hs=(Harmonized(digits=6, source="invented"),))
    assert not found(with_item(hs_edition=1988), "HS-01", under=unnamed)


# FOB-01


def test_a_value_with_value_content_is_printed():
    assert not found(with_item(criterion=RVC, value=VALUE), "FOB-01")


def test_a_record_at_home_may_hold_a_value_that_the_form_does_not_print():
    assert not found(with_item(criterion=CTH, value=VALUE), "FOB-01")


def test_a_value_that_a_partner_sent_unasked_is_a_warning():
    finding = only(with_item(criterion=CTH, value=VALUE), "FOB-01", INCOMING)
    assert (finding.severity, finding.field) == (Severity.WARNING, "items[0].value")
    assert finding.allowed == "the form prints it only with a value content criterion"


def test_a_value_is_never_told_in_a_finding():
    findings = check(with_item(criterion=CTH, value=VALUE), agreement("ik-cepa"), INCOMING)
    assert "812" not in "".join(map(str, findings))


def test_a_value_missing_with_value_content_is_an_error():
    assert only(with_item(criterion=RVC), "FOB-01").message == "the FOB value is missing"


def test_a_form_without_a_value_box_misses_none():
    assert not found(with_item("kr-cn", criterion=RVC), "FOB-01")


def test_a_form_that_always_prints_the_value_misses_it_always():
    always = amended("ik-cepa", value=({"printed": "always", "source": "invented"},))
    assert found(with_item(), "FOB-01", under=always)
    assert not found(with_item(value=VALUE), "FOB-01", under=always)


def test_what_is_printable_has_no_value_that_the_form_does_not_print():
    both = certificate(items=[{**GOOD, "value": VALUE}, {**GOOD, "number": 2, "criterion": RVC, "value": VALUE}])
    printed = printable(both, agreement("ik-cepa"))
    assert [item.value is None for item in printed.items] == [True, False]
    assert printed.model_dump(exclude={"items"}) == both.model_dump(exclude={"items"})


def test_what_has_nothing_to_drop_is_printable_as_it_is():
    clean = certificate()
    assert printable(clean, agreement("ik-cepa")) is clean


def test_what_is_printable_names_the_original_certificate_and_no_declaration_to_customs():
    original = {"kind": "certificate_of_origin", "number": "0025JP000123456"}
    documents = [{"kind": "export_declaration", "number": "1234526010101X"}, original]
    both = certificate(previous_documents=documents, back_to_back=True)
    assert [document.number for document in printable(both, agreement("ik-cepa")).previous_documents] == [
        "0025JP000123456"
    ]
    plain = certificate(previous_documents=documents)
    assert printable(plain, agreement("ik-cepa")).previous_documents == ()


@given(
    st.sampled_from(["ik-cepa", "akfta", "kr-cn"]),
    st.lists(st.tuples(st.sampled_from([RVC, CTH]), st.sampled_from([None, VALUE])), min_size=1, max_size=5),
)
def test_no_surplus_value_is_found_on_what_is_printable(code, goods):
    lines = [{**GOOD, "number": n, "criterion": c, "value": v} for n, (c, v) in enumerate(goods, 1)]
    printed = printable(certificate(code, items=lines), agreement(code))
    assert all(finding.message == "the FOB value is missing" for finding in found(printed, "FOB-01"))


# CNS-01


def weighed(*each: str, total: str = "100.0", unit: str = "KGM"):
    goods = [{**GOOD, "number": n, "gross_weight": {"value": kg, "unit": "KGM"}} for n, kg in enumerate(each, 1)]
    return certificate(items=goods, gross_weight={"value": total, "unit": unit})


def test_items_may_weigh_as_much_as_their_consignment():
    assert not found(weighed("60", "40.0"), "CNS-01")


def test_items_that_weigh_more_than_their_consignment_are_a_warning():
    finding = only(weighed("60", "40.1"), "CNS-01")
    assert (finding.severity, finding.message) == (Severity.WARNING, "the items weigh 100.1 KGM together")


def test_weights_in_other_units_are_not_compared():
    assert not found(weighed("60", "40.1", total="0.1", unit="TNE"), "CNS-01")


# REG-01


def issued_by(code: str, day: str = "2024-03-04", country: str = "CN"):
    exporter = {"name": "EXAMPLE CO", "address": {"line": "1 ROAD", "country": country}}
    return certificate("kr-cn", issued_by={"code": code}, issued_on=day, exporter=exporter)


@pytest.mark.parametrize(("code", "day"), [("AQSIQ", "2018-08-19"), ("GACC", "2018-08-20"), ("CCPIT", "2016-01-04")])
def test_a_body_on_the_register_on_the_day_of_issue_may_issue(code, day):
    assert not found(issued_by(code, day), "REG-01")


@pytest.mark.parametrize(("code", "day"), [("AQSIQ", "2018-08-20"), ("GACC", "2018-08-19")])
def test_a_body_not_on_the_register_on_that_day_is_an_error(code, day):
    finding = only(issued_by(code, day), "REG-01")
    assert (finding.severity, finding.field, finding.found) == (Severity.ERROR, "issued_by.code", code)
    assert f"could not issue on {day}" in finding.message


def test_a_body_that_no_register_has_is_an_error():
    finding = only(issued_by("?X99"), "REG-01")
    assert (finding.severity, finding.allowed) == (Severity.ERROR, "GACC or CCPIT")


def test_a_body_of_a_country_without_a_register_is_a_warning():
    exporter = {"name": "EXAMPLE CO", "address": {"line": "1 ROAD", "country": "LA"}}
    finding = only(certificate("akfta", issued_by={"code": "MOIC"}, exporter=exporter), "REG-01")
    assert (finding.severity, finding.message) == (Severity.WARNING, "no issuing bodies of LA are on the register")


def test_an_issuing_body_is_named():
    assert only(certificate(issued_by=None), "REG-01").message == "the issuing body is not named"


def test_a_declaration_has_no_issuing_body():
    assert not found(certificate(type="declaration", issued_by=None), "REG-01")


def test_a_body_that_issues_for_another_countrys_exporter_is_a_warning():
    assert only(issued_by("KCCI"), "REG-01").severity is Severity.WARNING


# PTY-01


def test_an_exporter_outside_the_parties_is_an_error():
    finding = only(issued_by("KCCI", country="JP"), "PTY-01")
    assert (finding.field, finding.found, finding.allowed) == ("exporter.address.country", "JP", "KR, CN")


def test_an_origin_outside_the_parties_is_an_error():
    assert only(with_item(origin="JP"), "PTY-01").field == "items[0].origin"


def test_goods_that_go_to_the_country_they_originate_in_are_told_and_refused_nowhere():
    finding = only(with_item(origin="ID"), "PTY-01")
    assert (finding.field, finding.severity) == ("items[0].origin", Severity.WARNING)


def test_a_destination_outside_the_parties_is_an_error():
    assert only(certificate(consignment={"destination": "JP"}), "PTY-01").field == "consignment.destination"


def test_goods_that_stay_in_the_exporters_country_are_an_error():
    finding = only(certificate(consignment={"destination": "KR"}), "PTY-01")
    assert finding.message == "the goods go to the exporter's own country"


def test_countries_that_are_not_said_are_not_judged():
    silent = certificate(exporter={"name": "HANBIT"}, consignment={}, items=[{**GOOD, "origin": None}])
    assert not found(silent, "PTY-01")


# INV-01


def test_a_third_party_that_invoices_is_named_with_its_country():
    assert not found(certificate(third_party_invoice={"name": "OTHER", "address": {"country": "SG"}}), "INV-01")


def test_a_third_party_without_its_country_is_a_warning():
    assert only(certificate(third_party_invoice={"name": "OTHER"}), "INV-01").severity is Severity.WARNING
