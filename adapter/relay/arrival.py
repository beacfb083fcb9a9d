"""A delivery as it is taken in: who it is from, what it says, or why it cannot be read."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from adapter import translate
from adapter.certificate import Certificate, match_key
from adapter.delivery import Delivery, Message
from adapter.enquiry import ExportLink, StatusQuery, StatusReply
from adapter.envelope import digest
from adapter.findings import Finding, Rejected, Severity, Verdict
from adapter.ledger import Standing
from adapter.messages import Acknowledgement, Cancellation, Content, Feedback, Response
from adapter.relay.broker import OVERSIZED, UNREADABLE
from adapter.relay.exchange import Exchange
from adapter.rules import Facts
from adapter.system import System
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

LONGEST_REFERENCE = 70
About = (
    Cancellation | Feedback | VerificationRequest | VerificationInformation | VerificationReply | StatusQuery
    | ExportLink
)  # fmt: skip
"""What is said of a certificate that is known by its number."""
_REFERENCE = re.compile(rf"[!-~]{{1,{LONGEST_REFERENCE}}}")


class Offer(NamedTuple):
    """What comes of a certificate unless something is known that stands against it."""

    standing: Standing
    receiver: System | Rejected
    message: Message | Rejected


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery with its system and reading; without a reading it died on the way in, of its findings."""

    delivery: Delivery
    id: str
    """The same for the same bytes under the same message id from the same system."""
    digest: str
    system: System | None
    reading: translate.Reading | None = None
    findings: tuple[Finding, ...] = ()
    stage: str = ""
    buried: bool = False
    """Whether the ledger must not take its bytes in: they go to the queue of the dead."""
    sealed: bool = False
    """Whether its sender's messages are held to signatures."""
    offer: "Offer | None" = None
    """What it would become, if it says a certificate and that was worked out beforehand."""

    @property
    def content(self) -> Content | None:
        """What it says, as far as it could be read."""
        return self.reading.content if self.reading else None

    @property
    def is_valid(self) -> bool:
        """Whether it could be read and nothing is wrong with it."""
        return self.reading is not None and self.reading.verdict is Verdict.VALID

    @property
    def reference(self) -> str:
        """What its sender calls it: the document's own id, else the queue's message id, else its SHA-256."""
        header_id = self.reading.header.id if self.reading else None
        candidates = (header_id, self.delivery.message_id)
        return next((each for each in candidates if each and _REFERENCE.fullmatch(each)), self.digest)

    @property
    def keys(self) -> tuple[str, ...]:
        """The match keys of the certificates it is about."""
        content = self.content
        if isinstance(content, Certificate):
            others = (other.number for other in (content.copy_of, content.supersedes) if other)
            return (content.key, *map(match_key, others))
        return (content.key,) if isinstance(content, About) else ()

    @property
    def refers(self) -> bool:
        """Whether it says something of an earlier certificate or message."""
        content = self.content
        if isinstance(content, Certificate):
            return content.copy_of is not None or content.supersedes is not None or content.back_to_back
        return content is not None

    @property
    def answered(self) -> tuple[str, ...]:
        """The id of the message that it answers."""
        content = self.content
        return (content.received,) if isinstance(content, Acknowledgement | Response | StatusReply) else ()


NONE: Mapping[int, Finding] = MappingProxyType({})


def arrive_all(
    deliveries: Sequence[Delivery], exchange: Exchange, facts: Facts, fatal: Mapping[int, Finding] = NONE
) -> list[Arrival]:
    """What each delivery is, in order; they are read together, which is faster than one by one.

    Those that proved fatal in quarantine, by place, are not read at all.
    """
    try:
        readings = _read_together(deliveries, exchange, facts, fatal)
    except Exception:
        readings = {}  # read alone, each shows whether it is the one that we fail at
    return [
        arrive(each, exchange, facts, readings.get(place), fatal.get(place)) for place, each in enumerate(deliveries)
    ]


def arrive(
    delivery: Delivery, exchange: Exchange, facts: Facts, reading: translate.Reading | None = None,
    fatal: Finding | None = None,
) -> Arrival:  # fmt: skip
    """What a delivery is, by its reading if it has one; what is wrong with it is its own affair and never raises."""
    sha = digest(delivery.body)
    named = f"{delivery.source}\n{delivery.message_id or ''}\n{sha}"
    id = hashlib.sha256(named.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    system = exchange.by_queue.get(delivery.source)
    if trouble := _untakeable(delivery, exchange):
        return Arrival(delivery, id, sha, system, findings=(trouble,), stage="intake", buried=True)
    if system is None:
        unknown = Finding(code="SRC-01", message="no system is known to fill this queue")
        return Arrival(delivery, id, sha, None, findings=(unknown,), stage="intake")
    sealed = exchange.seals_from(system)
    if fatal is not None:
        return Arrival(delivery, id, sha, system, findings=(fatal,), stage="crash", sealed=sealed)
    try:
        reading = reading or read(delivery, system, exchange, facts)
        return Arrival(delivery, id, sha, system, reading, sealed=sealed)
    except Exception as error:
        return Arrival(delivery, id, sha, system, findings=(crashed(error),), stage="crash", sealed=sealed)


def read(delivery: Delivery, system: System, exchange: Exchange, facts: Facts) -> translate.Reading:
    """What a delivery says, whatever queue it came from being its system's."""
    return translate.read(_named(delivery, system), exchange.catalogue, facts, exchange.limits, exchange.held_to)


def _read_together(
    deliveries: Sequence[Delivery], exchange: Exchange, facts: Facts, fatal: Mapping[int, Finding]
) -> dict[int, translate.Reading]:
    """The readings of those that can be taken in, by place."""
    named = {
        place: _named(each, system)
        for place, each in enumerate(deliveries)
        if place not in fatal and (system := exchange.by_queue.get(each.source)) and not _untakeable(each, exchange)
    }
    window = list(named.values())
    readings = translate.read_all(window, exchange.catalogue, facts, exchange.limits, exchange.held_to)
    return dict(zip(named, readings, strict=True))


def _named(delivery: Delivery, system: System) -> Delivery:
    return Delivery(delivery.body, system.code, delivery.message_id, delivery.headers, delivery.times)


def crashed(error: Exception) -> Finding:
    """The finding that we failed; the error's own text may hold a value and is not told."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_code.co_name}" if trace else ""
    message = f"it could not be carried out ({type(error).__name__}{place}); nothing is known to be wrong with it"
    return Finding(code="REL-01", message=message, severity=Severity.UNDECIDED)


def _untakeable(delivery: Delivery, exchange: Exchange) -> Finding | None:
    if UNREADABLE in delivery.headers:
        return Finding(code="DLV-01", message="what came beside the body could not be read")
    if len(delivery.body) > exchange.limits.size or (OVERSIZED in delivery.headers and not delivery.body):
        allowed = f"at most {exchange.limits.size} bytes"
        return Finding(code="DOC-SIZE", message="the document is too large", allowed=allowed)
    return None
