"""The systems that exchange certificates: domestic ones, and each partner's EODES."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from adapter.certificate import Part
from adapter.findings import Finding
from adapter.text import Code, Country, Day, Name, Slug, Text


class Live(Part):
    """Since when, and until when, a system exchanges messages."""

    status: Literal["live", "pilot", "enabled", "planned"]
    since: Day | None = None
    until: Day | None = None
    source: Text


class Version(Part):
    """A version of a message as one system knows it: the day decides which is sent, and all are read."""

    message: Code
    """The kind of message, as its table names it."""
    version: Name
    agreement: Slug | None = None
    """For the tables of one agreement only."""
    since: Day | None = None
    until: Day | None = None
    source: Text

    def holds(self, day: date) -> bool:
        """Whether the version is sent on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class AnswerTimes(Part):
    """How soon a system answers, in minutes; a later answer is overdue, and nothing more."""

    acknowledgement: int
    response: int
    source: Text


class Planned(Part):
    """A message or document that was agreed on and is not exchanged yet."""

    name: Text
    agreements: tuple[Slug, ...] = ()
    source: Text


class System(Part):
    """A domestic system or a partner's EODES: what it exchanges, and on what footing.

    Read from `system.toml` in its folder under mappings/domestic or mappings/partners.
    """

    code: Code
    name: Text
    side: Literal["domestic", "partner"]
    country: Country
    model: Literal["push", "pull"] = "push"
    agreements: tuple[Slug, ...] = ()
    """What it exchanges under; a domestic system that names none deals with every agreement of the catalogue."""
    live: Live
    legal_basis: Text | None = None
    importing: bool = False
    """Whether a partner's certificates go to this domestic system."""
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = ("en",)
    """In which its messages may be written (ISO 639-1)."""
    versions: tuple[Version, ...] = ()
    """When each version of a message is sent; a table that is not named here is sent on any day."""
    answers: AnswerTimes | None = None
    zone: Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")] = "+00:00"
    """How far its clocks are from UTC: the days of its deadlines are local days."""
    planned: tuple[Planned, ...] = ()
    debits: bool = False
    """Whether its customs debits the quantity of each item until the certificate is used up."""
    signed: bool = False
    """Whether its messages carry an XML signature."""
    duplicates: Literal["acknowledge", "flag", "reject"] = "acknowledge"
    """What is said of a certificate that comes again with the same content: nothing new, a warning, or no."""

    def refuses(self, agreement: str | None) -> Finding | None:
        """What is wrong with content under this agreement, if the system does not exchange under it."""
        if agreement is None or agreement in self.agreements:
            return None
        message, allowed = f"{self.code} does not exchange under this agreement", ", ".join(self.agreements)
        return Finding(code="AGR-01", message=message, field="agreement", found=agreement, allowed=allowed)
