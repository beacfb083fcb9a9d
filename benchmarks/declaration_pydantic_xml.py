"""Indonesia's certificate message as models of pydantic-xml: what the table maps, in the order of the schema."""

from pydantic_xml import BaseXmlModel, attr, element

NAMESPACES = {
    "md": "urn:eodes:datamodel:ID:MetaData:1",
    "coo": "urn:eodes:datamodel:ID:COO:1",
    "ds": "urn:eodes:datamodel:DS:1",
}


class Node(BaseXmlModel, ns="coo", nsmap=NAMESPACES, search_mode="ordered"):
    pass


class Stamp(BaseXmlModel, tag="DateTimeString", ns="ds", nsmap=NAMESPACES):
    value: str
    format: str = attr(name="formatCode")


class Moment(Node):
    stamp: Stamp


class Measure(Node):
    value: str
    unit: str = attr(name="unitCode")


class Amount(Node):
    value: str
    currency: str = attr(name="currencyID")


class Address(Node, tag="Address"):
    city: str | None = element(tag="CityName", default=None)
    country: str | None = element(tag="CountryCode", default=None)
    line: str | None = element(tag="Line", default=None)
    postcode: str | None = element(tag="PostcodeID", default=None)


class Party(Node):
    name: str = element(tag="Name")
    address: Address | None = None


class Information(Node, tag="AdditionalInformation"):
    code: str | None = element(tag="StatementCode", default=None)
    description: str | None = element(tag="StatementDescription", default=None)
    type: str = element(tag="StatementTypeCode")


class Transport(Node, tag="BorderTransportMeans"):
    departed: Moment | None = element(tag="DepartureDateTime", default=None)
    journey: str | None = element(tag="JourneyID", default=None)
    mode: str | None = element(tag="ModeCode", default=None)
    name: str | None = element(tag="Name", default=None)


class Place(Node):
    id: str | None = element(tag="ID", default=None)
    name: str | None = element(tag="Name", default=None)


class Declared(Node, tag="ExporterDeclaration"):
    made: Moment | None = element(tag="DeclarationDateTime", default=None)
    place: str | None = element(tag="PlaceName", default=None)


class Destination(Node, tag="Destination"):
    country: str = element(tag="CountryCode")


class Itinerary(Node, tag="Itinerary"):
    country: str = element(tag="RoutingCountryCode")


class Contract(Node, tag="TransportContractDocument"):
    id: str = element(tag="ID")


class Previous(Node, tag="PreviousDocument"):
    category: str = element(tag="CategoryCode")
    id: str = element(tag="ID")
    issued: Moment | None = element(tag="IssueDateTime", default=None)


class Classification(Node, tag="Classification"):
    id: str = element(tag="ID")
    type: str = element(tag="IdentificationTypeCode")


class Measures(Node, tag="GoodsMeasure"):
    gross: Measure | None = element(tag="GrossMassMeasure", default=None)
    net: Measure | None = element(tag="NetNetWeightMeasure", default=None)
    quantity: Measure | None = element(tag="TariffQuantity", default=None)


class Commodity(Node, tag="Commodity"):
    description: str = element(tag="Description")
    value: Amount | None = element(tag="ValueAmount", default=None)
    classifications: list[Classification]
    measures: Measures | None = None


class Invoice(Node, tag="Invoice"):
    id: str = element(tag="ID")
    issued: Moment | None = element(tag="IssueDateTime", default=None)


class Origin(Node, tag="Origin"):
    country: str | None = element(tag="CountryCode", default=None)
    criterion: str = element(tag="CriterionText")


class Packaging(Node, tag="Packaging"):
    marks: str | None = element(tag="MarksNumbersID", default=None)
    count: str | None = element(tag="QuantityQuantity", default=None)
    kind: str | None = element(tag="TypeCode", default=None)


class Item(Node, tag="GovernmentAgencyGoodsItem"):
    number: str = element(tag="SequenceNumeric")
    commodity: Commodity
    invoices: list[Invoice] = []
    origin: Origin
    packaging: Packaging | None = None


class Shipment(Node, tag="GoodsShipment"):
    destination: Destination | None = None
    items: list[Item]
    importer: Party | None = element(tag="Importer", default=None)
    invoicer: Party | None = element(tag="InvoiceIssuer", default=None)
    itinerary: list[Itinerary] = []
    loading: Place | None = element(tag="LoadingLocation", default=None)
    previous: list[Previous] = []
    contract: Contract | None = None
    discharge: Place | None = element(tag="UnloadingLocation", default=None)


class Declaration(Node, tag="Declaration"):
    function: str = element(tag="FunctionCode")
    reference: str = element(tag="FunctionalReferenceID")
    id: str = element(tag="ID")
    issued: Moment = element(tag="IssueDateTime")
    type: str = element(tag="TypeCode")
    form: str = element(tag="FormTypeCode")
    issued_at: str | None = element(tag="IssueLocationName", default=None)
    weight: Measure | None = element(tag="TotalGrossMassMeasure", default=None)
    packages: str | None = element(tag="TotalPackageQuantity", default=None)
    information: list[Information] = []
    transport: Transport | None = None
    office: Place = element(tag="ContactOffice")
    exporter: Party = element(tag="Exporter")
    declared: Declared | None = None
    shipment: Shipment


class MetaData(BaseXmlModel, tag="MetaData", ns="md", nsmap=NAMESPACES, search_mode="ordered"):
    model: str = element(tag="WCODataModelVersionCode")
    type: str = element(tag="WCOTypeName")
    sender: str = element(tag="ResponsibleCountryCode")
    agreement: str = element(tag="AgencyAssignedCustomizationCode")
    version: str = element(tag="AgencyAssignedCustomizationVersionCode")
    receiver: str = element(tag="RecipientCountryCode")
    prepared: Moment = element(tag="PreparationDateTime", ns="md")
    answers: str | None = element(tag="AnsweredReferenceID", default=None)
    declaration: Declaration
