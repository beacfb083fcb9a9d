"""Where a certificate goes."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from post_office import catalogue, record

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.findings import Rejected
from adapter.relay.exchange import Exchange
from adapter.relay.route import destination, route
from adapter.system import System

DAY = date(2026, 3, 2)


class Two:
    """A catalogue of these systems alone."""

    def __init__(self, *systems: System) -> None:
        self.systems = MappingProxyType({system.code: system for system in systems})


def certificate(**changes: object) -> Certificate:
    return translate.read(Delivery(record("K001-25-0000001", **changes), "kcci"), catalogue()).certificate


def exchange(*changes: dict[str, object]) -> Exchange:
    """Home, and one partner under the agreement for each set of changes."""
    first = catalogue().system("ID")
    partners = [first.model_copy(update={"code": f"P{place}"} | change) for place, change in enumerate(changes)]
    return replace(Exchange(catalogue()), catalogue=Two(catalogue().system("kcci"), *partners))  # type: ignore[arg-type]


def routed(between: Exchange, named: str | None = None, **changes: object) -> str:
    return route(certificate(**changes), catalogue().system("kcci"), named, between, DAY).code


def test_the_only_partner_of_the_destination_gets_it() -> None:
    assert routed(exchange({"country": "ID"}, {"country": "VN"})) == "P0"


def test_a_destination_without_a_partner_is_rejected() -> None:
    with pytest.raises(Rejected, match="ROU-01"):
        routed(exchange({"country": "VN"}))


def test_an_agreement_without_a_partner_is_rejected() -> None:
    with pytest.raises(Rejected, match="ROU-01"):
        routed(exchange({"agreements": ("kr-cn",)}))


def test_certificates_are_for_a_partner_that_asks_by_itself_too() -> None:
    assert routed(exchange({"model": "pull"})) == "P0"


def test_a_partner_that_is_only_planned_is_sent_nothing() -> None:
    planned = catalogue().system("ID").live.model_copy(update={"status": "planned"})
    with pytest.raises(Rejected, match="ROU-01"):
        routed(exchange({"live": planned}))


def test_two_partners_in_one_country_need_a_name() -> None:
    between = exchange({"country": "ID"}, {"country": "ID"})
    with pytest.raises(Rejected, match="ROU-01"):
        routed(between)
    assert routed(between, "p1") == "P1"


def test_a_name_that_is_no_partner_under_the_agreement_is_rejected() -> None:
    with pytest.raises(Rejected, match="ROU-01"):
        routed(exchange({"country": "ID"}), "CN")


def test_the_destination_is_the_consignments_then_the_buyers_then_the_ports() -> None:
    whole = certificate()
    no_destination = whole.model_copy(
        update={"consignment": whole.consignment.model_copy(update={"destination": None})}
    )
    no_buyer = no_destination.model_copy(update={"importer": None, "consignee": None})
    nowhere = no_buyer.model_copy(update={"consignment": no_buyer.consignment.model_copy(update={"discharge": None})})
    assert [destination(each) for each in (whole, no_destination, no_buyer, nowhere)] == ["ID", "ID", "ID", None]


def test_without_a_destination_the_only_partner_gets_it() -> None:
    whole = certificate()
    empty = whole.consignment.model_copy(update={"destination": None, "discharge": None})
    nowhere = whole.model_copy(update={"importer": None, "consignee": None, "consignment": empty})
    assert route(nowhere, catalogue().system("kcci"), None, exchange({"country": "VN"}), DAY).code == "P0"


def test_without_an_importing_system_a_partners_certificate_is_rejected() -> None:
    with pytest.raises(Rejected, match="ROU-02"):
        route(certificate(), catalogue().system("ID"), None, exchange({}), DAY)
