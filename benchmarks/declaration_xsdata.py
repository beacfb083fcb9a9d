"""Indonesia's certificate message as dataclasses of xsdata: the elements that the table maps, in the schema's order."""

from dataclasses import dataclass, field
from typing import Any

NAMESPACES = {
    "md": "urn:eodes:datamodel:ID:MetaData:1",
    "coo": "urn:eodes:datamodel:ID:COO:1",
    "ds": "urn:eodes:datamodel:DS:1",
}
COO, DS = NAMESPACES["coo"], NAMESPACES["ds"]


def one(name: str, **more: Any) -> Any:
    """An element that stands once or not at all."""
    return field(default=None, metadata={"type": "Element", "name": name, **more})


def many(name: str) -> Any:
    """An element that may be repeated."""
    return field(default_factory=list, metadata={"type": "Element", "name": name})


def said(name: str) -> Any:
    """An attribute."""
    return field(default=None, metadata={"type": "Attribute", "name": name})


def own() -> Any:
    """The element's own text."""
    return field(default="", metadata={"required": True})


@dataclass(kw_only=True, slots=True)
class Stamp:
    value: str = own()
    format: str | None = said("formatCode")


@dataclass(kw_only=True, slots=True)
class Moment:
    stamp: Stamp | None = one("DateTimeString", namespace=DS)


@dataclass(kw_only=True, slots=True)
class Measure:
    value: str = own()
    unit: str | None = said("unitCode")


@dataclass(kw_only=True, slots=True)
class Amount:
    value: str = own()
    currency: str | None = said("currencyID")


class In:
    """The namespace that the elements of a class lie in."""

    namespace = COO


@dataclass(kw_only=True, slots=True)
class Address:
    class Meta(In):
        pass

    city: str | None = one("CityName")
    country: str | None = one("CountryCode")
    line: str | None = one("Line")
    postcode: str | None = one("PostcodeID")


@dataclass(kw_only=True, slots=True)
class Party:
    class Meta(In):
        pass

    name: str | None = one("Name")
    address: Address | None = one("Address")


@dataclass(kw_only=True, slots=True)
class Information:
    class Meta(In):
        pass

    code: str | None = one("StatementCode")
    description: str | None = one("StatementDescription")
    type: str | None = one("StatementTypeCode")


@dataclass(kw_only=True, slots=True)
class Transport:
    class Meta(In):
        pass

    departed: Moment | None = one("DepartureDateTime")
    journey: str | None = one("JourneyID")
    mode: str | None = one("ModeCode")
    name: str | None = one("Name")


@dataclass(kw_only=True, slots=True)
class Place:
    class Meta(In):
        pass

    id: str | None = one("ID")
    name: str | None = one("Name")


@dataclass(kw_only=True, slots=True)
class Declared:
    class Meta(In):
        pass

    made: Moment | None = one("DeclarationDateTime")
    place: str | None = one("PlaceName")


@dataclass(kw_only=True, slots=True)
class Destination:
    class Meta(In):
        pass

    country: str | None = one("CountryCode")


@dataclass(kw_only=True, slots=True)
class Itinerary:
    class Meta(In):
        pass

    country: str | None = one("RoutingCountryCode")


@dataclass(kw_only=True, slots=True)
class Contract:
    class Meta(In):
        pass

    id: str | None = one("ID")


@dataclass(kw_only=True, slots=True)
class Previous:
    class Meta(In):
        pass

    category: str | None = one("CategoryCode")
    id: str | None = one("ID")
    issued: Moment | None = one("IssueDateTime")


@dataclass(kw_only=True, slots=True)
class Classification:
    class Meta(In):
        pass

    id: str | None = one("ID")
    type: str | None = one("IdentificationTypeCode")


@dataclass(kw_only=True, slots=True)
class Measures:
    class Meta(In):
        pass

    gross: Measure | None = one("GrossMassMeasure")
    net: Measure | None = one("NetNetWeightMeasure")
    quantity: Measure | None = one("TariffQuantity")
