"""Verification of a certificate: the importing customs asks, the issuing body answers."""

from typing import Annotated, Literal

from pydantic import Field

from adapter.certificate import Document, Part, match_key
from adapter.text import Code, Day, Name, Slug, Text

Result = Literal["confirmed", "not_issued", "not_originating", "undetermined"]
"""What the issuing body found: all is as the certificate says, it never issued it, the goods do not originate, or it
cannot tell."""


class _Verification(Part):
    """What every message of a verification says: which certificate, and which request it belongs to."""

    number: Name
    agreement: Slug
    request: Name
    """The importing customs' own number of the verification."""

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


class VerificationRequest(_Verification):
    """The importing customs asks for a check, at random or because it doubts."""

    issued_on: Day | None = None
    ground: Literal["random", "doubt"]
    reasons: tuple[Code, ...] = ()
    text: Text | None = None
    """What suggests that the particulars may be inaccurate."""
    items: tuple[Annotated[int, Field(ge=1, le=99_999)], ...] = ()
    """Numbers of the items in doubt; none for the whole certificate."""
    requested_on: Day


class VerificationInformation(_Verification):
    """The importing customs asks for more than the request named."""

    text: Text
    items: tuple[Annotated[int, Field(ge=1, le=99_999)], ...] = ()
    requested_on: Day


class ItemResult(Part):
    """What the issuing body found about one item."""

    number: Annotated[int, Field(ge=1, le=99_999)]
    result: Result
    text: Text | None = None


class VerificationReply(_Verification):
    """What the issuing body found; `answers_to` says whether it replies to the request or to the question for more."""

    answers_to: Literal["request", "information"] = "request"
    result: Result
    text: Text | None = None
    items: tuple[ItemResult, ...] = ()
    documents: tuple[Document, ...] = ()
    """The supporting documents that are named."""
    replied_on: Day
