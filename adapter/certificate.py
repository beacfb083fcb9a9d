"""The hub: a certificate of origin in the trade's own words, whatever system or partner it comes from."""

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapter.text import Amount, Code, Country, Currency, Day, Name, Percent, Slug, Text

SEPARATORS = re.compile("[^0-9A-Z]+")


class Privacy(StrEnum):
    """Why a value stays out of findings, logs and headers."""

    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"


class Part(BaseModel):
    """A part of the hub: frozen, nothing unknown in it, its fields public unless marked."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def as_json(self) -> str:
        """The part as canonical JSON: absent fields left out, numbers as exact text."""
        return self.model_dump_json(exclude_none=True)


Personal = Privacy.PERSONAL
Confidential = Privacy.CONFIDENTIAL

PersonalName = Annotated[Name, Personal]
ConfidentialName = Annotated[Name, Confidential]


class Address(Part):
    """Where a party is."""

    line: Text | None = None
    city: Name | None = None
    postcode: Name | None = None
    country: Country | None = None


class Contact(Part):
    """How a person at a party is reached."""

    person: PersonalName | None = None
    phone: PersonalName | None = None
    fax: PersonalName | None = None
    email: PersonalName | None = None


class Party(Part):
    """An exporter, producer, importer, consignee or third-party invoicer."""

    name: Text
    identifier: ConfidentialName | None = None
    """The party's number in its own country, such as a business registration or tax number."""
    address: Address | None = None
    contact: Contact | None = None


class Measure(Part):
    """A quantity and its unit (UN/ECE Recommendation 20)."""

    value: Amount
    unit: Code


class Money(Part):
    """An amount and its currency (ISO 4217)."""

    amount: Amount
    currency: Currency


class Reference(Part):
    """Another certificate, by its number and the day it was issued."""

    number: Name
    issued_on: Day | None = None


class Document(Part):
    """Another document that the certificate goes with: export declaration, original certificate of a back-to-back."""

    kind: Code
    number: Name
    issued_on: Day | None = None
    line: Name | None = None
    country: Country | None = None


class IssuingBody(Part):
    """The authority or body that issued the certificate."""

    code: Code
    name: Name | None = None


class Port(Part):
    """A port or place (UN/LOCODE where it has one)."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")] | None = None
    name: Name | None = None


class Consignment(Part):
    """How the goods travel; a certificate covers one consignment."""

    mode: Code | None = None
    """sea, rail, road, air, mail, multimodal, fixed, inland_water."""
    transport: Name | None = None
    """Vessel, flight, train or vehicle, as printed."""
    journey: Name | None = None
    departed_on: Day | None = None
    """The day of shipment, from which issue windows count."""
    loading: Port | None = None
    discharge: Port | None = None
    transit: tuple[Country, ...] = ()
    destination: Country | None = None
    contract: Name | None = None
    """Number of the bill of lading or air waybill."""


class Criterion(Part):
    """Why a good originates: `CTH + RVC 40%` is shift cth, method rvc, percent 40, combinator and."""

    kind: Code | None = None
    """wholly_obtained, produced_exclusively, product_specific, specific_process, outward_processing …

    Absent where tariff shift and value content say it all.
    """
    shift: Code | None = None
    """ctc (any), cc, cth, ctsh: the change in tariff classification."""
    method: Code | None = None
    """rvc, qvc, build_down, build_up …: how value content was computed."""
    percent: Percent | None = None
    combinator: Literal["and", "or"] | None = None
    detail: Text | None = None


class Packages(Part):
    """Number and kind of packages (UN/ECE Recommendation 21)."""

    count: Annotated[int, Field(ge=0, le=99_999_999)] | None = None
    kind: Code | None = None


class Invoice(Part):
    """An invoice that covers an item."""

    number: Name
    issued_on: Day | None = None


class Item(Part):
    """One good of the certificate."""

    number: Annotated[int, Field(ge=1, le=99_999)]
    marks: Text | None = None
    packages: Packages | None = None
    description: Text
    hs: Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]
    hs_edition: Annotated[int, Field(ge=1988, le=2099)] | None = None
    origin: Country | None = None
    criterion: Criterion
    gross_weight: Measure | None = None
    net_weight: Measure | None = None
    quantity: Measure | None = None
    value: Annotated[Money | None, Confidential] = None
    """FOB value: goes to a partner only where the agreement's form prints it."""
    invoices: tuple[Invoice, ...] = ()
    producer: Party | None = None


class Declaration(Part):
    """The exporter's own declaration on the form."""

    place: Name | None = None
    made_on: Day | None = None
    signatory: PersonalName | None = None


class Certificate(Part):
    """A certificate of origin, or a declaration of origin, as any agreement's form says it."""

    number: Name
    agreement: Slug
    type: Literal["certificate", "declaration"] = "certificate"
    form: Literal["original", "true_copy", "replacement"] = "original"
    supersedes: Reference | None = None
    copy_of: Reference | None = None
    issued_on: Day
    issued_at: Name | None = None
    issued_by: IssuingBody | None = None
    signatory: PersonalName | None = None
    reference_code: ConfidentialName | None = None
    """The code that, with the number, opens the certificate on the issuer's verification site."""
    verification_link: ConfidentialName | None = None
    approved_exporter: Name | None = None
    """Authorisation number of an approved exporter who declares origin."""
    exporter: Party
    producer: Party | None = None
    producer_statement: Literal["same", "on_request"] | None = None
    """Printed in the producer's box instead of a name: SAME, or AVAILABLE UPON REQUEST."""
    importer: Party | None = None
    consignee: Party | None = None
    consignment: Annotated[Consignment, Field(default_factory=Consignment)]
    gross_weight: Measure | None = None
    packages: Packages | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    third_party_invoice: Party | None = None
    exhibition: Text | None = None
    retroactive: bool = False
    retroactive_reason: Text | None = None
    back_to_back: bool = False
    remarks: Text | None = None
    declaration: Declaration | None = None
    previous_documents: tuple[Document, ...] = ()

    @property
    def key(self) -> str:
        """The match key: the number in upper case, letters and digits only."""
        return match_key(self.number)


def match_key(number: str) -> str:
    """A certificate number as it is compared: upper case, letters and digits only.

    Hyphens and blanks come and go between systems; `K001-16-1234567` and `k001161234567` are one number, and so is what
    an East Asian keyboard makes full-width: a digit that was lost would make it another certificate's.
    """
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number)
    return SEPARATORS.sub("", number.upper())
