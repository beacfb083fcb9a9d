"""A free-trade agreement's parameters: each with its source, and with dates where it changed."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from adapter.certificate import Part
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


class TrueCopy(Parameter):
    """How long after the original a certified true copy may be issued, and the words it bears."""

    months: int | None = None
    words: Text
    unused: bool = False
    """Whether it may be issued only if the original was not used."""


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


ONE_AT_A_TIME = (
    "issue_window", "retroactive", "true_copy", "replacement", "transit", "validity", "item_limit", "hs", "value",
    "criteria", "language",
)  # fmt: skip
"""The parameters of which one row at most holds on any day."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Terms:
    """An agreement's parameters as they hold on one day, ready to be asked."""

    agreement: "Agreement"
    issue_window: IssueWindow | None
    retroactive: RetroactiveLimit | None
    true_copy: TrueCopy | None
    replacement: Replacement | None
    transit: Transit | None
    validity: Validity | None
    item_limit: ItemLimit | None
    hs: Harmonized | None
    value: Value | None
    criteria: Criteria | None
    language: Parameter | None
    boxes: tuple[Box, ...]
    certifiers: Mapping[str, Certifier]
    numbers: Mapping[str, tuple[NumberForm, ...]]


class Agreement(Part):
    """One agreement: parties, forms and the parameters that its rules need.

    Read from mappings/agreements/<code>.toml.
    """

    code: Slug
    name: Text
    parties: tuple[Country, ...]
    in_force: Parameter
    types: tuple[Literal["certificate", "declaration"], ...] = ("certificate",)
    issue_window: tuple[IssueWindow, ...]
    retroactive: tuple[RetroactiveLimit, ...]
    true_copy: tuple[TrueCopy, ...]
    replacement: tuple[Replacement, ...] = ()
    transit: tuple[Transit, ...] = ()
    validity: tuple[Validity, ...]
    item_limit: tuple[ItemLimit, ...] = ()
    hs: tuple[Harmonized, ...]
    value: tuple[Value, ...]
    criteria: tuple[Criteria, ...]
    language: tuple[Parameter, ...] = ()
    boxes: tuple[Box, ...] = ()
    certifiers: tuple[Certifier, ...] = ()
    numbers: tuple[NumberForm, ...] = ()
    clauses: tuple[Clause, ...] = ()

    @model_validator(mode="after")
    def _dated_once(self) -> Self:
        for name in ONE_AT_A_TIME:
            rows = sorted(getattr(self, name), key=lambda row: row.since or date.min)
            for earlier, later in zip(rows, rows[1:], strict=False):
                if earlier.until is None or later.since is None or later.since <= earlier.until:
                    raise ValueError(f"{name}: two rows hold on the same day")
        return self

    def clause(self, rule: str) -> Clause | None:
        """What the rule of this code rests on, where it is no parameter."""
        return next((row for row in self.clauses if row.rule == rule), None)

    def on(self, day: date) -> Terms:
        """The parameters that hold on this day."""
        starts, terms = self.periods
        return terms[bisect_right(starts, day) - 1]

    @cached_property
    def periods(self) -> tuple[tuple[date, ...], tuple[Terms, ...]]:
        """The days on which any parameter changes, and what holds from each on; made once."""
        starts = {date.min}
        for row in self._rows():
            starts |= {row.since} if row.since else set()
            starts |= {row.until + timedelta(days=1)} if row.until else set()
        days = tuple(sorted(starts))
        return days, tuple(self._terms(day) for day in days)

    def _rows(self) -> Iterator[Parameter]:
        for field in fields(Terms):
            if field.name != "agreement":
                yield from getattr(self, field.name)

    def _terms(self, day: date) -> Terms:
        single: dict[str, Any] = {name: holding(getattr(self, name), day) for name in ONE_AT_A_TIME}
        numbers: dict[str, tuple[NumberForm, ...]] = {}
        for form in self.numbers:
            if form.holds(day):
                numbers[form.country] = (*numbers.get(form.country, ()), form)
        return Terms(
            agreement=self,
            boxes=tuple(box for box in self.boxes if box.holds(day)),
            certifiers=MappingProxyType({row.code: row for row in self.certifiers if row.holds(day)}),
            numbers=MappingProxyType(numbers),
            **single,
        )


P = TypeVar("P", bound=Parameter)


def holding(rows: tuple[P, ...], day: date) -> P | None:
    """The row in force on this day, if any."""
    return next((row for row in rows if row.holds(day)), None)
