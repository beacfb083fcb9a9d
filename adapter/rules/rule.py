"""What a rule is: a small function that sees a certificate, the terms it stands under and the facts from outside."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from adapter.agreement import Agreement, Terms
from adapter.certificate import Certificate, Part
from adapter.deadlines import WorkingDays
from adapter.enquiry import KeyInformation
from adapter.findings import Finding, Severity
from adapter.mapping.fields import private_fields
from adapter.messages import Function
from adapter.parameters import Parameter, Register


class Codes(Protocol):
    """What is known of codes."""

    def has_country(self, code: str) -> bool:
        """Whether ISO 3166-1 has this country."""

    def has_currency(self, code: str) -> bool:
        """Whether ISO 4217 has this currency."""

    def has_port(self, code: str) -> bool:
        """Whether the port is in our extract of UN/LOCODE."""

    def register(self, country: str) -> Register | None:
        """The country's approved exporters, where somebody gave us a register of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules need from outside: the day, the calendar, what the ledger knows, what the header says."""

    today: date | None = None
    at: datetime | None = None
    """The moment at which the message came: its signature is held to what was in use then."""
    calendar: WorkingDays | None = None
    codes: Codes | None = None
    function: Function | None = None
    """What the message does with its content; absent in a record that has no header."""
    incoming: bool = False
    """Whether the content comes from a partner; else it goes to one."""
    ledger: bool = False
    """Whether a ledger was asked: only then is something it should know, and does not, undecided."""
    original_used: bool | None = None
    """Whether the original of a true copy was used, as the ledger knows it."""
    copied: KeyInformation | None = None
    """The certificate that a true copy is made of, as the ledger knows it."""
    original: KeyInformation | None = None
    """The certificate that a back-to-back certificate rests on, as the ledger knows it, with the quantities that others
    have left of it."""
    exchanged: KeyInformation | None = None
    """The certificate that the message is about, as the ledger knows it."""
    left: Mapping[int, Decimal] | None = None
    """What is left of each of its items, by their numbers, where it was used in part."""
    asked_on: date | None = None
    """The local day on which the issuing body received the question that is answered."""
    _memory: dict[Any, "Facts"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def about(self, function: Function | None, incoming: bool, codes: Codes | None = None) -> "Facts":
        """These facts with what one message says; made once for all that say the same."""
        said = (function, incoming, codes)
        found = self._memory.get(said)
        if found is None:
            found = replace(self, function=function, incoming=incoming, codes=codes or self.codes)
            self._memory[said] = found
        return found


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One place where a rule is not kept."""

    message: str
    field: str | None = None
    found: object = None
    allowed: str | None = None
    rests_on: Parameter | None = None
    severity: Severity | None = None
    """Where it weighs differently from the rule."""


Check = Callable[[Any, Any, Facts], Sequence[Breach]]

KEPT: Sequence[Breach] = ()
"""What a rule says of content that keeps it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its stable code, its weight, what it asks, and the agreement's parameter that it rests on."""

    code: str
    title: str
    severity: Severity
    parameter: str | None
    """Name of the agreement's parameter, and which row of it; without one the clause is the agreement's own for this
    rule's code."""
    check: Check = field(repr=False)

    def finding(self, breach: Breach, agreement: Agreement | None, model: type[Part] = Certificate) -> Finding:
        """The breach as a finding; what rests on a recalled fact is a warning at most."""
        rests_on = breach.rests_on or (agreement and agreement.clause(self.code))
        severity = breach.severity or self.severity
        if rests_on and rests_on.recalled and severity in (Severity.ERROR, Severity.UNDECIDED):
            severity = Severity.WARNING
        public = breach.found is not None and breach.field is not None and not is_private(breach.field, model)
        return Finding(
            code=self.code,
            message=breach.message,
            severity=severity,
            field=breach.field,
            found=str(breach.found) if public else None,
            allowed=breach.allowed,
            clause=rests_on.source if rests_on else None,
        )

    def undecided(self, error: Exception) -> Finding:
        """The finding that the rule itself failed; the error's own text may hold a value and is not told."""
        message = f"the rule could not be carried out ({type(error).__name__})"
        return Finding(code=self.code, message=message, severity=Severity.UNDECIDED)


def rule(code: str, parameter: str | None = None, severity: Severity = Severity.ERROR) -> Callable[[Check], Rule]:
    """Makes a rule of a function that answers with the breaches it sees; its docstring is the rule's title."""
    return lambda check: Rule(code, (check.__doc__ or "").strip(), severity, parameter, check)


def judge(
    rules: Sequence[Rule], content: Part, agreement: Agreement | None, terms: Terms | None, facts: Facts
) -> list[Finding]:
    """The findings of these rules; a rule that crashes is undecided and does not stop the others."""
    findings: list[Finding] = []
    for each in rules:
        try:
            breaches = each.check(content, terms, facts)
            if breaches:
                model = type(content)
                findings.extend([each.finding(breach, agreement, model) for breach in breaches])
        except Exception as error:
            findings.append(each.undecided(error))
    return findings


def is_private(field: str, model: type[Part] = Certificate) -> bool:
    """Whether the field of a model is, lies in, or holds what is personal or confidential."""
    return _is_private(re.sub(r"\[\d+\]", "[]", field), model)


@lru_cache(maxsize=4096)
def _is_private(plain: str, model: type[Part]) -> bool:
    """The same of a field without its numbers, of which there are few."""
    path = f"{plain}."
    return any(path.startswith(f"{private}.") or f"{private}.".startswith(path) for private in private_fields(model))
