"""The messages that systems exchange about a certificate, and the header each travels under."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from adapter.certificate import Certificate, Part, match_key
from adapter.enquiry import ExportLink, StatusQuery, StatusReply
from adapter.reconciliation import Reconciliation
from adapter.text import Amount, Code, Day, Moment, Name, Slug, Text
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest


class Kind(StrEnum):
    """What a message is about."""

    CERTIFICATE = "certificate"
    CANCELLATION = "cancellation"
    ACKNOWLEDGEMENT = "acknowledgement"
    RESPONSE = "response"
    FEEDBACK = "feedback"
    VERIFICATION_REQUEST = "verification_request"
    VERIFICATION_INFORMATION = "verification_information"
    VERIFICATION_REPLY = "verification_reply"
    STATUS_QUERY = "status_query"
    STATUS_REPLY = "status_reply"
    EXPORT_LINK = "export_link"
    RECONCILIATION = "reconciliation"


class Function(StrEnum):
    """What is done with the message's content (UN/EDIFACT 1225; each partner's table has its codes)."""

    ISSUE = "issue"
    REPLACE = "replace"
    COPY = "copy"
    RESEND = "resend"
    CANCEL = "cancel"
    ANSWER = "answer"
    """The content answers an earlier message."""
    ASK = "ask"
    """The content wants an answer."""
    TELL = "tell"
    """The content tells what nobody asked for."""


FUNCTION_OF_FORM = {"original": Function.ISSUE, "replacement": Function.REPLACE, "true_copy": Function.COPY}
"""What is done with a certificate of this form when it is sent for the first time."""

FUNCTION_OF_KIND = {
    Kind.CANCELLATION: Function.CANCEL,
    Kind.VERIFICATION_REQUEST: Function.ASK,
    Kind.VERIFICATION_INFORMATION: Function.ASK,
    Kind.STATUS_QUERY: Function.ASK,
    Kind.EXPORT_LINK: Function.TELL,
    Kind.RECONCILIATION: Function.TELL,
}
"""What is done with the content of a message that is no certificate; the others answer."""


class Header(Part):
    """Who sends what to whom, and which message it answers.

    A national record has no header of ours; what it does say (its function, its state at home) is read into one.
    """

    id: Name | None = None
    kind: Kind | None = None
    function: Function | None = None
    sender: Code | None = None
    receiver: Code | None = None
    sent_at: Moment | None = None
    answers: Name | None = None
    """Id of the message that this one answers."""
    state: Code | None = None
    """The record's state at home (applied, approved, issued …); only `issued` is relayed."""


class Cancellation(Part):
    """A certificate that its issuer withdraws."""

    number: Name
    agreement: Slug
    issued_on: Day | None = None
    cancelled_on: Day
    reason: Code
    text: Text | None = None

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


class Acknowledgement(Part):
    """A message arrived and was kept; nothing is said of its content.

    It names no certificate, and says so: a model is slow to find out what it lacks.
    """

    agreement: ClassVar[None] = None
    number: ClassVar[None] = None
    key: ClassVar[None] = None

    received: Name
    """Id of the message received."""
    received_at: Moment
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the bytes received."""


class Complaint(Part):
    """One finding, as it is told to the system whose message it is about."""

    code: Code
    severity: Literal["error", "undecided", "warning", "info"]
    text: Text
    field: Name | None = None
    allowed: Text | None = None


class Response(Part):
    """A message's content was accepted or refused, with the findings."""

    received: Name
    number: Name | None = None
    agreement: Slug | None = None
    outcome: Literal["accepted", "accepted_with_warnings", "rejected"]
    responded_at: Moment
    complaints: tuple[Complaint, ...] = ()

    @property
    def key(self) -> str | None:
        """The match key of the certificate's number, if the message was clear enough to have one."""
        return match_key(self.number) if self.number else None


class ItemFeedback(Part):
    """What the importing customs decided on one item."""

    number: Annotated[int, Field(ge=1, le=99_999)]
    status: Literal["granted", "denied", "suspended", "pending"]
    reason: Code | None = None
    text: Text | None = None
    quantity: Amount | None = None
    """Quantity used, in the unit of the certificate's item."""
    unit: Code | None = None
    """That unit (UN/ECE Recommendation 20), where the importing customs says it."""
    decided_on: Day | None = None


class Feedback(Part):
    """Preference granted or denied, item by item: one item's trouble never holds up another."""

    number: Name
    agreement: Slug
    import_declaration: Name | None = None
    declared_on: Day | None = None
    decided_on: Day
    items: Annotated[tuple[ItemFeedback, ...], Field(min_length=1)]

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


Content = (
    Certificate | Cancellation | Acknowledgement | Response | Feedback | VerificationRequest | VerificationInformation
    | VerificationReply | StatusQuery | StatusReply | ExportLink | Reconciliation
)  # fmt: skip

MODELS: dict[Kind, type[Part]] = {
    Kind.CERTIFICATE: Certificate,
    Kind.CANCELLATION: Cancellation,
    Kind.ACKNOWLEDGEMENT: Acknowledgement,
    Kind.RESPONSE: Response,
    Kind.FEEDBACK: Feedback,
    Kind.VERIFICATION_REQUEST: VerificationRequest,
    Kind.VERIFICATION_INFORMATION: VerificationInformation,
    Kind.VERIFICATION_REPLY: VerificationReply,
    Kind.STATUS_QUERY: StatusQuery,
    Kind.STATUS_REPLY: StatusReply,
    Kind.EXPORT_LINK: ExportLink,
    Kind.RECONCILIATION: Reconciliation,
}
"""The model of each kind's content."""
