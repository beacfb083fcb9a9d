"""What is mapped: one national record and one partner's document of any number of items, made from the fixtures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from adapter import translate
from adapter.calendar import Calendar
from adapter.catalogue import CHECKOUT, Catalogue
from adapter.certificate import Certificate
from adapter.delivery import Delivery, Message
from adapter.envelope import address
from adapter.findings import Rejected
from adapter.mapping.mapping import Mapping
from adapter.messages import Header, Kind
from adapter.rules import Facts

AT = datetime(2025, 12, 1, 9, tzinfo=UTC)
"""The moment of all mapping: a little after the fixtures' days of issue, so that rules judge the same on any day."""
CERTIFICATES = CHECKOUT / "fixtures"
RECORD = CERTIFICATES / "kcci/certificate/ik-cepa-25-items.json"
ARRIVED = CERTIFICATES / "id/certificate/ik-cepa-import-3-items.xml"
HOME, PARTNER, AGREEMENT = "kcci", "ID", "ik-cepa"
CAUSE = "a delivery"


@dataclass(frozen=True)
class Office:
    """The catalogue, warm, and the facts of the day that everything here is measured with."""

    cache: Path

    @cached_property
    def catalogue(self) -> Catalogue:
        """The packaged catalogue."""
        return Catalogue.open(cache=self.cache)

    @cached_property
    def facts(self) -> Facts:
        """The day and the calendar."""
        return Facts(today=AT.date(), calendar=Calendar(self.cache))

    @cached_property
    def mapping(self) -> Mapping:
        """The partner's table of certificates, compiled."""
        table = self.catalogue.table(self.catalogue.system(PARTNER), Kind.CERTIFICATE, AGREEMENT)
        return self.catalogue.compiled(table)

    @property
    def schema(self) -> Path:
        """The partner's XML Schema."""
        return CHECKOUT / "xsd" / self.mapping.plan.table.schema

    def read(self, body: bytes, source: str) -> translate.Reading:
        """A delivery in full: parsed, validated, mapped, held to the rules."""
        return translate.read(Delivery(body, source), self.catalogue, self.facts)

    def pass_on(self, bodies: Sequence[bytes], sender: str, receiver: str) -> list[Message]:
        """A window of deliveries in full, as the relay takes it: stage by stage."""
        arrived = [Delivery(body, sender) for body in bodies]
        read = [each.certificate for each in translate.read_all(arrived, self.catalogue, self.facts)]
        between = self.catalogue.system(sender), self.catalogue.system(receiver)
        drafts = [translate.Draft(each, between[1], address(each, *between, AT, cause=CAUSE)) for each in read]
        return [_sent(each) for each in translate.write_all(drafts, self.catalogue)]

    def forward(self, reading: translate.Reading, sender: str, receiver: str) -> Message:
        """The message that a reading becomes: written, re-parsed, validated, sealed."""
        between = self.catalogue.system(sender), self.catalogue.system(receiver)
        return translate.forward(reading.certificate, *between, self.catalogue, AT, cause=CAUSE)


def _sent(message: Message | Rejected) -> Message:
    if isinstance(message, Rejected):
        raise message
    return message


def record(items: int, number: str | None = None) -> bytes:
    """A KCCI record of so many items: those of the largest fixture, cut off or repeated."""
    found = json.loads(RECORD.read_bytes())
    goods = found["goods"]
    found["goods"] = [goods[place % len(goods)] | {"lineNo": place + 1} for place in range(items)]
    found["totalGrossWeight"] = round(sum(good["grossWeight"] for good in found["goods"]), 2)
    found["totalPackages"] = sum(good["packageCount"] for good in found["goods"])
    found["certificateNo"] = number or found["certificateNo"]
    return json.dumps(found, ensure_ascii=False, indent=2).encode()


def arrived(items: int, office: Office) -> bytes:
    """A certificate as Indonesia sends it, of so many items: the record's, with Indonesia as their origin."""
    reading = office.read(ARRIVED.read_bytes(), PARTNER)
    goods = office.read(record(items), HOME).certificate
    own = tuple(item.model_copy(update={"origin": "ID", "producer": None}) for item in goods.items)
    weighed = {"items": own, "gross_weight": goods.gross_weight, "packages": goods.packages}
    return office.mapping.write(reading.certificate.model_copy(update=weighed), reading.header)


@dataclass(frozen=True)
class Hub:
    """One of the partner's documents, and what it says."""

    xml: bytes
    header: Header
    certificate: Certificate

    @cached_property
    def json(self) -> bytes:
        """The certificate as the hub's JSON."""
        return self.certificate.as_json().encode()


def hub(xml: bytes, office: Office) -> Hub:
    """What a document of the partner's says."""
    reading = office.read(xml, PARTNER)
    return Hub(xml, reading.header, reading.certificate)
