"""What the ledger keeps, and what it is asked to keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from adapter.delivery import Message
from adapter.findings import Finding

DONE, HELD = "done", "held"
"""The stages of a delivery that did not die: one that did what it came for, and one that waits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as the ledger keeps it: the raw original, what it is, and where it died if it did."""

    id: str
    source: str
    message_id: str | None
    digest: str
    size: int
    body: bytes | None = field(repr=False)
    kind: str | None = None
    agreement: str | None = None
    number: str | None = None
    key: str | None = None
    """The match key of the certificate that it is about."""
    partner: str | None = None
    """The partner whose exchange it belongs to, as far as it is known."""
    stage: str = DONE
    code: str | None = None
    message: str | None = None
    findings: str | None = None
    """All findings as JSON."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate version as it stands."""

    id: str
    country: str
    issuer: str
    agreement: str
    key: str
    version: str
    number: str
    system: str
    """The system that issued it."""
    holder: str
    """The system that it went to."""
    digest: str
    """SHA-256 of its canonical JSON."""
    state: str
    items: int
    message: str
    """Id of the message that carries it."""
    delivery: str
    received_at: datetime | None = None
    changed_at: datetime | None = None
    issued_on: date | None = None
    """A local date of its issuer's."""


@dataclass(frozen=True, slots=True)
class Change:
    """A certificate's next state, taken only from one of the states before it."""

    certificate: str
    state: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A state in a certificate's history, and the delivery that brought it about."""

    state: str
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message on its way out, and what the ledger must know to answer for it."""

    message: Message
    certificate: str | None = None
    """The certificate it is about; such messages arrive in order. Answers wait for nobody."""
    origin: str | None = None
    """The system whose message it passes on."""
    reference: str | None = None
    """What that system calls its message."""
    direct: bool = False
    """Nothing can stand before it: it may be handed over without another look into the outbox."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a delivery waits for, and how long."""

    key: str
    """Match key of the certificate that is to come."""
    until: datetime
    in_vain: datetime | None = None
    """When to look again at what was taken up and is held still, whatever there is by then."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that comes of one delivery."""

    entry: Entry
    posts: tuple[Post, ...] = ()
    certificate: Standing | None = None
    changes: tuple[Change, ...] = ()
    again: tuple[str, ...] = ()
    """Ids of messages to be sent once more."""
    repeated: bool = False
    """The ledger has this delivery already."""
    revised: bool = False
    """It died when it came before, and was looked at again."""
    answers_again: bool = False
    """What answered it is to be sent once more."""
    hold: Hold | None = None
    """It waits."""
    remarks: tuple[Finding, ...] = ()
    """What its sender is told though it was accepted."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours that an answer may refer to."""

    id: str
    kind: str
    receiver: str
    certificate: str | None
    origin: str | None
    reference: str | None
    number: str | None


class Known:
    """What the ledger knows that a window depends on; what the window itself brings about is added as it comes."""

    def __init__(
        self,
        deliveries: Mapping[str, str] = MappingProxyType({}),
        standings: Iterable[Standing] = (),
        sent: Iterable[Sent] = (),
        holds: Mapping[str, datetime] = MappingProxyType({}),
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
        for standing in standings:
            self._add(standing)

    def of_key(self, key: str) -> list[Standing]:
        """The versions of the certificates with this match key, oldest first."""
        return [self.certificates[id] for id in self._of_key.get(key, ())]

    def join(self, other: "Known") -> None:
        """Add what another question brought."""
        self.deliveries |= other.deliveries
        self.sent |= other.sent
        self.holds |= other.holds
        for standing in other.certificates.values():
            self._add(standing)

    def learn(self, outcome: Outcome) -> None:
        """What the rest of the window must know of this one."""
        self.deliveries[outcome.entry.id] = outcome.entry.stage
        if outcome.certificate:
            self._add(outcome.certificate)
        for change in outcome.changes:
            standing = self.certificates.get(change.certificate)
            if standing and standing.state in change.before:
                self.certificates[standing.id] = replace(standing, state=change.state)

    def _add(self, standing: Standing) -> None:
        if standing.id not in self.certificates:
            self._of_key.setdefault(standing.key, []).append(standing.id)
        self.certificates[standing.id] = standing


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due: taken out of the outbox for as long as its lease runs."""

    message: Message
    attempts: int
