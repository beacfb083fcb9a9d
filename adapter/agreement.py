"""A free-trade agreement: its parties, forms and parameters, and what holds of them on a day."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self

from pydantic import model_validator

from adapter.certificate import Part
from adapter.parameters import (
    Box,
    Certifier,
    Clause,
    Criteria,
    Harmonized,
    IssueWindow,
    ItemLimit,
    NumberForm,
    Parameter,
    Replacement,
    Retention,
    RetroactiveLimit,
    Transit,
    TrueCopy,
    Validity,
    Value,
    holding,
)
from adapter.text import Country, Slug, Text

ONE_AT_A_TIME = (
    "issue_window", "retroactive", "true_copy", "replacement", "transit", "validity", "retention", "item_limit", "hs",
    "value", "criteria", "language",
)  # fmt: skip
"""The parameters of which one row at most holds on any day."""


class Terms(NamedTuple):
    """An agreement's parameters as they hold on one day, ready to be asked."""

    agreement: "Agreement"
    issue_window: IssueWindow | None
    retroactive: RetroactiveLimit | None
    true_copy: TrueCopy | None
    replacement: Replacement | None
    transit: Transit | None
    validity: Validity | None
    retention: Retention | None
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
    retention: tuple[Retention, ...] = ()
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
        for name in Terms._fields:
            if name != "agreement":
                yield from getattr(self, name)

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
