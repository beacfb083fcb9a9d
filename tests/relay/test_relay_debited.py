"""A partner that debits what is used, in its own units and at half hours: its answers home, and ours to it."""

import pytest
from post_office import PostOffice, acknowledge, fixture, kinds, said

NUMBER = "K021-25-0114477"
IMPORTED = "TEXCOM/2025/021/0034567C/00009876"


@pytest.mark.parametrize(
    ("home", "name", "moment"),
    [
        ("kcci", "kcci/certificate/kr-in-3-items.json", b'"respondedAt":"2025-07-11T13:15:20+05:30"'),
        ("unipass", "unipass/certificate/kr-in-3-items.xml", b"20250711131520+0530<"),
    ],
)
def test_a_negative_verdict_reaches_the_record_with_the_fields_it_points_at(office: PostOffice, home, name, moment):
    office.put(home, fixture(name), "m-1")
    office.work()
    (sent,) = office.take("IN")
    office.take(home)
    verdict = fixture("in/response/kr-in-rejected.xml")
    office.put("IN", verdict.replace(b"00000000-0000-0000-0000-000000000042", sent.message_id.encode()), "v-1")
    office.work()
    assert office.states() == {NUMBER: "rejected"}
    (told,) = office.take(home)
    assert told.headers["type"] == "response"
    assert moment in told.body
    for field in (b"items[0].quantity", b"items[2].hs", b"items[2].invoices[0].number"):
        assert field in told.body


def test_what_is_debited_is_told_with_its_unit_as_the_record_writes_it(office: PostOffice):
    office.put("kcci", fixture("kcci/certificate/kr-in-3-items.json"), "m-1")
    office.work()
    (sent,) = office.take("IN")
    acknowledge(office, "IN", sent)
    office.work()
    office.take("kcci")
    office.put("IN", fixture("in/feedback/kr-in-1-of-3-denied.xml"), "f-1")
    office.work()
    (told,) = [each for each in office.take("kcci") if each.headers["type"] == "feedback"]
    goods = said(told)["goods"]
    assert [(line["result"], line.get("usedQuantityUnit")) for line in goods] == [
        ("PREFERENCE GIVEN", "MT"),
        ("PREFERENCE GIVEN", "KGS"),
        ("PREFERENCE NOT GIVEN", None),
    ]


def test_its_certificate_is_taken_in_under_a_number_of_33_characters_and_its_use_told_back(office: PostOffice):
    office.put("IN", fixture("in/certificate/kr-in-import-3-items.xml"), "c-1")
    office.work()
    assert kinds(office.take("IN")) == ["acknowledgement", "response"]
    (received,) = office.take("unipass")
    assert received.headers["number"] == IMPORTED and IMPORTED.encode() in received.body
    used = fixture("unipass/feedback/kr-in-import-granted.xml")
    used = used.replace(b"EIC/2025/014/0012345B/00004512", IMPORTED.encode())
    used = used.replace(b'kcsUnitCode="TO">15.000<', b'kcsUnitCode="M">18000.00<')
    office.put("unipass", used, "f-1")
    office.work()
    (told,) = office.take("IN")
    assert told.headers["type"] == "feedback"
    assert b'<rp:debit uqc="MTR">18000.00</rp:debit>' in told.body


def decided(status: bytes, id: str, day: bytes) -> bytes:
    """Its feedback on all three items, under another id and decided on another day."""
    told = fixture("in/feedback/kr-in-1-of-3-denied.xml")
    head, _ = told.split(b'<rp:line no="1">')
    _, end = told.rsplit(b"</rp:line>", 1)
    cause = b"" if status == b"ALLOWED" else b"<rp:cause>TARIFF</rp:cause>"
    lines = (b'<rp:line no="%d"><rp:result>%s</rp:result>%s</rp:line>' % (item, status, cause) for item in (1, 2, 3))
    head = head.replace(b"00000000-0000-0000-0000-000000000072", id.encode()).replace(b"2025-08-01", day)
    return head + b"".join(lines) + end


def test_what_it_denies_after_all_is_given_back_and_may_be_cancelled(office: PostOffice):
    office.put("kcci", fixture("kcci/certificate/kr-in-3-items.json"), "m-1")
    office.work()
    (sent,) = office.take("IN")
    acknowledge(office, "IN", sent)
    office.work()
    for status, state, day in ((b"ALLOWED", "used", b"2025-08-01"), (b"DENIED", "denied", b"2025-08-02")):
        office.put("IN", decided(status, f"f-{state}", day), f"f-{state}")
        office.work()
        assert (office.ledger.dead(), office.states()) == ([], {NUMBER: state})
    balances = {step.item: step.balance for step in office.ledger.story(NUMBER).items}
    assert balances == {1: 25, 2: 8000, 3: 2000}
    assert office.ledger.verify().findings == []
