"""The hub's certificate as models of the partner's message, written by hand once for any library's models.

What the table says in rows is said here in code; nothing is converted, checked or looked up that the table does not.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from adapter.certificate import Address, Certificate, Criterion, Item, Party, Port
from adapter.certificate import Measure as Weight
from adapter.messages import Header

FUNCTIONS = {"issue": "9", "replace": "5", "copy": "31", "resend": "35"}
FORMS = {"original": "ORI", "true_copy": "CTC", "replacement": "REP"}
MODES = {
    "sea": "1", "rail": "2", "road": "3", "air": "4",
    "mail": "5", "multimodal": "6", "fixed": "7", "inland_water": "8",
}  # fmt: skip

Print = Callable[[Criterion], str | None]
"""How a criterion is printed: the table's own way, so that every side has the same."""


def to_message(certificate: Certificate, header: Header, model: SimpleNamespace, print_criterion: Print) -> Any:
    """The whole message."""
    assert header.sent_at and header.function
    moment = header.sent_at.isoformat()
    digits = moment[:19].replace("-", "").replace("T", "").replace(":", "")
    zone = "Z" if moment.endswith("+00:00") else moment[19:22]
    return model.MetaData(
        model="3.6",
        type="DEC",
        sender=header.sender,
        agreement="IKCEPA",
        version="1.0",
        receiver=header.receiver,
        prepared=model.Moment(stamp=model.Stamp(value=digits + zone, format="304")),
        answers=header.answers,
        declaration=_declaration(certificate, header, model, print_criterion),
    )


def _declaration(certificate: Certificate, header: Header, model: SimpleNamespace, print_criterion: Print) -> Any:
    body, packages, made = certificate.issued_by, certificate.packages, certificate.declaration
    declared = made and model.Declared(made=_day(made.made_on, model), place=made.place)
    return model.Declaration(
        function=FUNCTIONS[header.function],
        reference=header.id,
        id=certificate.number,
        issued=_day(certificate.issued_on, model),
        type="861",
        form=FORMS[certificate.form],
        issued_at=certificate.issued_at,
        weight=_measure(certificate.gross_weight, model),
        packages=str(packages.count) if packages and packages.count is not None else None,
        information=_information(certificate, model),
        transport=_transport(certificate, model),
        office=model.Place(id=body.code, name=body.name) if body else None,
        exporter=_party(certificate.exporter, model),
        declared=declared,
        shipment=_shipment(certificate, model, print_criterion),
    )


def _information(certificate: Certificate, model: SimpleNamespace) -> list[Any]:
    found = []
    if certificate.remarks is not None:
        found.append(model.Information(description=certificate.remarks, type="REM"))
    if certificate.retroactive or certificate.retroactive_reason is not None:
        code = "Y" if certificate.retroactive else None
        found.append(model.Information(code=code, description=certificate.retroactive_reason, type="RET"))
    return found


def _transport(certificate: Certificate, model: SimpleNamespace) -> Any:
    travel = certificate.consignment
    if travel.mode is None and travel.transport is None and travel.journey is None and travel.departed_on is None:
        return None
    return model.Transport(
        departed=_day(travel.departed_on, model),
        journey=travel.journey,
        mode=MODES[travel.mode] if travel.mode else None,
        name=travel.transport,
    )


def _shipment(certificate: Certificate, model: SimpleNamespace, print_criterion: Print) -> Any:
    travel = certificate.consignment
    return model.Shipment(
        destination=model.Destination(country=travel.destination) if travel.destination else None,
        items=[_item(item, model, print_criterion) for item in certificate.items],
        importer=_party(certificate.importer, model),
        invoicer=_party(certificate.third_party_invoice, model),
        itinerary=[model.Itinerary(country=country) for country in travel.transit],
        loading=_port(travel.loading, model),
        previous=_previous(certificate, model),
        contract=model.Contract(id=travel.contract) if travel.contract else None,
        discharge=_port(travel.discharge, model),
    )


def _previous(certificate: Certificate, model: SimpleNamespace) -> list[Any]:
    named = (("CPY", certificate.copy_of), ("RPL", certificate.supersedes))
    return [
        model.Previous(category=category, id=other.number, issued=_day(other.issued_on, model))
        for category, other in named
        if other
    ]


def _item(item: Item, model: SimpleNamespace, print_criterion: Print) -> Any:
    packages = item.packages
    count = str(packages.count) if packages and packages.count is not None else None
    kind = packages.kind if packages else None
    return model.Item(
        number=str(item.number),
        commodity=_commodity(item, model),
        invoices=[model.Invoice(id=each.number, issued=_day(each.issued_on, model)) for each in item.invoices],
        origin=model.Origin(country=item.origin, criterion=print_criterion(item.criterion)),
        packaging=model.Packaging(marks=item.marks, count=count, kind=kind) if packages or item.marks else None,
    )


def _commodity(item: Item, model: SimpleNamespace) -> Any:
    value, measured = item.value, item.gross_weight or item.net_weight or item.quantity
    return model.Commodity(
        description=item.description,
        value=model.Amount(value=_number(value.amount), currency=value.currency) if value else None,
        classifications=[model.Classification(id=item.hs, type="HS")],
        measures=model.Measures(
            gross=_measure(item.gross_weight, model),
            net=_measure(item.net_weight, model),
            quantity=_measure(item.quantity, model),
        )
        if measured
        else None,
    )


def _party(party: Party | None, model: SimpleNamespace) -> Any:
    return model.Party(name=party.name, address=_address(party.address, model)) if party else None


def _address(address: Address | None, model: SimpleNamespace) -> Any:
    if address is None:
        return None
    return model.Address(
        city=address.city, country=address.country, line=address.line, postcode=address.postcode
    )  # fmt: skip


def _port(port: Port | None, model: SimpleNamespace) -> Any:
    return model.Place(id=port.code, name=port.name) if port else None


def _measure(weight: Weight | None, model: SimpleNamespace) -> Any:
    return model.Measure(value=_number(weight.value), unit=weight.unit) if weight else None


def _day(day: date | None, model: SimpleNamespace) -> Any:
    return model.Moment(stamp=model.Stamp(value=day.isoformat().replace("-", ""), format="102")) if day else None


def _number(value: Decimal) -> str:
    text = str(value)
    return format(value, "f") if "E" in text else text
