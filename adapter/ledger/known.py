"""What the ledger is asked for before a window is decided, and what it knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from adapter.enquiry import KeyInformation
from adapter.ledger.entries import DONE, Kin, Outcome, Sent, Standing
from adapter.ledger.steps import ItemStep, VerificationStep
from adapter.messages import Kind

Direction = Literal["sent", "received"]


@dataclass(frozen=True, slots=True)
class DayAsked:
    """A day's exchange with a partner, and the ids of messages that the partner counts."""

    partner: str
    day: date
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a window depends on; all but the first three only where a delivery says something rare."""

    deliveries: tuple[str, ...] = ()
    """Ids of deliveries that may have been here before."""
    keys: tuple[str, ...] = ()
    """Match keys of certificates."""
    answered: tuple[str, ...] = ()
    """Ids of messages of ours that were answered."""
    used: tuple[str, ...] = ()
    """Match keys of certificates whose items are wanted too."""
    read: tuple[str, ...] = ()
    """Match keys of certificates that are wanted as they came too."""
    requests: tuple[str, ...] = ()
    """Verifications, by their askers' own numbers."""
    days: tuple[DayAsked, ...] = ()
    """Days that are reconciled."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate as it came: its bytes, and the system that it came from."""

    source: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A message that went to a partner or came from it."""

    kind: str
    direction: Direction
    id: str
    """What its sender calls it."""
    digest: str


@dataclass(frozen=True, slots=True)
class DayBook:
    """What was exchanged with a partner on a day, and what the partner says of it."""

    ours: tuple[Exchanged, ...] = ()
    elsewhere: tuple[Exchanged, ...] = ()
    """Messages of ids that were asked for, whatever day they were exchanged on."""
    told: tuple[bytes, ...] = ()
    """The partner's reconciliations of that day and later ones, as they came."""


@dataclass(frozen=True, slots=True)
class Rare:
    """What is known only where it was asked for."""

    items: tuple[ItemStep, ...] = ()
    papers: Mapping[str, Paper] = field(default_factory=dict)
    """Certificates as they came, by their ids."""
    verifications: tuple[VerificationStep, ...] = ()
    days: Mapping[tuple[str, date], DayBook] = field(default_factory=dict)


class Known:
    """What the ledger knows that a window depends on; what the window itself brings about is added as it comes."""

    def __init__(
        self,
        deliveries: Mapping[str, str] = MappingProxyType({}),
        standings: Iterable[Standing] = (),
        sent: Iterable[Sent] = (),
        holds: Mapping[str, datetime] = MappingProxyType({}),
        rare: Rare | None = None,
    ) -> None:
        self.deliveries = dict(deliveries)
        """Stage by id."""
        self.sent = {each.id: each for each in sent}
        """Messages of ours by id."""
        self.holds = dict(holds)
        """Until when deliveries are held, by id."""
        self.certificates: dict[str, Standing] = {}
        """Certificates by id."""
        self._of_key: dict[str, list[str]] = {}
        self._of_stock: dict[str, list[str]] = {}
        self._naming: dict[str, list[str]] = {}
        for standing in standings:
            self._add(standing)
        rare = rare or Rare()
        self._items, self._verifications = list(rare.items), list(rare.verifications)
        self.papers, self.days = dict(rare.papers), dict(rare.days)
        self.shown: dict[str, KeyInformation | None] = {}
        """What was read of certificates as they came, by their ids: once, however often it is looked at."""

    def of_key(self, key: str) -> list[Standing]:
        """The versions of the certificates with this match key, oldest first."""
        return [self.certificates[id] for id in self._of_key.get(key, ())]

    def naming(self, key: str) -> list[Standing]:
        """The true copies and replacements of what bears this match key, and what draws on it, oldest first."""
        return [self.certificates[id] for id in self._naming.get(key, ())]

    def family_of(self, certificates: Iterable[Standing]) -> list[Standing]:
        """These, and all that are one with some of them: an original and its true copies; each once, these first."""
        asked = list(certificates)
        ids = dict.fromkeys(each.id for each in asked)
        ids |= dict.fromkeys(id for each in asked for id in self._of_stock.get(each.stock, ()))
        return [self.certificates[id] for id in ids]

    def kin(self, keys: Iterable[str]) -> Kin:
        """All that hang together with what bears these match keys, as far as they were asked for."""
        wanted = tuple(dict.fromkeys(keys))
        found = [each for key in wanted for each in (*self.of_key(key), *self.naming(key))]
        return Kin(wanted, frozenset(each.id for each in self.family_of(found)))

    def items_of(self, certificate: str) -> list[ItemStep]:
        """What was decided on the certificate's items, oldest first, item by item."""
        return [step for step in self._items if step.certificate == certificate]

    def verification(self, request: str) -> list[VerificationStep]:
        """The questions and replies of the verifications of this number, oldest first, asker by asker."""
        return [step for step in self._verifications if step.request == request]

    def learn(self, outcome: Outcome) -> None:
        """What the rest of the window must know of this one."""
        self.deliveries[outcome.entry.id] = outcome.entry.stage
        if outcome.certificate:
            self._add(outcome.certificate)
            if outcome.certificate.draws_on and outcome.entry.body is not None:
                self.papers[outcome.certificate.id] = Paper(outcome.certificate.system, outcome.entry.body)
        for change in outcome.changes:
            standing = self.certificates.get(change.certificate)
            if standing and standing.state in change.before:
                self.certificates[standing.id] = replace(standing, state=change.state)
        self._items += outcome.items
        self._verifications += outcome.verifications
        entry = outcome.entry
        if (entry.kind, entry.stage) == (Kind.RECONCILIATION, DONE) and entry.body is not None:
            for partner, day in [key for key in self.days if key[0] == entry.partner]:
                book = self.days[partner, day]
                self.days[partner, day] = replace(book, told=(*book.told, entry.body))

    def _add(self, standing: Standing) -> None:
        if standing.id not in self.certificates:
            self._of_key.setdefault(standing.key, []).append(standing.id)
            self._of_stock.setdefault(standing.stock, []).append(standing.id)
            for key in (standing.earlier, standing.draws_on):
                if key is not None:
                    self._naming.setdefault(key, []).append(standing.id)
        self.certificates[standing.id] = standing
