"""Korea-Viet Nam forms: a tariff change is told as CTC, which one survives, and FOB leaves with value content only."""

from datetime import UTC, datetime

import shelf

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.messages import Kind

AT = datetime(2025, 12, 1, tzinfo=UTC)


def sent(name: str, source: str, target: str) -> bytes:
    """What the target is sent of a fixture of the source."""
    known = shelf.catalogue()
    reading = translate.read(Delivery((shelf.FIXTURES / name).read_bytes(), source), known, shelf.facts())
    return translate.forward(reading.certificate, reading.system, known.system(target), known, at=AT).body


def shifts(body: bytes, source: str) -> list[str | None]:
    """The tariff change of each item."""
    content = translate.read(Delivery(body, source), shelf.catalogue(), shelf.facts()).content
    assert isinstance(content, Certificate)
    return [item.criterion.shift for item in content.items]


def test_a_tariff_change_that_stands_alone_is_told_as_ctc_and_keeps_its_level():
    body = sent("kcci/certificate/vkfta-1-item-tariff-change-named.json", "kcci", "VN")
    assert b'TariffChange code="CTC">CTH<' in body
    assert shifts(body, "VN") == ["cth"]


def test_a_combination_keeps_the_rule_that_its_form_prints():
    body = sent("unipass/certificate/vkfta-3-items.xml", "unipass", "VN")
    assert shifts(body, "VN") == ["ctc", "cth", None]


def test_what_viet_nam_names_reaches_korean_customs_in_its_own_codes():
    body = sent("vn/certificate/vkfta-import-3-items.xml", "VN", "unipass").decode()
    codes = [part.partition("<")[0] for part in body.split("ChangeInTariffHeadingCode>")[1::2]]
    assert codes == ["018", "018", "002"]


def test_the_value_leaves_only_with_value_content():
    record = (shelf.FIXTURES / "unipass/certificate/vkfta-3-items.xml").read_text(encoding="utf-8")
    body = sent("unipass/certificate/vkfta-3-items.xml", "unipass", "VN").decode()
    assert record.count("<kcs:FreeOnBoardAmount") == 3
    assert body.count("<co:FobValue") == 1


def test_what_korea_issues_is_form_kv_and_never_form_vk():
    assert b'form="KV"' in sent("kcci/certificate/vkfta-1-item.json", "kcci", "VN")
    known = shelf.catalogue()
    assert known.table(known.system("VN"), Kind.CERTIFICATE, "vkfta").name == "partners/vn/certificate-vkfta.toml"
