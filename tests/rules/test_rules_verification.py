"""Rules on verification: VER-01 to VER-03, VRQ-01, VRQ-02, VRP-01 to VRP-03."""

from datetime import date

import pytest
from paper import agreement, certificate

from adapter.enquiry import key_information
from adapter.findings import Finding, Severity
from adapter.rules import Facts, check
from adapter.verification import ItemResult, VerificationInformation, VerificationReply, VerificationRequest

NAMED = {"number": "K001-24-0001234", "agreement": "ik-cepa", "request": "KPU/2024/0007"}
CERTIFICATE = key_information(certificate())


def asked(ground="doubt", reasons=("not_originating",), day=date(2024, 5, 6), **said) -> VerificationRequest:
    return VerificationRequest(**NAMED, ground=ground, reasons=reasons, requested_on=day, **said)


def replied(result="confirmed", *items: str, day=date(2024, 7, 1), **said) -> VerificationReply:
    results = tuple(ItemResult(number=number, result=found) for number, found in enumerate(items, 1))
    return VerificationReply(**NAMED, result=result, items=results, replied_on=day, **said)


def findings(content, **facts) -> list[Finding]:
    return check(content, agreement("ik-cepa"), Facts(**facts))


def only(content, **facts) -> Finding:
    (finding,) = findings(content, **facts)
    return finding


# VER-01


def test_a_doubt_has_a_reason():
    assert not findings(asked())
    finding = only(asked(reasons=()))
    assert (finding.code, finding.severity, finding.field) == ("VER-01", Severity.ERROR, "reasons")


def test_a_reason_in_words_is_a_reason():
    assert not findings(asked(reasons=(), text="the maker is not known at this address"))


def test_a_check_at_random_needs_no_reason():
    assert not findings(asked("random", ()))


# VRQ-01, VRQ-02


def test_verification_is_not_asked_for_in_the_future():
    assert not findings(asked(), today=date(2024, 5, 5))
    assert only(asked(), today=date(2024, 5, 4)).code == "VRQ-01"


def test_verification_is_asked_for_after_the_certificate_was_issued():
    assert only(asked(issued_on=date(2024, 5, 7))).allowed == "from 2024-05-07 on"
    assert only(asked(day=date(2024, 3, 3)), exchanged=CERTIFICATE).allowed == "from 2024-03-04 on"


def test_a_question_for_more_is_held_to_the_same():
    more = VerificationInformation(**NAMED, text="the bill of materials", items=(7,), requested_on=date(2024, 3, 3))
    assert [each.code for each in findings(more, exchanged=CERTIFICATE)] == ["VRQ-01", "VRQ-02"]


def test_an_item_in_doubt_is_named_once():
    assert only(asked(items=(1, 1))).field == "items[1]"


def test_an_item_in_doubt_is_on_the_certificate():
    assert not findings(asked(items=(1,)), exchanged=CERTIFICATE)
    finding = only(asked(items=(2,)), exchanged=CERTIFICATE)
    assert (finding.code, finding.found, finding.allowed) == ("VRQ-02", "2", "1")


def test_a_certificate_that_the_ledger_does_not_know_leaves_its_items_undecided():
    assert only(asked(items=(1,)), ledger=True).severity is Severity.UNDECIDED
    assert not findings(asked(), ledger=True)


# VRP-01, VRP-02, VRP-03


@pytest.mark.parametrize(
    ("result", "items"),
    [
        ("confirmed", ()),
        ("confirmed", ("confirmed", "confirmed")),
        ("not_originating", ("confirmed", "not_originating")),
        ("not_issued", ("not_issued",)),
        ("undetermined", ("confirmed", "undetermined")),
    ],
)
def test_a_result_that_its_items_bear_out_is_right(result, items):
    assert not findings(replied(result, *items))


@pytest.mark.parametrize(
    ("result", "items"),
    [
        ("confirmed", ("confirmed", "not_originating")),
        ("not_originating", ("confirmed",)),
        ("not_issued", ("not_issued", "confirmed")),
        ("undetermined", ("confirmed",)),
    ],
)
def test_a_result_that_its_items_do_not_bear_out_is_an_error(result, items):
    finding = only(replied(result, *items))
    assert (finding.code, finding.field, finding.found) == ("VRP-01", "result", result)


def test_a_reply_names_items_that_the_certificate_has():
    assert only(replied("confirmed", "confirmed", "confirmed"), exchanged=CERTIFICATE).field == "items[1].number"


def test_a_reply_is_given_between_its_question_and_today():
    assert only(replied(), asked_on=date(2024, 7, 2)).code == "VRP-03"
    assert only(replied(), today=date(2024, 6, 29)).code == "VRP-03"


# VER-02, VER-03


def test_a_reply_has_two_months_from_receipt():
    assert not findings(replied(), asked_on=date(2024, 5, 1))
    finding = only(replied(), asked_on=date(2024, 4, 30))
    assert (finding.code, finding.severity, finding.allowed) == ("VER-02", Severity.WARNING, "until 2024-06-30")
    assert finding.clause == "Article 3.23.1(b)"


def test_what_was_asked_for_besides_has_four_months():
    answer = replied(answers_to="information", day=date(2024, 7, 1))
    assert not findings(answer, asked_on=date(2024, 3, 1))
    assert only(answer, asked_on=date(2024, 2, 29)).code == "VER-03"


def test_without_the_day_of_receipt_nobody_is_late():
    assert not findings(replied(day=date(2029, 1, 1)))
