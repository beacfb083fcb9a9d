"""Rules on international codes: CTY-01, CUR-01, PRT-01; and the lists behind them."""

import subprocess
import sys

import pytest
from paper import CERTIFICATE, certificate, found, only, with_item

from adapter.codes import COMMON, Codes, countries, currencies
from adapter.findings import Severity
from adapter.rules import Facts

KNOWN = Facts(codes=Codes({"KRPUS", "IDJKT"}))
TRAVEL = CERTIFICATE["consignment"]


def abroad(country: str) -> dict:
    return {"name": "FICTIVE TRADING PTE LTD", "address": {"line": "1 EXAMPLE ROAD", "country": country}}


def test_what_is_clean_is_clean():
    codes = ("CTY-01", "CUR-01", "PRT-01")
    assert [finding for code in codes for finding in found(certificate(), code, KNOWN)] == []


def test_a_country_outside_the_agreement_is_a_country():
    assert not found(certificate(third_party_invoice=abroad("SG")), "CTY-01", KNOWN)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("third_party_invoice.address.country", {"third_party_invoice": abroad("XQ")}),
        ("importer.address.country", {"importer": abroad("XQ")}),
        ("consignment.transit[1]", {"consignment": {**TRAVEL, "transit": ["SG", "XQ"]}}),
        ("previous_documents[0].country", {"previous_documents": [{"kind": "other", "number": "1", "country": "XQ"}]}),
    ],
)
def test_a_country_that_iso_3166_does_not_have_is_a_warning(field, change):
    finding = only(certificate(**change), "CTY-01", KNOWN)
    assert (finding.severity, finding.field, finding.found) == (Severity.WARNING, field, "XQ")


def test_the_producer_of_an_item_is_in_a_country():
    assert only(with_item(producer=abroad("XQ")), "CTY-01", KNOWN).field == "items[0].producer.address.country"


def test_exporter_and_origin_are_left_to_the_rule_on_parties():
    assert not found(with_item(origin="XQ"), "CTY-01", KNOWN)
    assert only(with_item(origin="XQ"), "PTY-01", KNOWN).field == "items[0].origin"


@pytest.mark.parametrize("currency", ["USD", "KRW", "XOF"])
def test_a_currency_in_use_is_known(currency):
    assert not found(with_item(value={"amount": "1000", "currency": currency}), "CUR-01", KNOWN)


def test_a_currency_that_iso_4217_does_not_have_is_a_warning_and_not_repeated():
    finding = only(with_item(value={"amount": "1000", "currency": "RPH"}), "CUR-01", KNOWN)
    assert (finding.severity, finding.field, finding.found) == (Severity.WARNING, "items[0].value.currency", None)


def test_a_port_that_our_extract_does_not_have_is_a_warning():
    finding = only(certificate(consignment={**TRAVEL, "discharge": {"code": "IDZZZ"}}), "PRT-01", KNOWN)
    assert (finding.severity, finding.field, finding.found) == (Severity.WARNING, "consignment.discharge.code", "IDZZZ")


def test_without_lists_nothing_is_unknown():
    strange = certificate(third_party_invoice=abroad("XQ"), consignment={**TRAVEL, "loading": {"code": "KRZZZ"}})
    assert not [finding for code in ("CTY-01", "CUR-01", "PRT-01") for finding in found(strange, code)]
    assert not found(strange, "PRT-01", Facts(codes=Codes()))


def test_what_is_looked_up_at_once_is_on_the_whole_list():
    assert currencies() > COMMON
    assert {"KR", "SG", "IL"} < countries()


def test_the_lists_are_loaded_only_when_something_is_not_plainly_on_them():
    lines = (
        "import sys, adapter.codes, adapter.rules",
        "assert adapter.codes.Codes().has_currency('USD')",
        "assert not {'iso3166', 'iso4217'} & set(sys.modules)",
    )
    subprocess.run([sys.executable, "-c", "; ".join(lines)], check=True, timeout=60)
