"""Models of the partner's message as the hub's certificate, read by hand once for any library's models."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from adapter.certificate import Certificate, Criterion
from adapter.messages import Header
from benchmarks.by_hand_out import FORMS, FUNCTIONS, MODES

FUNCTION_OF = {code: word for word, code in FUNCTIONS.items()}
FORM_OF = {code: word for word, code in FORMS.items()}
MODE_OF = {code: word for word, code in MODES.items()}

Understand = Callable[[str], Criterion]
"""How a printed criterion is understood: the table's own way, so that every side has the same."""


def from_message(message: Any, understand: Understand) -> tuple[Header, Certificate]:
    """What the whole message says, as the hub's models."""
    said, stamp = message.declaration, message.prepared.stamp.value
    digits, zone = stamp[:14], "+00:00" if stamp[14:] == "Z" else f"{stamp[14:]}:00"
    header = {
        "id": said.reference,
        "function": FUNCTION_OF[said.function],
        "sender": message.sender,
        "receiver": message.receiver,
        "sent_at": datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}{zone}"),
        "answers": message.answers,
    }
    return Header.model_validate(header), Certificate.model_validate(_certificate(said, understand))


def _certificate(said: Any, understand: Understand) -> dict[str, Any]:
    shipment, declared = said.shipment, said.declared
    found = {
        "agreement": "ik-cepa",
        "number": said.id,
        "form": FORM_OF[said.form],
        "issued_on": _day(said.issued),
        "issued_at": said.issued_at,
        "issued_by": {"code": said.office.id, "name": said.office.name} if said.office else None,
        "exporter": _party(said.exporter),
        "importer": _party(shipment.importer),
        "third_party_invoice": _party(shipment.invoicer),
        "consignment": _consignment(said.transport, shipment),
        "gross_weight": _measure(said.weight),
        "packages": {"count": int(said.packages)} if said.packages else None,
        "declaration": {"place": declared.place, "made_on": _day(declared.made)} if declared else None,
        "items": [_item(item, understand) for item in shipment.items],
    }
    for information in said.information:
        found |= _information(information)
    for other in shipment.previous:
        place = "copy_of" if other.category == "CPY" else "supersedes"
        found[place] = {"number": other.id, "issued_on": _day(other.issued)}
    return found


def _information(information: Any) -> dict[str, Any]:
    if information.type == "REM":
        return {"remarks": information.description}
    return {"retroactive": information.code == "Y", "retroactive_reason": information.description}


def _consignment(transport: Any, shipment: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "loading": _port(shipment.loading),
        "discharge": _port(shipment.discharge),
        "transit": [each.country for each in shipment.itinerary],
        "destination": shipment.destination.country if shipment.destination else None,
        "contract": shipment.contract.id if shipment.contract else None,
    }
    if transport:
        found["mode"] = MODE_OF.get(transport.mode, f"?{transport.mode}") if transport.mode else None
        found["transport"] = transport.name
        found["journey"] = transport.journey
        found["departed_on"] = _day(transport.departed)
    return found


def _item(item: Any, understand: Understand) -> dict[str, Any]:
    goods, packed = item.commodity, item.packaging
    measures, value = goods.measures, goods.value
    return {
        "number": int(item.number),
        "marks": packed.marks if packed else None,
        "packages": _packages(packed) if packed else None,
        "description": goods.description,
        "hs": next(each.id for each in goods.classifications if each.type == "HS"),
        "origin": item.origin.country,
        "criterion": understand(item.origin.criterion),
        "gross_weight": _measure(measures.gross) if measures else None,
        "net_weight": _measure(measures.net) if measures else None,
        "quantity": _measure(measures.quantity) if measures else None,
        "value": {"amount": value.value, "currency": value.currency} if value else None,
        "invoices": [{"number": each.id, "issued_on": _day(each.issued)} for each in item.invoices],
    }


def _packages(packed: Any) -> dict[str, Any] | None:
    if packed.count is None and packed.kind is None:
        return None
    return {"count": int(packed.count) if packed.count else None, "kind": packed.kind}


def _party(party: Any) -> dict[str, Any] | None:
    if party is None:
        return None
    address = party.address
    return {
        "name": party.name,
        "address": address and {
            "line": address.line, "city": address.city, "postcode": address.postcode, "country": address.country
        },
    }  # fmt: skip


def _port(port: Any) -> dict[str, Any] | None:
    return {"code": port.id, "name": port.name} if port else None


def _measure(measure: Any) -> dict[str, Any] | None:
    return {"value": measure.value, "unit": measure.unit} if measure else None


def _day(moment: Any) -> date | None:
    return date.fromisoformat(moment.stamp.value) if moment else None
