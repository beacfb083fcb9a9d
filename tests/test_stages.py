"""A window goes stage by stage, and what is refused in one of them holds up no other."""

from datetime import UTC, datetime

import pytest
import shelf

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery, Message
from adapter.findings import Finding, Rejected
from adapter.stages import each
from adapter.translate import Draft
from adapter.writing import write_all

AT = datetime(2025, 12, 1, tzinfo=UTC)


def halve(number: int, by: int = 2) -> int:
    if number % by:
        raise Rejected(Finding(code="ODD", message="not even"))
    return number // by


def test_a_stage_keeps_the_order_and_what_it_refuses_in_its_place():
    first, second, third = each(halve, [2, 3, 4])
    assert (first, third) == (1, 2)
    assert isinstance(second, Rejected)


def test_what_an_earlier_stage_refused_is_handed_on_untouched():
    refusal = Rejected(Finding(code="EARLY", message="refused before"))
    assert each(halve, [refusal, 8], [2, 4]) == [refusal, 2]


def test_a_stage_that_fails_us_is_no_refusal():
    with pytest.raises(ZeroDivisionError):
        each(halve, [2], [0])


def test_of_drafts_written_together_one_that_nobody_can_read_holds_up_no_other():
    catalogue = shelf.catalogue()
    record = (shelf.FIXTURES / "kcci/certificate/ik-cepa-25-items.json").read_bytes()
    certificate = translate.read(Delivery(record, "kcci"), catalogue).content
    assert isinstance(certificate, Certificate)
    receiver, sender = catalogue.system("ID"), catalogue.system("kcci")
    foreign = certificate.model_copy(update={"agreement": "korea-china"})
    header = translate.address(certificate, sender, receiver, AT)
    drafts = [Draft(content, receiver, header) for content in (certificate, foreign, certificate)]
    first, refused, last = write_all(drafts, catalogue)
    assert isinstance(refused, Rejected) and refused.findings[0].code == "AGR-01"
    assert isinstance(first, Message) and first == last == translate.write(certificate, receiver, catalogue, header)
