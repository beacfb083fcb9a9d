"""Every push partner has, under each of its agreements, a golden pair of each core kind: its document and a record."""

import pytest
import shelf

from adapter.messages import Kind

CORE = (
    Kind.CERTIFICATE, Kind.CANCELLATION, Kind.ACKNOWLEDGEMENT, Kind.RESPONSE, Kind.FEEDBACK, Kind.VERIFICATION_REQUEST,
    Kind.VERIFICATION_INFORMATION, Kind.VERIFICATION_REPLY,
)  # fmt: skip
PUSHED = [
    pytest.param(system.code, agreement, kind, id=f"{system.code}-{agreement}-{kind}")
    for system in shelf.catalogue().systems.values()
    if system.side == "partner" and system.model == "push" and system.live.status != "planned"
    for agreement in system.agreements
    for kind in CORE
]
DOCUMENTS = shelf.documents()
RECORDS = {document.path.stem for document in DOCUMENTS if document.system.side == "domestic"}


@pytest.mark.parametrize(("code", "agreement", "kind"), PUSHED)
def test_a_partner_has_a_golden_pair_of_each_core_kind_under_each_agreement(code, agreement, kind):
    table = shelf.catalogue().table(shelf.catalogue().system(code), kind, agreement)
    documents = [document for document in DOCUMENTS if document.system.side == "partner" and document.kind == kind]
    fitting = [each for each in documents if _belongs(each, code) and each.table.name == table.name]
    pairs = [each for each in fitting if each.path.stem in RECORDS and _is_under(each, agreement)]
    assert pairs, f"no document of {table.name} under {agreement} beside a record of the same name"


def test_what_is_asked_for_are_all_push_partners_with_all_they_exchange():
    asked = {(each.values[0], each.values[1]) for each in PUSHED}
    assert {code for code, _ in asked} >= {"CN", "ID", "VN", "IN", "KH"}
    assert {code for code, agreement in asked if agreement == "rcep"} == {"CN", "ID", "VN", "KH"}


def _belongs(document: shelf.Fixture, code: str) -> bool:
    """A common document is anybody's whose table it has."""
    return document.path.parts[-3] in (code.lower(), "common")


def _is_under(document: shelf.Fixture, agreement: str) -> bool:
    """What names no agreement, as an acknowledgement, is under every one."""
    return getattr(document.read().content, "agreement", None) in (None, agreement)
