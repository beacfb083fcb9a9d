"""The rest of Indonesia's certificate message as dataclasses of xsdata: items, shipment, declaration, envelope."""

from dataclasses import dataclass

from benchmarks.declaration_xsdata import (
    COO,
    NAMESPACES,
    Amount,
    Classification,
    Contract,
    Declared,
    Destination,
    In,
    Information,
    Itinerary,
    Measure,
    Measures,
    Moment,
    Party,
    Place,
    Previous,
    Transport,
    many,
    one,
)


@dataclass(kw_only=True, slots=True)
class Commodity:
    class Meta(In):
        pass

    description: str | None = one("Description")
    value: Amount | None = one("ValueAmount")
    classifications: list[Classification] = many("Classification")
    measures: Measures | None = one("GoodsMeasure")


@dataclass(kw_only=True, slots=True)
class Invoice:
    class Meta(In):
        pass

    id: str | None = one("ID")
    issued: Moment | None = one("IssueDateTime")


@dataclass(kw_only=True, slots=True)
class Origin:
    class Meta(In):
        pass

    country: str | None = one("CountryCode")
    criterion: str | None = one("CriterionText")


@dataclass(kw_only=True, slots=True)
class Packaging:
    class Meta(In):
        pass

    marks: str | None = one("MarksNumbersID")
    count: str | None = one("QuantityQuantity")
    kind: str | None = one("TypeCode")


@dataclass(kw_only=True, slots=True)
class Item:
    class Meta(In):
        pass

    number: str | None = one("SequenceNumeric")
    commodity: Commodity | None = one("Commodity")
    invoices: list[Invoice] = many("Invoice")
    origin: Origin | None = one("Origin")
    packaging: Packaging | None = one("Packaging")


@dataclass(kw_only=True, slots=True)
class Shipment:
    class Meta(In):
        pass

    destination: Destination | None = one("Destination")
    items: list[Item] = many("GovernmentAgencyGoodsItem")
    importer: Party | None = one("Importer")
    invoicer: Party | None = one("InvoiceIssuer")
    itinerary: list[Itinerary] = many("Itinerary")
    loading: Place | None = one("LoadingLocation")
    previous: list[Previous] = many("PreviousDocument")
    contract: Contract | None = one("TransportContractDocument")
    discharge: Place | None = one("UnloadingLocation")


@dataclass(kw_only=True, slots=True)
class Declaration:
    class Meta(In):
        pass

    function: str | None = one("FunctionCode")
    reference: str | None = one("FunctionalReferenceID")
    id: str | None = one("ID")
    issued: Moment | None = one("IssueDateTime")
    type: str | None = one("TypeCode")
    form: str | None = one("FormTypeCode")
    issued_at: str | None = one("IssueLocationName")
    weight: Measure | None = one("TotalGrossMassMeasure")
    packages: str | None = one("TotalPackageQuantity")
    information: list[Information] = many("AdditionalInformation")
    transport: Transport | None = one("BorderTransportMeans")
    office: Place | None = one("ContactOffice")
    exporter: Party | None = one("Exporter")
    declared: Declared | None = one("ExporterDeclaration")
    shipment: Shipment | None = one("GoodsShipment")


@dataclass(kw_only=True, slots=True)
class MetaData:
    class Meta:
        namespace = NAMESPACES["md"]

    model: str | None = one("WCODataModelVersionCode")
    type: str | None = one("WCOTypeName")
    sender: str | None = one("ResponsibleCountryCode")
    agreement: str | None = one("AgencyAssignedCustomizationCode")
    version: str | None = one("AgencyAssignedCustomizationVersionCode")
    receiver: str | None = one("RecipientCountryCode")
    prepared: Moment | None = one("PreparationDateTime")
    answers: str | None = one("AnsweredReferenceID")
    declaration: Declaration | None = one("Declaration", namespace=COO)
