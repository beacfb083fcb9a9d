"""Rules on what is said about a certificate: STA-01, CAN-01, CAN-02, FBK-01 to FBK-03, RSP-01."""

from datetime import UTC, date, datetime

import pytest
from paper import agreement

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
