"""Simulated systems at the other end of the queues: they take messages, judge them as we would, and answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from adapter.catalogue import Catalogue
from adapter.certificate import Certificate, Item
from adapter.delivery import Delivery, Message
from adapter.enquiry import StatusQuery, StatusReply
from adapter.envelope import digest, function_of, kind_of, message_id
from adapter.findings import Finding, Rejected, Severity, Verdict
from adapter.mapping.begins import begins
from adapter.messages import (
    Acknowledgement,
    Complaint,
    Content,
    Feedback,
    Header,
    ItemFeedback,
    Kind,
    Response,
)
from adapter.opening import Document, admit
from adapter.relay.broker import Broker, Parcel
from adapter.relay.handing import hand_over
from adapter.relay.names import inbox, outbox
from adapter.rules import Facts, WorkingDays
from adapter.schema import parse_json, parse_xml
from adapter.system import System
from adapter.translate import Reading, read, understand, write
from adapter.trust import NO_SEALS, Seals
from adapter.verification import Result, VerificationInformation, VerificationReply, VerificationRequest

WINDOW, WINDOW_BYTES = 64, 16_000_000
UNANSWERED = (Kind.ACKNOWLEDGEMENT, Kind.RESPONSE, Kind.STATUS_REPLY)

Status = Literal["granted", "denied", "suspended", "pending"]
Decide = Callable[[Certificate, Item], Status]
"""What the importing customs decides on an item: granted, denied, suspended or pending."""


def grant(certificate: Certificate, item: Item) -> Status:
    """Preference for every item."""
    return "granted"


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it arrived at a simulated system, and what that made of it."""

    system: System
    delivery: Delivery
    reading: Reading


@dataclass(frozen=True, slots=True)
class Case:
    """A certificate on which the importing customs has yet to decide."""

    certificate: Certificate
    header: Header
    sender: str


@dataclass(frozen=True, slots=True)
class Check:
    """A question of a verification that waits for a reply."""

    question: VerificationRequest | VerificationInformation
    sender: str
    message: str | None


class Endpoint:
    """One system's end of its two queues: a partner acknowledges and responds; both sides decide, reply and ask."""

    def __init__(
        self, system: System, broker: Broker, catalogue: Catalogue, clock: Callable[[], datetime],
        calendar: WorkingDays | None = None, decide: Decide = grant, seals: Seals = NO_SEALS,
    ) -> None:  # fmt: skip
        self.system, self._seals = system, seals
        self._broker, self._catalogue, self._clock, self._calendar = broker, catalogue, clock, calendar
        self._decide = decide
        self._cases: dict[str, Case] = {}
        self._checks: list[Check] = []

    def step(self, wait: float = 0.0) -> list[Received]:
        """Take what has come, answer it, and only then let go of it."""
        deliveries = self._broker.take([outbox(self.system.code)], WINDOW, WINDOW_BYTES, wait)
        received = [self._receive(delivery) for delivery in deliveries]
        self._send([answer for each in received for answer in self._answers(each)])
        self._broker.acknowledge(deliveries)
        return received

    def settle(self) -> int:
        """Decide on every certificate that waits for it; how many there were."""
        cases, self._cases = list(self._cases.values()), {}
        self._send([self._feedback(case) for case in cases])
        return len(cases)

    def reply(self, result: Result = "confirmed") -> int:
        """Reply to every question of a verification that waits for it; how many there were."""
        checks, self._checks = self._checks, []
        self._send([self._finding(check, result) for check in checks])
        return len(checks)

    def say(self, content: Content, receiver: str) -> str:
        """Say something of one's own, such as a question or a cancellation; the message's id."""
        message = self._message(content, receiver, None)
        self._send([message])
        return message.id

    def submit(self, body: bytes, name: str, receiver: str | None = None) -> None:
        """Put a document of the system's own into its queue, under a name of the sender's."""
        headers: dict[str, str | int] = {"receiver": receiver} if receiver else {}
        hand_over(self._broker, [Parcel(inbox(self.system.code), name, body, headers=headers)])

    def _receive(self, delivery: Delivery) -> Received:
        at = self._clock()
        facts = Facts(today=at.date(), at=at, calendar=self._calendar)
        reading = read(Delivery(delivery.body, self.system.code), self._catalogue, facts, seals=self._seals)
        if reading.table is None:
            reading = self._read_as_receiver(delivery.body, facts) or reading
        return Received(self.system, delivery, reading)

    def _read_as_receiver(self, body: bytes, facts: Facts) -> Reading | None:
        """What we only ever write, and so never read ourselves, read by the system that we write it for."""
        try:
            for table in self._catalogue.tables(self.system):
                root = parse_json(body) if table.is_json else parse_xml(body)
                if table.direction == "out" and begins(table, root):
                    document = Document(self._catalogue.compiled(table), root)
                    document = admit(document, self.system, self._catalogue, self._seals, facts.at)
                    return understand(document, self.system, self._catalogue, facts)
        except Rejected:
            return None
        return None

    def _answers(self, received: Received) -> Iterator[Message]:
        reading = received.reading
        if reading.table and reading.table.message in UNANSWERED:
            return
        name = reading.header.id or received.delivery.message_id or digest(received.delivery.body)
        sender = reading.header.sender or str(received.delivery.headers.get("sender", ""))
        if self.system.side == "partner":
            at = self._clock()
            sha = digest(received.delivery.body)
            yield self._message(Acknowledgement(received=name, received_at=at, digest=sha), sender, name)
            yield self._message(self._response(reading, name, at), sender, name)
        if reading.verdict is Verdict.VALID:
            yield from self._take(reading.content, reading.header, sender, name)

    def _take(self, content: Content | None, header: Header, sender: str, name: str) -> Iterator[Message]:
        """What is valid waits for a decision or a reply; how a certificate stands is told at once."""
        match content:
            case Certificate():
                if earlier := content.supersedes or content.copy_of:
                    self._cases.pop(earlier.number, None)
                self._cases[content.number] = Case(content, header, sender)
            case VerificationRequest() | VerificationInformation():
                self._checks.append(Check(content, sender, header.id))
            case StatusQuery():
                state = "accepted" if content.number in self._cases else "unknown"
                told = StatusReply(received=name, number=content.number, agreement=content.agreement, state=state)
                yield self._message(told, sender, name)
            case _:
                pass

    def _response(self, reading: Reading, name: str, at: datetime) -> Response:
        told = [finding for finding in reading.findings if finding.severity is not Severity.INFO]
        taken = reading.verdict is Verdict.VALID
        return Response(
            received=name,
            number=getattr(reading.content, "number", None),
            agreement=getattr(reading.content, "agreement", None),
            outcome=("accepted_with_warnings" if told else "accepted") if taken else "rejected",
            responded_at=at,
            complaints=tuple(map(_complaint, told)),
        )

    def _feedback(self, case: Case) -> Message:
        today, certificate = self._clock().date(), case.certificate
        return self._message(
            Feedback(
                number=certificate.number, agreement=certificate.agreement, import_declaration=f"{certificate.key}-1",
                declared_on=today, decided_on=today,
                items=tuple(self._decision(certificate, item) for item in certificate.items),
            ),
            case.sender, case.header.id,
        )  # fmt: skip

    def _finding(self, check: Check, result: Result) -> Message:
        asked = check.question
        return self._message(
            VerificationReply(
                number=asked.number, agreement=asked.agreement, request=asked.request, result=result,
                answers_to="request" if isinstance(asked, VerificationRequest) else "information",
                replied_on=self._clock().date(),
            ),
            check.sender, check.message,
        )  # fmt: skip

    def _decision(self, certificate: Certificate, item: Item) -> ItemFeedback:
        status = self._decide(certificate, item)
        used = item.quantity or item.net_weight or item.gross_weight
        return ItemFeedback(
            number=item.number,
            status=status,
            reason=None if status == "granted" else "data_mismatch",
            text=None if status == "granted" else "decided by a simulated customs",
            quantity=used.value if used and status == "granted" else None,
            unit=used.unit if used and status == "granted" else None,
            decided_on=self._clock().date(),
        )

    def _message(self, content: Content, receiver: str, answers: str | None) -> Message:
        code = self.system.code
        kind, function = kind_of(content), function_of(content)
        cause = answers or digest(content.as_json().encode())
        header = Header(
            id=message_id(kind, function, code, receiver, cause), kind=kind, function=function,
            sender=code, receiver=receiver, sent_at=self._clock(), answers=answers,
        )  # fmt: skip
        return write(content, self.system, self._catalogue, header, self._seals)

    def _send(self, messages: list[Message]) -> None:
        queue = inbox(self.system.code)
        hand_over(
            self._broker,
            [Parcel(queue, each.id, each.body, each.content_type, each.kind, each.answers) for each in messages],
        )


def _complaint(finding: Finding) -> Complaint:
    return Complaint(
        code=finding.code,
        severity=finding.severity.value,
        text=finding.message,
        field=finding.field,
        allowed=finding.allowed,
    )
