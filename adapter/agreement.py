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
    BackToBack,
    Box,
    Certifier,
    Clause,
    Criteria,
    Declarers,
    Harmonized,
    IssueWindow,
    ItemLimit,
    Joined,
    NumberForm,
    Parameter,
    Replacement,
    Retention,
    RetroactiveLimit,
    TimeLimit,
    Transit,
    TrueCopy,
    Validity,
    Value,
    Waiver,
    holding,
)
from adapter.text import Country, Slug, Text

ONE_AT_A_TIME = (
    "issue_window", "retroactive", "true_copy", "replacement", "transit", "validity", "retention", "item_limit", "hs",
    "value", "criteria", "language", "waiver", "declarers", "back_to_back",
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
    waiver: Waiver | None
    declarers: Declarers | None
    back_to_back: BackToBack | None
    boxes: tuple[Box, ...]
    certifiers: Mapping[str, Certifier]
    numbers: Mapping[str, tuple[NumberForm, ...]]
    approvals: Mapping[str, tuple[NumberForm, ...]]
    limits: Mapping[str, TimeLimit]


class Agreement(Part):
    """One agreement: parties, forms and the parameters that its rules need.

    Read from mappings/agreements/<code>.toml.
    """

    code: Slug
    name: Text
    parties: tuple[Country, ...]
    in_force: Parameter
    joined: tuple[Joined, ...] = ()
    """The Parties for which it is in force since another day."""
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
    waiver: tuple[Waiver, ...] = ()
    declarers: tuple[Declarers, ...] = ()
    back_to_back: tuple[BackToBack, ...] = ()
    boxes: tuple[Box, ...] = ()
    certifiers: tuple[Certifier, ...] = ()
    numbers: tuple[NumberForm, ...] = ()
    approvals: tuple[NumberForm, ...] = ()
    """How the numbers of approved exporters look."""
    limits: tuple[TimeLimit, ...] = ()
    clauses: tuple[Clause, ...] = ()

    @model_validator(mode="after")
    def _dated_once(self) -> Self:
        series: dict[str, list[Parameter]] = {name: list(getattr(self, name)) for name in ONE_AT_A_TIME}
        for limit in self.limits:
            series.setdefault(f"limits {limit.what}", []).append(limit)
        for name, rows in series.items():
            rows.sort(key=lambda row: row.since or date.min)
            for earlier, later in zip(rows, rows[1:], strict=False):
                if earlier.until is None or later.since is None or later.since <= earlier.until:
                    raise ValueError(f"{name}: two rows hold on the same day")
                if later.since - earlier.until > timedelta(days=1):  # a rule without its parameter lets everything pass
                    raise ValueError(f"{name}: no row holds between {earlier.until} and {later.since}")
        return self

    @model_validator(mode="after")
    def _joined_by_parties(self) -> Self:
        if strangers := {row.country for row in self.joined}.difference(self.parties):
            raise ValueError(f"joined: {', '.join(sorted(strangers))} is no party")
        return self

    @property
    def entries(self) -> tuple[Parameter, ...]:
        """When it entered into force, first for all and then for each Party that joined on a day of its own."""
        return (self.in_force, *self.joined)

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
        return Terms(
            agreement=self,
            boxes=tuple(box for box in self.boxes if box.holds(day)),
            certifiers=MappingProxyType({row.code: row for row in self.certifiers if row.holds(day)}),
            numbers=_by_country(self.numbers, day),
            approvals=_by_country(self.approvals, day),
            limits=MappingProxyType({row.what: row for row in self.limits if row.holds(day)}),
            **single,
        )


def _by_country(forms: tuple[NumberForm, ...], day: date) -> Mapping[str, tuple[NumberForm, ...]]:
    found: dict[str, tuple[NumberForm, ...]] = {}
    for form in forms:
        if form.holds(day):
            found[form.country] = (*found.get(form.country, ()), form)
    return MappingProxyType(found)
