"""What the ledger keeps, and what it is asked to keep."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from adapter.delivery import Message
from adapter.findings import Finding
from adapter.ledger.steps import ItemStep, VerificationStep

DONE, HELD, CORRECTED = "done", "held", "corrected"
"""The stages of a delivery that is not dead: it did what it came for, it waits, or another was taken in its place."""
SETTLED = (DONE, CORRECTED)
"""The stages of a delivery on which nothing is to be decided any more."""
LIVING = (DONE, HELD, CORRECTED)
DISMISSED = "dismissed"
"""The stage of what is dead and seen to: nobody is told of it any more, and it may still be decided again."""


class Outpaced(Exception):
    """Another worker wrote one of these first: look again at what the ledger knows, and decide again."""


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
    reference: str | None = None
    """What its sender calls it, where that is another name than its message id."""
    partner: str | None = None
    """The partner whose exchange it belongs to, as far as it is known."""
    stage: str = DONE
    code: str | None = None
    message: str | None = None
    findings: str | None = None
    """All findings as JSON."""
    named: str | None = None
    """The receiver that its sender named beside it."""
    sealed: bool = False
    """Whether its sender's messages are held to signatures."""


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
    original: str | None = None
    """Id of the first that came of an original and its true copies, if that is another: they are used as one."""
    form: str | None = None
    """That of a true copy or replacement."""
    earlier: str | None = None
    """Match key of the certificate that it is a copy or replacement of."""
    draws_on: str | None = None
    """Match key of the original that it rests on back-to-back."""
    valid_from: date | None = None
    """The day that its validity counts from, if not its own: a true copy lasts as long as its original."""

    @property
    def stock(self) -> str:
        """The certificate under whose id its items stand."""
        return self.original or self.id


@dataclass(frozen=True, slots=True)
class Change:
    """A certificate's next state, taken only from one of the states before it."""

    certificate: str
    state: str
    before: tuple[str, ...]
    firm: bool = False
    """What it comes of was decided because it is taken: where it is not, that is decided again."""
    silent: bool = False
    """It only has to stand like that until what comes of it is written; no step of its history."""
    cause: str | None = None
    """The delivery that brings it about, where that is an earlier one."""


@dataclass(frozen=True, slots=True)
class Kin:
    """The certificates that bear or name these match keys, or are one with those, as known when it was decided."""

    keys: tuple[str, ...]
    ids: frozenset[str]


class Moved(NamedTuple):
    """A certificate that came into another state, as whoever watches is told once the ledger has it."""

    certificate: str
    state: str
    cause: str
    """Id of the delivery or message that brought it about."""
    number: str | None
    """As printed, where it came in just now; later it is known by its id."""


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
    kept: bool = False
    """It leaves only when somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a delivery waits for, and how long."""

    key: str
    """Match key of the certificate that is to come."""
    until: datetime
    certificate: str | None = None
    """Id of the certificate that is there already, and has to come into another state."""
    in_vain: datetime | None = None
    """When to look again at what was taken up and is held still, whatever there is by then."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator does to a delivery or message, and why."""

    what: str
    by: str
    why: str | None = None
    corrects: str | None = None
    """Id of the dead delivery in whose place another is taken in."""


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
    items: tuple[ItemStep, ...] = ()
    verifications: tuple[VerificationStep, ...] = ()
    remarks: tuple[Finding, ...] = ()
    """What its sender is told though it was accepted."""
    deed: Deed | None = None
    """The operator's deed that it comes of; the relay's own work has none."""
    kin: Kin | None = None
    """What it hangs on besides: where there are more by now, it is decided again."""


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due: taken out of the outbox for as long as its lease runs."""

    message: Message
    attempts: int
    since: datetime
    """When the ledger came to own it."""
