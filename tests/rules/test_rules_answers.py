"""Rules on what is said about a certificate: STA-01, CAN-01, CAN-02, FBK-01 to FBK-06, VAL-02, RSP-01."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from paper import agreement, certificate

from adapter.enquiry import key_information
from adapter.findings import Finding, Severity
from adapter.messages import (
    Acknowledgement,
    Cancellation,
    Complaint,
    Content,
    Feedback,
    Function,
    Header,
    ItemFeedback,
    Response,
)
from adapter.rules import Facts, check, issued_only

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
GRANTED = ItemFeedback(number=1, status="granted")
EXCHANGED = key_information(certificate())
SERIOUS = Complaint(code="HS-01", severity="error", text="an HS code of 4 digits")


def findings(content: Content, **facts) -> list[Finding]:
    return check(content, agreement("ik-cepa"), Facts(**facts))


def only(content: Content, **facts) -> Finding:
    (finding,) = findings(content, **facts)
    return finding


def cancelled(day: date, issued: date | None = date(2024, 3, 4)) -> Cancellation:
    return Cancellation(number="K1", agreement="ik-cepa", issued_on=issued, cancelled_on=day, reason="typing_error")


def feedback(*items: ItemFeedback, decided: date = date(2024, 4, 2), declared: date | None = None) -> Feedback:
    return Feedback(number="K1", agreement="ik-cepa", declared_on=declared, decided_on=decided, items=items)


def answered(outcome, *complaints: Complaint) -> Response:
    return Response(received="m-1", outcome=outcome, responded_at=NOW, complaints=complaints)


# STA-01


@pytest.mark.parametrize("state", [None, "issued"])
def test_an_issued_record_is_relayed(state):
    assert not issued_only(Header(state=state))


@pytest.mark.parametrize("state", ["applied", "approved", "cancelled", "?77"])
def test_a_record_in_any_other_state_is_refused(state):
    (finding,) = issued_only(Header(state=state))
    assert (finding.code, finding.severity, finding.field) == ("STA-01", Severity.ERROR, "header.state")
    assert (finding.found, finding.allowed) == (state, "issued")


# CAN-01, CAN-02


def test_a_certificate_may_be_cancelled_on_its_day_of_issue():
    assert not findings(cancelled(date(2024, 3, 4)), today=date(2024, 3, 4), function=Function.CANCEL)


def test_a_certificate_is_not_cancelled_before_it_was_issued():
    assert only(cancelled(date(2024, 3, 3))).code == "CAN-01"


def test_a_certificate_is_not_cancelled_in_the_future():
    assert only(cancelled(date(2024, 3, 6)), today=date(2024, 3, 4)).allowed == "at the latest 2024-03-05"


def test_a_cancellation_without_its_day_of_issue_is_not_judged_by_it():
    assert not findings(cancelled(date(2024, 3, 3), issued=None))


def test_a_cancellation_is_not_sent_as_an_issue():
    assert only(cancelled(date(2024, 3, 5)), function=Function.ISSUE).code == "CAN-02"


# FBK-01, FBK-02, FBK-03


def test_feedback_on_each_item_once_is_right():
    refused = ItemFeedback(number=2, status="denied", reason="direct_consignment")
    assert not findings(feedback(GRANTED, refused, declared=date(2024, 4, 1)))


def test_feedback_twice_on_one_item_is_an_error():
    finding = only(feedback(GRANTED, GRANTED))
    assert (finding.code, finding.field) == ("FBK-01", "items[1].number")


@pytest.mark.parametrize("status", ["denied", "suspended"])
def test_a_refusal_has_a_reason(status):
    finding = only(feedback(GRANTED, ItemFeedback(number=2, status=status)))
    assert (finding.code, finding.field) == ("FBK-02", "items[1].reason")


def test_a_reason_in_words_is_a_reason():
    assert not findings(feedback(ItemFeedback(number=1, status="denied", text="not the goods described")))


def test_feedback_decided_before_the_declaration_is_a_warning():
    finding = only(feedback(GRANTED, declared=date(2024, 4, 3)))
    assert (finding.code, finding.severity) == ("FBK-03", Severity.WARNING)


# FBK-04, FBK-05, FBK-06


def used(quantity: str | None = None, unit: str | None = None, status="granted") -> Feedback:
    amount = None if quantity is None else Decimal(quantity)
    reason = None if status == "granted" else "other"
    return feedback(ItemFeedback(number=1, status=status, quantity=amount, unit=unit, reason=reason))


def test_feedback_is_on_items_that_the_certificate_has():
    assert not findings(feedback(GRANTED), exchanged=EXCHANGED)
    finding = only(feedback(GRANTED, ItemFeedback(number=9, status="granted")), exchanged=EXCHANGED)
    assert (finding.code, finding.field, finding.found, finding.allowed) == ("FBK-04", "items[1].number", "9", "1")


def test_a_certificate_that_the_ledger_does_not_know_leaves_feedback_undecided():
    assert only(feedback(GRANTED), ledger=True).severity is Severity.UNDECIDED


def test_what_is_used_is_counted_in_the_items_own_unit():
    assert not findings(used("50", "BG"), exchanged=EXCHANGED)
    finding = only(used("50", "KGM"), exchanged=EXCHANGED)
    assert (finding.code, finding.field, finding.allowed) == ("FBK-05", "items[0].unit", "BG")


def test_no_more_is_used_than_the_item_has():
    assert not findings(used("50"), exchanged=EXCHANGED)
    finding = only(used("50.001"), exchanged=EXCHANGED)
    assert (finding.code, finding.field, finding.allowed) == ("FBK-06", "items[0].quantity", "at most 50 BG")


def test_no_more_is_used_than_earlier_feedback_left():
    left = {1: Decimal(20)}
    assert not findings(used("20"), exchanged=EXCHANGED, left=left)
    assert only(used("21"), exchanged=EXCHANGED, left=left).allowed == "at most 20 BG"


def test_what_was_denied_uses_nothing():
    assert not findings(used("70", "KGM", "denied"), exchanged=EXCHANGED)


# VAL-02


@pytest.mark.parametrize(("declared", "late"), [(date(2025, 3, 4), 0), (date(2025, 3, 5), 1)])
def test_goods_are_declared_while_the_certificate_is_valid(declared, late):
    content = feedback(GRANTED, decided=date(2025, 9, 1), declared=declared)
    assert [each.code for each in findings(content, exchanged=EXCHANGED)] == ["VAL-02"] * late


def test_a_late_decision_on_goods_declared_in_time_is_right():
    assert not findings(feedback(GRANTED, decided=date(2026, 9, 1), declared=date(2024, 4, 1)), exchanged=EXCHANGED)


# RSP-01


@pytest.mark.parametrize("response", [answered("accepted"), answered("rejected", SERIOUS)])
def test_a_response_that_agrees_with_itself_is_right(response):
    assert not findings(response)


def test_a_rejection_says_what_is_wrong():
    assert only(answered("rejected")).field == "complaints"


@pytest.mark.parametrize("outcome", ["accepted", "accepted_with_warnings"])
def test_nothing_accepted_has_an_error(outcome):
    assert only(answered(outcome, SERIOUS)).field == "complaints[0].severity"


def test_a_response_may_lack_its_agreement():
    assert not check(answered("rejected", SERIOUS), None)


def test_an_acknowledgement_says_nothing_that_could_be_wrong():
    assert not findings(Acknowledgement(received="m-1", received_at=NOW, digest="0" * 64))
