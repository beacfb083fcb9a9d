"""The rule on origin criteria: CRT-01."""

import pytest
from paper import certificate, found, only, with_item

from adapter.findings import Severity

BOTH = {"shift": "cth", "method": "rvc", "percent": "40", "combinator": "and"}


def said(code: str = "akfta", **criterion):
    return with_item(code, criterion=criterion, value={"amount": "1", "currency": "USD"})


@pytest.mark.parametrize(
    "criterion",
    [
        {"kind": "wholly_obtained"},
        {"kind": "specific_process"},
        {"shift": "ctc"},
        {"method": "rvc", "percent": "45"},
        {"method": "rvc", "percent": "0"},
        {"method": "rvc", "percent": "100"},
        BOTH,
        {**BOTH, "combinator": "or"},
        {"kind": "specific_process", "shift": "cth"},
        {"kind": "rule_6", "detail": "KAESONG"},
    ],
)
def test_what_the_agreement_knows_is_right(criterion):
    assert not found(said(**criterion), "CRT-01")


@pytest.mark.parametrize(
    ("field", "criterion"),
    [
        ("kind", {"kind": "outward_processing"}),
        ("kind", {"kind": "?XYZ"}),
        ("shift", {"shift": "?CTX"}),
        ("method", {"method": "qvc", "percent": "40"}),
    ],
)
def test_what_the_agreement_is_not_known_to_have_is_a_warning(field, criterion):
    finding = only(said(**criterion), "CRT-01")
    assert (finding.severity, finding.field) == (Severity.WARNING, f"items[0].criterion.{field}")
    assert finding.found == criterion[field]


def test_each_agreement_has_its_own_criteria():
    assert not found(said("kr-cn", kind="product_specific"), "CRT-01")
    assert only(said("kr-cn", shift="cth"), "CRT-01").allowed == "none"


def test_a_criterion_that_says_nothing_is_an_error():
    finding = only(said(), "CRT-01")
    assert (finding.severity, finding.message) == (Severity.ERROR, "the criterion says nothing")


def test_a_criterion_of_words_alone_is_a_warning():
    assert only(said(detail="SEE ANNEX"), "CRT-01").severity is Severity.WARNING


def test_a_percentage_needs_its_method():
    finding = only(said(shift="cth", percent="40"), "CRT-01")
    assert (finding.severity, finding.field) == (Severity.ERROR, "items[0].criterion.percent")


def test_a_method_without_the_percentage_that_the_form_asks_for_is_a_warning():
    finding = only(said(method="rvc"), "CRT-01")
    assert (finding.severity, finding.message) == (Severity.WARNING, "a value method without its percentage")


@pytest.mark.parametrize(
    ("field", "more"), [("shift", {"shift": "cth"}), ("method", {"method": "rvc", "percent": "40"})]
)
def test_wholly_obtained_stands_alone(field, more):
    finding = only(said(kind="wholly_obtained", **more), "CRT-01")
    assert (finding.severity, finding.field) == (Severity.ERROR, f"items[0].criterion.{field}")


def test_contradictions_that_rest_on_recalled_criteria_warn():
    assert only(said("ik-cepa", kind="wholly_obtained", shift="cth"), "CRT-01").severity is Severity.WARNING


def test_a_combinator_needs_two_criteria():
    finding = only(said(shift="cth", combinator="or"), "CRT-01")
    assert (finding.severity, finding.field) == (Severity.ERROR, "items[0].criterion.combinator")


def test_two_criteria_without_a_combinator_are_a_warning():
    finding = only(said(shift="cth", method="rvc", percent="40"), "CRT-01")
    assert (finding.severity, finding.field) == (Severity.WARNING, "items[0].criterion.combinator")


def test_the_item_at_fault_is_named():
    goods = [{"number": n, "description": "X", "hs": "390210", "criterion": c} for n, c in ((1, BOTH), (2, {}))]
    assert only(certificate("akfta", items=goods), "CRT-01").field == "items[1].criterion"
