"""Rules on enquiries and reconciliation: STQ-01, STR-01, STR-02, DIS-01, LNK-01, RCN-01 to RCN-04."""

from datetime import date

import pytest
from paper import agreement, certificate

from adapter.enquiry import ExportLink, KeyInformation, StatusQuery, StatusReply, key_information
from adapter.findings import Finding, Severity
from adapter.reconciliation import Counted, Reconciliation, Tally
from adapter.rules import Facts, check

NAMED = {"number": "K001-24-0001234", "agreement": "ik-cepa"}
OURS = key_information(certificate())
DAY = date(2024, 5, 6)
ONE = Counted(id="m-1", digest="0" * 64)


def findings(content, **facts) -> list[Finding]:
    under = None if isinstance(content, Reconciliation) else agreement("ik-cepa")
    return check(content, under, Facts(**facts))


def only(content, **facts) -> Finding:
    (finding,) = findings(content, **facts)
    return finding


def reply(state="accepted", information=None, **said) -> StatusReply:
    return StatusReply(received="q-1", **NAMED, state=state, information=information, **said)


def shown(**changes):
    return OURS.model_copy(update=changes)


def tally(count, *messages, kind="certificate", direction="sent"):
    return Tally(kind=kind, direction=direction, count=count, messages=messages)


# STQ-01, STR-01, STR-02, LNK-01


def test_who_wants_the_document_has_its_code():
    assert not findings(StatusQuery(**NAMED, wants="document", reference_code="A1B2"))
    assert not findings(StatusQuery(**NAMED))
    finding = only(StatusQuery(**NAMED, wants="document"))
    assert (finding.code, finding.severity) == ("STQ-01", Severity.WARNING)


@pytest.mark.parametrize("said", [{"information": OURS}, {"changed_on": DAY}, {"expires_on": DAY}])
def test_nothing_is_said_of_what_is_unknown(said):
    assert only(reply("unknown", **said)).field == next(iter(said))


def test_what_is_shown_is_what_was_asked_for_hyphens_aside():
    assert not findings(reply(information=shown(number="k001 24 0001234")))
    assert only(reply(information=shown(number="K001-24-0009999"))).code == "STR-01"


def test_no_state_changed_in_the_future():
    assert only(reply(changed_on=DAY), today=date(2024, 5, 4)).code == "STR-02"


def test_goods_are_not_declared_in_the_future():
    link = ExportLink(**NAMED, export_declaration="12345-24-123456X", declared_on=DAY)
    assert not findings(link, today=date(2024, 5, 5))
    assert only(link, today=date(2024, 5, 4)).code == "LNK-01"


# DIS-01


def test_what_is_shown_as_it_was_exchanged_is_right():
    assert not findings(reply(information=OURS), exchanged=OURS)


def test_another_exporter_is_a_discrepancy():
    finding = only(reply(information=shown(exporter="OTHER CO")), exchanged=OURS)
    assert (finding.code, finding.severity, finding.field) == ("DIS-01", Severity.WARNING, "information.exporter")


def test_a_typing_error_is_only_told():
    finding = only(reply(information=shown(exporter="Hanbit Chem Co Ltd")), exchanged=OURS)
    assert (finding.severity, finding.allowed) == (Severity.INFO, "HANBIT CHEM CO., LTD.")


@pytest.mark.parametrize(("name", "value"), [("hs", "390230"), ("description", "POLYETHYLENE")])
def test_items_are_compared_one_by_one(name, value):
    other = OURS.items[0].model_copy(update={name: value})
    assert only(reply(information=shown(items=(other,))), exchanged=OURS).field == f"information.items[0].{name}"


def test_another_scale_of_a_number_is_the_same_number():
    whole = OURS.items[0].quantity.model_copy(update={"value": OURS.items[0].quantity.value * 10 / 10})
    other = OURS.items[0].model_copy(update={"quantity": whole})
    assert not findings(reply(information=shown(items=(other,))), exchanged=OURS)


def test_a_decimal_point_is_no_matter_of_spelling():
    told, own = ({"value": value, "unit": "KGM"} for value in ("1.5", "15"))
    items = [[{"number": 1, "hs": "390210", "description": "RESIN", "quantity": each}] for each in (told, own)]
    theirs, ours = (KeyInformation.model_validate({**OURS.model_dump(), "items": each}) for each in items)
    finding = only(reply(information=theirs), exchanged=ours)
    assert (finding.severity, finding.field) == (Severity.WARNING, "information.items[0].quantity.value")


def test_an_item_more_or_less_is_a_discrepancy():
    more = (*OURS.items, OURS.items[0].model_copy(update={"number": 2}))
    assert only(reply(information=shown(items=more)), exchanged=OURS).field == "information.items"


def test_what_the_ledger_does_not_know_cannot_be_compared():
    assert only(reply(information=OURS), ledger=True).severity is Severity.UNDECIDED
    assert not findings(reply(information=OURS))


# RCN-01 to RCN-04


def test_a_part_is_one_of_as_many_as_there_are():
    assert not findings(Reconciliation(day=DAY, part=2, parts=2))
    assert only(Reconciliation(day=DAY, part=3, parts=2)).code == "RCN-01"


def test_a_count_is_that_of_the_messages_listed():
    assert not findings(Reconciliation(day=DAY, tallies=(tally(1, ONE),)))
    finding = only(Reconciliation(day=DAY, tallies=(tally(2, ONE),)))
    assert (finding.code, finding.field, finding.allowed) == ("RCN-02", "tallies[0].count", "1")


def test_in_parts_a_count_is_at_least_that_of_the_messages_listed():
    assert not findings(Reconciliation(day=DAY, parts=2, tallies=(tally(2, ONE),)))
    assert only(Reconciliation(day=DAY, parts=2, tallies=(tally(0, ONE),))).allowed == "at least 1"


def test_a_kind_is_tallied_once_each_way():
    assert not findings(Reconciliation(day=DAY, tallies=(tally(0), tally(0, direction="received"))))
    assert only(Reconciliation(day=DAY, tallies=(tally(0), tally(0)))).field == "tallies[1].kind"


def test_a_message_is_listed_once():
    assert only(Reconciliation(day=DAY, tallies=(tally(2, ONE, ONE),))).field == "tallies[0].messages[1].id"


def test_a_day_that_has_not_come_is_not_told_of():
    assert only(Reconciliation(day=DAY), today=date(2024, 5, 4)).code == "RCN-04"
