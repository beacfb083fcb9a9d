"""A life of certificates over queues: the relay, and simulated systems on both sides, under one clock."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from post_office import FIXTURES, calendar
from shelf import ROOT

from adapter.catalogue import Catalogue
from adapter.certificate import Certificate, Item
from adapter.cli.start import cache_folder
from adapter.ledger import Ledger, Standing
from adapter.messages import Content, Kind
from adapter.relay.names import inbox, outbox
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.relay import Relay
from adapter.simulator import Endpoint, Received, Status
from adapter.system import System
from adapter.verification import VerificationRequest

ENABLED = 'status = "enabled"'
AFTER_ISSUE = timedelta(days=20)
"""When the relay takes a certificate in: late enough for whatever its issuer may do by then."""


@dataclass(frozen=True)
class Paper:
    """A certificate among the fixtures, as a system hands it over."""

    system: str
    name: str
    body: bytes
    certificate: Certificate


@dataclass(frozen=True)
class Pair:
    """A partner, and an agreement that certificates go to it under."""

    partner: str
    agreement: str

    def __str__(self) -> str:
        return f"{self.partner}-{self.agreement}"


def deny_the_third(certificate: Certificate, item: Item) -> Status:
    return "denied" if len(certificate.items) == 3 and item is certificate.items[2] else "granted"


class Life:
    """Everybody who has to do with a partner's certificates; each round is a second or two of their time."""

    def __init__(self, url: str, database: str, known: Catalogue, partner: str, begins: datetime) -> None:
        self._now, self._stack = begins, ExitStack()
        self.ledger = self._stack.enter_context(closing(Ledger.open(database)))
        self._relay = Relay(self._broker(url), self.ledger, known, clock=self._clock, calendar=calendar())
        self._relay.declare()
        codes = [partner, *(code for code, system in known.systems.items() if system.side == "domestic")]
        self.ends = {code: self._end(known.system(code), known, url) for code in codes}
        self._watch, self._queues = self._broker(url), [name(code) for code in codes for name in (inbox, outbox)]
        self._received: list[Received] = []

    def play(self) -> list[Received]:
        """Rounds until nothing moves any more; what the systems received meanwhile."""
        before, quiet = len(self._received), 0
        while quiet < 6:
            self._now += timedelta(seconds=2)
            moved = bool(self._relay.step(0.02)) | (not self._relay.settle(1))
            for end in self.ends.values():
                came = end.step(0.02)
                self._received += came
                moved |= bool(came)
            # On a machine that has much else to do, a message that lies there may come only after a quiet round.
            quiet = 0 if moved or any(self._watch.depths(self._queues).values()) else quiet + 1
        return self._received[before:]

    def forward(self, **span: float) -> None:
        self._now += timedelta(**span)

    @property
    def today(self) -> date:
        return self._now.date()

    def standing(self, certificate: Certificate) -> Standing:
        (found,) = [each for each in self.ledger.standings(1_000) if each.key == certificate.key]
        return found

    def state(self, certificate: Certificate) -> str:
        return self.standing(certificate).state

    def close(self) -> None:
        self._relay.close()
        self._stack.close()

    def _clock(self) -> datetime:
        return self._now

    def _broker(self, url: str) -> RabbitMQ:
        return self._stack.enter_context(closing(RabbitMQ(url)))

    def _end(self, system: System, known: Catalogue, url: str) -> Endpoint:
        return Endpoint(system, self._broker(url), known, self._clock, calendar(), deny_the_third)


def asked(paper: Paper, request: str, lived: Life) -> VerificationRequest:
    """A doubt about the certificate's first item."""
    certificate = paper.certificate
    return VerificationRequest(
        number=certificate.number, agreement=certificate.agreement, request=request, issued_on=certificate.issued_on,
        ground="doubt", reasons=("not_originating",), text="The criterion does not fit the goods",
        items=(certificate.items[0].number,), requested_on=lived.today,
    )  # fmt: skip


def tried_out(home: Path) -> Catalogue:
    """The catalogue with all that a treaty enables being tried out, as one line of a profile has it."""
    for path in sorted((ROOT / "mappings/partners").glob("*/system.toml")):
        profile = path.read_text(encoding="utf-8")
        if ENABLED in profile:
            tried = home / path.relative_to(ROOT)
            tried.parent.mkdir(parents=True)
            tried.write_text(profile.replace(ENABLED, 'status = "pilot"'), encoding="utf-8")
    return Catalogue.open(home, cache_folder())


@contextmanager
def life(url: str, folder: Path, known: Catalogue, partner: str, first: Certificate) -> Iterator[Life]:
    """A life that begins some days after this certificate was issued."""
    begins = datetime.combine(first.issued_on, time(9), UTC) + AFTER_ISSUE
    lived = Life(url, f"sqlite:///{folder / 'ledger.db'}", known, partner, begins)
    try:
        yield lived
    finally:
        lived.close()


def said(received: list[Received], code: str, kind: Kind) -> list[Content]:
    """What a system was told in messages of this kind."""
    told = [each for each in received if each.system.code == code and each.delivery.headers["type"] == kind]
    assert all(each.reading.content is not None for each in told), [each.reading.findings for each in told]
    return [each.reading.content for each in told if each.reading.content is not None]


def exported(known: Catalogue, pair: Pair, items: int | None = None, form: str = "original") -> list[Paper]:
    """Certificates that domestic systems issue for this partner: each has its counterpart among the partner's."""
    names = {path.stem for path in (FIXTURES / pair.partner.lower() / "certificate").glob("*.xml")}
    return [
        paper
        for code, system in known.systems.items()
        if system.side == "domestic"
        for paper in _papers(code, pair.agreement)
        if Path(paper.name).stem in names
        and paper.certificate.form == form
        and paper.certificate.type == "certificate"
        and items in (None, len(paper.certificate.items))
    ]


def imported(pair: Pair) -> list[Paper]:
    """Certificates that the partner issues."""
    papers = _papers(pair.partner, pair.agreement)
    return [each for each in papers if "import" in each.name and each.certificate.form == "original"]


@cache
def _papers(code: str, agreement: str) -> tuple[Paper, ...]:
    """What the system issues under the agreement; each says what its golden says, and test_goldens proves that."""
    found = []
    for golden in sorted((FIXTURES / code.lower() / "certificate").glob("*.hub.json")):
        certificate = Certificate.model_validate_json(golden.read_bytes())
        if certificate.agreement == agreement:
            name = golden.name.removesuffix(".hub.json")
            (path,) = (each for each in golden.parent.glob(f"{name}.*") if each != golden)
            found.append(Paper(code, path.name, path.read_bytes(), certificate))
    return tuple(found)
