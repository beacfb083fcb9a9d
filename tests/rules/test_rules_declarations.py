"""Rules on declarations of origin (DEC-01 to 03), on back-to-back certificates (BTB) and on small values (WAV-01)."""

import json
from datetime import date

import pytest
from paper import GOOD, agreement, amended, certificate, found, only, with_item

from adapter.catalogue import Catalogue
from adapter.codes import Codes
from adapter.enquiry import KeyInformation
from adapter.findings import Severity
from adapter.mapping.path import TableError
from adapter.parameters import BackToBack, Declarers, NumberForm, Register, Waiver
from adapter.rules import Facts

DECLARED = {"type": "declaration", "issued_by": None}
FIRST = {"kind": "certificate_of_origin", "number": "VN-KR 24/01/00009", "issued_on": "2024-02-01", "country": "VN"}
BEHIND = {"back_to_back": True, "previous_documents": [FIRST]}


def declaring(*by: str, **rows):
    return amended(
        "ik-cepa",
        types=("certificate", "declaration"),
        declarers=(Declarers(by=by, source="invented"),) if by else (),
        **rows,
    )


def known(quantity: str = "50", unit: str = "BG", hs: str = "390210") -> Facts:
    item = {"number": 1, "hs": hs, "description": "POLYPROPYLENE", "quantity": {"value": quantity, "unit": unit}}
    said = {"number": FIRST["number"], "issued_on": date(2024, 2, 1), "exporter": "FICTIVE CO", "items": [item]}
    return Facts(original=KeyInformation.model_validate(said))


def stating(**said):
    return amended("ik-cepa", back_to_back=(BackToBack(source="invented", **said),))


# DEC-01


@pytest.mark.parametrize("by", [(), ("approved_exporter",), ("approved_exporter", "producer")])
def test_a_declaration_bears_the_number_of_an_approved_exporter(by):
    finding = only(certificate(producer_statement=None, **DECLARED), "DEC-01", under=declaring(*by))
    assert (finding.severity, finding.field) == (Severity.ERROR, "approved_exporter")


def test_a_declaration_with_the_number_is_right():
    assert not found(certificate(approved_exporter="010-12-345678", **DECLARED), "DEC-01", under=declaring())


def test_where_any_exporter_may_declare_no_number_is_needed():
    assert not found(certificate(**DECLARED), "DEC-01", under=declaring("approved_exporter", "exporter"))


def test_a_producer_who_may_declare_needs_no_number():
    assert not found(certificate(producer_statement="same", **DECLARED), "DEC-01", under=declaring("producer"))


def test_a_certificate_of_an_authority_needs_no_number():
    assert not found(certificate(), "DEC-01", under=declaring())


def test_a_declaration_is_refused_where_the_agreement_wants_an_authority():
    assert only(certificate(approved_exporter="1", **DECLARED), "TYP-01").severity is Severity.ERROR


# DEC-02


def test_an_approval_of_another_look_is_a_warning():
    form = NumberForm(country="KR", pattern=r"\d{3}-\d{2}-\d{6}", example="010-12-345678", source="invented")
    under = declaring(approvals=(form,))
    assert not found(certificate(approved_exporter="010-12-345678"), "DEC-02", under=under)
    finding = only(certificate(approved_exporter="HANBIT"), "DEC-02", under=under)
    assert (finding.severity, finding.allowed) == (Severity.WARNING, "like 010-12-345678")


# DEC-03

APPROVED = {"number": "CN 2200-001", "agreements": ["rcep"], "since": "2022-03-01", "until": "2024-03-03"}


def listing(*exporters: dict[str, object], recalled: bool = False) -> Facts:
    said = {"country": "KR", "source": "invented", "recalled": recalled, "exporters": exporters}
    return Facts(codes=Codes(registers={"KR": Register.model_validate_json(json.dumps(said))}))


def declared(on: str = "2024-03-01"):
    return certificate("rcep", approved_exporter="cn2200001", issued_on=on, **DECLARED)


@pytest.mark.parametrize("facts", [Facts(), Facts(codes=Codes())])
def test_without_a_register_no_number_of_an_approved_exporter_is_asked_after(facts):
    assert not found(declared(), "DEC-03", facts)


def test_an_approved_exporter_is_known_however_his_number_is_spelt():
    assert not found(declared(), "DEC-03", listing(APPROVED))
    assert not found(declared("2024-03-03"), "DEC-03", listing({"number": "CN2200001"}))


@pytest.mark.parametrize("row", [{"until": "2024-02-29"}, {"since": "2024-03-02"}, {"agreements": ["ckfta"]}])
def test_an_approval_for_other_days_or_agreements_is_none(row):
    finding = only(declared(), "DEC-03", listing(APPROVED | row))
    assert (finding.severity, finding.found) == (Severity.ERROR, "cn2200001")
    assert only(declared(), "DEC-03", listing(APPROVED | row, recalled=True)).severity is Severity.WARNING


def test_who_is_not_on_the_register_may_be_newer_than_it():
    assert only(declared(), "DEC-03", listing(APPROVED | {"number": "CN2200002"})).severity is Severity.UNDECIDED


def test_a_register_lies_in_a_folder_of_ones_own_under_its_countrys_name(tmp_path):
    folder = tmp_path / "mappings/registers"
    folder.mkdir(parents=True)
    text = 'country = "CN"\nsource = "invented"\n[[exporters]]\nnumber = "CN2200001"\nuntil = 2025-02-28\n'
    (folder / "cn.toml").write_text(text, encoding="utf-8")
    codes = Catalogue.open(tmp_path).codes
    assert codes.register("KR") is None
    assert [row.number for row in codes.register("CN").exporters] == ["CN2200001"]
    (folder / "cn.toml").rename(folder / "kr.toml")
    with pytest.raises(TableError, match=r"registers/kr.toml: country 'CN' is not the name of its file"):
        Catalogue.open(tmp_path).load()


# BTB-01, BTB-02, BTB-03


def test_a_back_to_back_certificate_is_refused_where_the_agreement_has_none():
    assert only(certificate(**BEHIND), "BTB-01", under=stating(allowed=False)).field == "back_to_back"


def test_a_back_to_back_certificate_names_its_original():
    under = stating(original=True)
    assert not found(certificate(**BEHIND), "BTB-01", under=under)
    assert "number and day" in only(certificate(back_to_back=True), "BTB-01", under=under).message
    undated = {**BEHIND, "previous_documents": [{**FIRST, "issued_on": None}]}
    assert only(certificate(**undated), "BTB-01", under=under).message.startswith("day of issue")


def test_where_nothing_is_known_of_back_to_back_certificates_nothing_is_said():
    silent = amended("ik-cepa", back_to_back=())
    assert not [
        each for code in ("BTB-01", "BTB-03") for each in found(certificate(back_to_back=True), code, under=silent)
    ]


@pytest.mark.parametrize(("day", "wrong"), [("2023-03-04", 0), ("2023-03-03", 1), ("2024-03-04", 0), ("2024-03-05", 1)])
def test_it_is_issued_while_its_original_is_valid(day, wrong):
    subject = certificate(back_to_back=True, previous_documents=[{**FIRST, "issued_on": day}])
    assert len(found(subject, "BTB-02", under=stating(original=True))) == wrong


def test_it_is_used_no_longer_than_its_original():
    facts = Facts(today=date(2025, 2, 2), incoming=True)
    assert only(certificate(**BEHIND), "VAL-01", facts).message == "expired on 2025-02-01"
    assert not found(certificate(), "VAL-01", facts)


def test_it_covers_as_much_as_its_original():
    assert not found(certificate(**BEHIND), "BTB-03", known(), stating(original=True))


def test_it_covers_no_more_than_is_left_of_its_original():
    finding = only(certificate(**BEHIND), "BTB-03", known("49.5"), stating(original=True))
    assert (finding.severity, finding.field, finding.allowed) == (Severity.ERROR, "items[0].quantity", "at most 49.5")


def test_several_items_of_one_good_are_counted_together():
    halves = [{**GOOD, "number": n, "quantity": {"value": "30", "unit": "BG"}} for n in (1, 2, 3)]
    finding = only(certificate(**BEHIND, items=halves), "BTB-03", known(), stating(original=True))
    assert finding.field == "items[1].quantity"


def test_it_covers_no_other_goods():
    finding = only(certificate(**BEHIND), "BTB-03", known(hs="870899"), stating(original=True))
    assert (finding.field, finding.allowed) == ("items[0].hs", "870899")


def test_what_is_counted_in_other_units_is_not_compared():
    assert not found(certificate(**BEHIND), "BTB-03", known("1", "KGM"), stating(original=True))


@pytest.mark.parametrize("facts", [Facts(), Facts(ledger=True)], ids=["no ledger", "not in the ledger"])
def test_an_original_that_did_not_come_this_way_is_only_told(facts):
    assert only(certificate(**BEHIND), "BTB-03", facts, stating(original=True)).severity is Severity.INFO


# WAV-01


@pytest.mark.parametrize(("amount", "told"), [("200", 1), ("200.01", 0)])
def test_goods_of_little_value_are_told_and_never_refused(amount, told):
    findings = found(with_item(value={"amount": amount, "currency": "USD"}), "WAV-01")
    assert [finding.severity for finding in findings] == [Severity.WARNING] * told


def test_values_in_another_currency_or_none_say_nothing():
    assert not found(with_item(value={"amount": "1", "currency": "KRW"}), "WAV-01")
    assert not found(with_item(), "WAV-01")


def test_the_values_of_all_items_count_together():
    items = [{**GOOD, "number": n, "value": {"amount": "101", "currency": "USD"}} for n in (1, 2)]
    assert not found(certificate(items=items), "WAV-01")


def test_an_agreement_without_a_waiver_says_nothing():
    assert agreement("ik-cepa").waiver[0] == Waiver(
        most={"amount": "200", "currency": "USD"},
        source="Article 3.19.1(a): customs value up to US$200 FOB, unless split to evade",
    )
    small = with_item(value={"amount": "1", "currency": "USD"})
    assert not found(small, "WAV-01", under=amended("ik-cepa", waiver=()))
