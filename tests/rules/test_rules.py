"""The rules as a whole: clean paper passes, crashes are undecided, recalled facts warn, all are listed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from paper import (
    AGREEMENT_OWN,
    AGREEMENTS,
    CERTIFICATE,
    GOOD,
    FiveDayWeek,
    agreement,
    amended,
    certificate,
    found,
    only,
    shipped,
)

from adapter.agreement import ONE_AT_A_TIME, Agreement
from adapter.calendar import Calendar
from adapter.certificate import Certificate, Item
from adapter.findings import Severity
from adapter.folders import read_model
from adapter.mapping.path import TableError
from adapter.messages import Function, Kind
from adapter.parameters import IssueWindow, holding
from adapter.rules import RULES, Facts, catalogue, check
from adapter.rules.answers import issued_at_home
from adapter.rules.rule import KEPT, Breach, is_private, judge, rule

CODES = sorted(path.stem for path in AGREEMENTS.glob("*.toml"))
FACTS = Facts(today=date(2024, 3, 5), calendar=FiveDayWeek(), function=Function.ISSUE, original_used=False)


class Crashing:
    """A calendar that fails with a value in its error."""

    def working_days_after(self, country: str, day: date, count: int) -> date:
        raise LookupError("secret 812.50")

    def source(self, country: str) -> str:
        return "nowhere"


@pytest.mark.parametrize("code", sorted(AGREEMENT_OWN))
@pytest.mark.parametrize("count", [1, 20, 60])
def test_a_clean_certificate_has_no_findings(code, count):
    clean = certificate(code)
    items = tuple(clean.items[0].model_copy(update={"number": number}) for number in range(1, count + 1))
    assert check(clean.model_copy(update={"items": items}), agreement(code), FACTS) == []


def test_a_certificate_is_not_checked_without_its_agreement():
    with pytest.raises(ValueError, match="under its agreement"):
        check(certificate(), None)


def test_a_rule_that_crashes_is_undecided_and_stops_no_other():
    travel = {**CERTIFICATE["consignment"], "destination": "CN"}
    late = certificate("kr-cn", issued_on="2024-03-13", consignment=travel, items=[GOOD, GOOD])
    findings = check(late, agreement("kr-cn"), Facts(calendar=Crashing()))
    crashed = next(finding for finding in findings if finding.code == "ISS-01")
    assert crashed.severity is Severity.UNDECIDED
    assert crashed.message == "the rule could not be carried out (LookupError)"
    assert "ITM-02" in {finding.code for finding in findings}


def test_what_rests_on_a_recalled_fact_is_a_warning():
    recalled = IssueWindow(days=1, count="calendar", source="invented", recalled=True)
    assert (
        only(certificate(), "ISS-01", under=amended("ik-cepa", issue_window=(recalled,))).severity is Severity.WARNING
    )


def test_what_is_found_is_told_only_of_public_fields():
    @rule("X-1")
    def tells(certificate: Certificate, terms: Any, facts: Facts):
        """Tells on everything."""
        return [Breach(message="", field=field, found="A") for field in ("items[0].value.amount", "number")] or KEPT

    told = [finding.found for finding in judge((tells,), certificate(), None, None, Facts())]
    assert told == [None, "A"]


@pytest.mark.parametrize("field", ["items[3].value", "exporter.identifier", "signatory", "producer.contact.email"])
def test_marked_fields_are_private(field):
    assert is_private(field)


@pytest.mark.parametrize("field", ["items[3].hs", "exporter.name", "items", "retroactive"])
def test_other_fields_are_public(field):
    assert not is_private(field)


def test_the_real_calendar_counts_over_the_lunar_new_year():
    # Shipped on Monday 5 February 2024; the 9th and the 12th were holidays of the Lunar New Year.
    facts = Facts(calendar=Calendar(None))
    assert not found(shipped("2024-02-05", "2024-02-16", "kr-cn"), "ISS-01", facts)
    finding = only(shipped("2024-02-05", "2024-02-22", "kr-cn"), "ISS-01", facts)
    assert finding.severity is Severity.ERROR
    assert "2024-02-16 by the working days of KR, holidays" in (finding.allowed or "")


# The listing


def test_every_rule_is_listed_once_with_its_title():
    listed = catalogue(agreement(code) for code in CODES)
    distinct = {each for rules in RULES.values() for each in rules} | {issued_at_home}
    assert sorted(entry.code for entry in listed) == sorted({each.code for each in distinct})
    assert len(listed) == len(distinct)
    assert all(entry.title.endswith(".") for entry in listed)


def test_a_rule_is_listed_with_where_each_agreement_says_it():
    window = next(entry for entry in catalogue([agreement("ik-cepa")]) if entry.code == "ISS-01")
    assert (window.about, window.sources["ik-cepa"][0].source) == (Kind.CERTIFICATE, "Article 3.16.5")


def test_a_rule_without_a_parameter_is_listed_with_its_clause():
    six = next(entry for entry in catalogue([agreement("ik-cepa")]) if entry.code == "REG-02")
    assert six.sources["ik-cepa"][0].source == "Article 3.17.3"


# The agreements as they are shipped


@pytest.mark.parametrize("code", CODES)
def test_an_agreement_is_named_as_its_file(code):
    assert agreement(code).code == code


@pytest.mark.parametrize("code", CODES)
def test_boxes_are_filled_by_fields_that_the_hub_has(code):
    for box in agreement(code).boxes:
        for field in box.fields:
            model = Item if field.startswith("items[].") else Certificate
            assert field.removeprefix("items[].").split(".")[0] in model.model_fields


@pytest.mark.parametrize("code", CODES)
def test_clauses_are_of_rules_that_have_no_parameter(code):
    bare = {each.code for rules in RULES.values() for each in rules if each.parameter is None}
    assert {clause.rule for clause in agreement(code).clauses} <= bare


@pytest.mark.parametrize("code", CODES)
def test_examples_of_numbers_look_like_themselves(code):
    assert all(form.pattern.fullmatch(form.example) for form in agreement(code).numbers)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("day", [date.min, date(2018, 8, 20), date(2019, 11, 18), date(2022, 6, 12), date.max])
def test_the_terms_of_a_day_are_the_rows_that_hold_on_it(code, day):
    terms = agreement(code).on(day)
    for name in ONE_AT_A_TIME:
        assert getattr(terms, name) is holding(getattr(agreement(code), name), day)


def test_two_rows_on_one_day_are_refused():
    windows = [{"days": days, "count": "calendar", "source": "invented"} for days in (3, 7)]
    with pytest.raises(ValueError, match="issue_window: two rows hold on the same day"):
        Agreement.model_validate({**agreement("ik-cepa").model_dump(), "issue_window": windows})


def test_days_between_two_rows_on_which_none_holds_are_refused_and_named():
    rows = [{"items": 20, "until": "2022-06-11", "source": "invented"}, {"since": "2022-06-13", "source": "invented"}]
    said = {**agreement("kr-cn").model_dump(mode="json"), "item_limit": rows}
    with pytest.raises(ValueError, match="item_limit: no row holds between 2022-06-11 and 2022-06-13"):
        Agreement.model_validate_json(json.dumps(said))


def test_what_is_wrong_with_an_agreements_rows_is_told_in_our_words():
    rows = [{"days": 3, "count": "calendar", "source": "invented"}] * 2
    with pytest.raises(TableError) as refusal:
        read_model(Agreement, {**agreement("kr-cn").model_dump(), "issue_window": rows}, Path("agreements/kr-cn.toml"))
    assert str(refusal.value) == "agreements/kr-cn.toml: issue_window: two rows hold on the same day"
