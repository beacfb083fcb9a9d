"""Moments of +05:30: they keep their offset wherever they go, or are refused where an offset has whole hours only."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import shelf

from adapter import translate
from adapter.findings import Rejected
from adapter.messages import Acknowledgement, Response

INDIA = timezone(timedelta(hours=5, minutes=30))
AT = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
RESPONDED = datetime(2025, 7, 11, 23, 59, 20, tzinfo=INDIA)
ANSWER = Response(received="m-1", agreement="kr-in", outcome="accepted", responded_at=RESPONDED)
KNOWN = shelf.catalogue()
OWN = [fixture for fixture in shelf.documents() if fixture.system.code == "IN"]


def sent(content, code):
    return translate.forward(content, KNOWN.system("IN"), KNOWN.system(code), KNOWN, at=AT).body.decode()


def test_the_partners_own_messages_say_when_they_were_sent_with_half_an_hour():
    moments = [fixture.read().header.sent_at for fixture in OWN]
    offsets = {moment.utcoffset() for moment in moments}
    assert offsets == {timedelta(hours=5, minutes=30), timedelta(hours=9)}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("IN", "<rp:givenAt>2025-07-11T23:59:20+05:30</rp:givenAt>"),
        ("kcci", '"respondedAt":"2025-07-11T23:59:20+05:30"'),
        ("unipass", "<wco:IssueDateTime>20250711235920+0530</wco:IssueDateTime>"),
    ],
)
def test_a_response_says_the_moment_as_its_sender_did(code, text):
    body = sent(ANSWER, code)
    assert text in body
    again = translate.open_document(body.encode(), KNOWN.system(code), KNOWN)
    read = again.mapping.read(again.root).content.responded_at
    assert (read, read.utcoffset()) == (RESPONDED, RESPONDED.utcoffset())


def test_where_offsets_are_of_whole_hours_it_is_refused_and_never_shifted():
    with pytest.raises(Rejected) as refused:
        sent(Acknowledgement(received="m-1", received_at=RESPONDED, digest="0" * 64), "ID")
    (finding,) = refused.value.findings
    assert (finding.code, finding.field, finding.allowed) == ("MAP-VALUE", "received_at", "whole hours")


def test_days_stay_the_issuers_own_whatever_the_clock_says_elsewhere():
    (fixture,) = [one for one in OWN if one.path.stem == "kr-in-import-1-item"]
    body = fixture.body.replace(b"2025-11-04T16:40:00+05:30", b"2025-11-04T00:10:00+05:30")
    reading = translate.read(translate.Delivery(body, "IN"), KNOWN, shelf.facts())
    assert reading.header.sent_at.astimezone(UTC).date() == date(2025, 11, 3)
    assert reading.content.issued_on == date(2025, 11, 4)
    assert "<wco:IssueDateTime>20251104</wco:IssueDateTime>" in sent(reading.content, "unipass")
