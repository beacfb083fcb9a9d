"""Questions about a certificate that is known by its number: how it stands, and what it says in short."""

from typing import Annotated, Literal

from pydantic import Field

from adapter.certificate import Certificate, ConfidentialName, Measure, Part, match_key
from adapter.text import Code, Day, Name, Slug, Text


class KeyItem(Part):
    """One item as a verification site shows it."""

    number: Annotated[int, Field(ge=1, le=99_999)]
    hs: Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]
    description: Text
    quantity: Measure | None = None


class KeyInformation(Part):
    """The key information of a certificate: reference number, HS code, description, quantity, day of issue, exporter.

    The six that a secured website shows instead of specimen signatures, where an agreement says so (rule REG-02).
    """

    number: Name
    issued_on: Day
    exporter: Text
    items: Annotated[tuple[KeyItem, ...], Field(min_length=1)]


class StatusQuery(Part):
    """How does this certificate stand; or, may we have it electronically."""

    number: Name
    agreement: Slug
    reference_code: ConfidentialName | None = None
    """The code printed beside the number: who has it holds the certificate."""
    wants: Literal["status", "document"] = "status"

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


class StatusReply(Part):
    """How the certificate stands; without key information where the code did not fit."""

    received: Name
    """Id of the query."""
    number: Name
    agreement: Slug
    state: Code
    """The certificate's state, or `unknown`."""
    changed_on: Day | None = None
    expires_on: Day | None = None
    information: KeyInformation | None = None

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


class ExportLink(Part):
    """The export declaration that names the certificate: some partners wait for it."""

    number: Name
    agreement: Slug
    export_declaration: Name
    declared_on: Day | None = None

    @property
    def key(self) -> str:
        """The match key of the certificate's number."""
        return match_key(self.number)


def key_information(certificate: Certificate) -> KeyInformation:
    """The six that are shown of this certificate."""
    return KeyInformation(
        number=certificate.number,
        issued_on=certificate.issued_on,
        exporter=certificate.exporter.name,
        items=tuple(
            KeyItem(
                number=item.number, hs=item.hs, description=item.description,
                quantity=item.quantity or item.net_weight or item.gross_weight,
            )
            for item in certificate.items
        ),
    )  # fmt: skip
