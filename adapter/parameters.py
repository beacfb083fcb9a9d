"""What an agreement's parameters are: each with its source, and with dates where it changed."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from adapter.certificate import Money, Part, match_key
from adapter.text import Code, Country, Day, Name, Slug, Text

ITEM = "items[]."

Read = Callable[[Any], Any]
"""What reads one field."""


class Parameter(Part):
    """A fact of the agreement, with the clause or page it was read in."""

    source: Text
    recalled: bool = False
    """The fact was recalled, not read: a rule resting on it warns at most."""
    since: Day | None = None
    until: Day | None = None

    def holds(self, day: date) -> bool:
        """Whether the parameter is in force on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class IssueWindow(Parameter):
    """How long after shipment a certificate may be issued without being retroactive."""

    days: int
    count: Literal["calendar", "working"]


class RetroactiveLimit(Parameter):
    """How long after shipment a certificate may be issued at all, and the words it then bears."""

    months: int
    words: Text
    replacements: bool = False
    """Whether a replacement issued after shipment bears the words too; this is warned of at most."""


class TrueCopy(Parameter):
    """How long after the original a certified true copy may be issued, and the words it bears."""

    months: int | None = None
    words: Text
    unused: bool = False
    """Whether it may be issued only if the original was not used."""
    same: bool = False
    """Whether it bears the number and the day of issue of the original."""


class Replacement(Parameter):
    """How an erroneous certificate is replaced."""

    new_number: bool
    """Whether the replacement must have a number of its own."""


class Transit(Parameter):
    """For how long goods that were under way when the agreement entered into force may be claimed for."""

    days: int


class Validity(Parameter):
    """How long a certificate may be used."""

    months: int


class Retention(Parameter):
    """How long records of a certificate are kept, counted from the day of issue."""

    years: int


class TimeLimit(Parameter):
    """How long something may take; the day on which it begins does not count."""

    what: Code
    """verification_reply, verification_information, visit_consent …"""
    begins: Text
    """What it is counted from."""
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    days: Annotated[int, Field(ge=1, le=3_650)] | None = None
    count: Literal["calendar", "working"] = "calendar"
    least: Annotated[int, Field(ge=1, le=3_650)] | None = None
    """The fewest days, where whoever sets the limit may set it from these up to `days`."""

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("either months or days")
        if self.days is None and (self.count == "working" or self.least is not None):
            raise ValueError("working days and the least of them go with days")
        return self


class Waiver(Parameter):
    """Up to which value of a consignment no proof of origin is asked for."""

    most: Money


class Declarers(Parameter):
    """Who may declare origin himself, where the agreement knows declarations of origin."""

    by: Annotated[tuple[Literal["approved_exporter", "exporter", "producer"], ...], Field(min_length=1)]


class Approval(Part):
    """An approved exporter on a register: his number, and when and under which agreements he may declare."""

    number: Name
    agreements: tuple[Slug, ...] = ()
    """All of them where none is named."""
    since: Day | None = None
    until: Day | None = None

    def holds(self, agreement: str, day: date) -> bool:
        """Whether he may declare under the agreement on this day."""
        known = not self.agreements or agreement in self.agreements
        return known and (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Register(Parameter):
    """The approved exporters of a country, as an integrator was given them; it is as old as its source says."""

    country: Country
    exporters: tuple[Approval, ...]

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Approval, ...]]:
        """The approvals by their number's key: hyphens, blanks and case say nothing."""
        found: dict[str, tuple[Approval, ...]] = {}
        for row in self.exporters:
            found[match_key(row.number)] = (*found.get(match_key(row.number), ()), row)
        return found


class BackToBack(Parameter):
    """Whether a Party on the way may issue on the strength of the first one's certificate, and what that then says."""

    allowed: bool = True
    original: bool = False
    """Whether it states the original's number and day of issue."""


class ItemLimit(Parameter):
    """How many items one certificate may have; absent for no limit."""

    items: int | None = None


class Harmonized(Parameter):
    """The HS edition that codes are written in, and how many digits the form asks for."""

    edition: int | None = None
    digits: int
    longest: int | None = None
    """The most digits accepted, where the form takes more than it asks for."""


class Value(Parameter):
    """When the form prints the FOB value."""

    printed: Literal["never", "value_content", "always"]


class Criteria(Parameter):
    """The origin criteria that the agreement knows."""

    kinds: tuple[Code, ...]
    alone: tuple[Code, ...] = ()
    """The kinds that bear neither a tariff shift nor value content."""
    shifts: tuple[Code, ...] = ()
    methods: tuple[Code, ...] = ()
    percent: bool = False
    """Whether the form asks for the percentage beside a value method."""


class Joined(Parameter):
    """Since when the agreement is in force for one of its Parties, where that is a day of its own."""

    country: Country


class Certifier(Parameter):
    """An authority that may issue under the agreement."""

    code: Code
    name: Name
    country: Country


class NumberForm(Parameter):
    """How certificate numbers of a country look; another look is a warning."""

    country: Country
    pattern: re.Pattern[str]
    example: Name


class Box(Parameter):
    """A box of the form that is never empty, and our fields that fill it: any one of them is enough."""

    box: Name
    fields: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Dotted paths; `items[].` in front of one that each item has."""

    @cached_property
    def reads(self) -> tuple[tuple[Read, ...], tuple[Read, ...]]:
        """What reads the fields of the certificate, and those of an item; made once."""
        header = tuple(attrgetter(field) for field in self.fields if not field.startswith(ITEM))
        return header, tuple(attrgetter(field[len(ITEM) :]) for field in self.fields if field.startswith(ITEM))


class Clause(Parameter):
    """The clause that a rule without parameters rests on."""

    rule: Code


P = TypeVar("P", bound=Parameter)


def holding(rows: tuple[P, ...], day: date) -> P | None:
    """The row in force on this day, if any."""
    return next((row for row in rows if row.holds(day)), None)
