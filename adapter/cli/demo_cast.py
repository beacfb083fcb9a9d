"""What the demo sends: every certificate among the examples once, and one record that is rightly refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.findings import Rejected, Severity, Verdict
from adapter.relay.exchange import Exchange
from adapter.relay.route import EXCHANGING, route
from adapter.rules import Facts
from adapter.system import Live, System
from adapter.translate import Reading, read

GOLDEN = (".hub.json", ".complaint.json")


class Rehearsal(Catalogue):
    """The catalogue of a play: in it a partner that still waits for its day is live."""

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """Every system by its code."""
        playing = Live(status="pilot", source="the demo")
        return {
            code: system.model_copy(update={"live": playing}) if code in self.waiting else system
            for code, system in self._as_they_are.items()
        }

    @cached_property
    def waiting(self) -> Mapping[str, str]:
        """The status of each partner that is not live yet, by its code."""
        return {
            code: system.live.status
            for code, system in self._as_they_are.items()
            if system.live.status not in EXCHANGING
        }

    @cached_property
    def _as_they_are(self) -> Mapping[str, System]:
        return Catalogue(self.folders, self.cache).systems


@dataclass(frozen=True, slots=True)
class Example:
    """A certificate that a system issued, as it hands it over."""

    system: System
    name: str
    body: bytes
    certificate: Certificate

    @property
    def family(self) -> str:
        """The number of the original that it is, copies or replaces."""
        earlier = self.certificate.copy_of or self.certificate.supersedes
        return f"{self.certificate.agreement} {earlier.number if earlier else self.certificate.number}"


def examples(catalogue: Catalogue, today: date, calendar: Calendar) -> list[Example]:
    """Valid certificates, oldest first; one that several systems could have issued is sent by one of them."""
    families: dict[str, dict[str, list[Example]]] = {}
    for system in catalogue.systems.values():
        for name, body in _files(catalogue, system, "certificate"):
            reading = read(Delivery(body, system.code), catalogue, Facts(today=today, calendar=calendar))
            if (
                reading.verdict is Verdict.VALID
                and isinstance(reading.content, Certificate)
                and _issued_by(system, reading)
                and _is_sent(system, reading.content, Exchange(catalogue), today)
            ):
                example = Example(system, name, body, reading.content)
                families.setdefault(example.family, {}).setdefault(system.code, []).append(example)
    chosen = list(_shared_out(families))
    return sorted(chosen, key=lambda each: (each.certificate.issued_on, each.certificate.number, each.name))


def refused(catalogue: Catalogue, today: date, calendar: Calendar) -> Example | None:
    """A domestic record that is sound but breaks exactly one rule of its agreement."""
    for system in catalogue.systems.values():
        for name, body in _files(catalogue, system, "bad") if system.side == "domestic" else ():
            reading = read(Delivery(body, system.code), catalogue, Facts(today=today, calendar=calendar))
            errors = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
            if isinstance(reading.content, Certificate) and len(errors) == 1 and errors[0].clause:
                return Example(system, name, body, reading.content)
    return None


def last_day(catalogue: Catalogue) -> date:
    """The day after the last day of issue among the examples: then every one of them was issued."""
    days = [
        reading.content.issued_on
        for system in catalogue.systems.values()
        for _, body in _files(catalogue, system, "certificate")
        if isinstance((reading := read(Delivery(body, system.code), catalogue)).content, Certificate)
    ]
    return max(days, default=date.today())


def _issued_by(system: System, reading: Reading) -> bool:
    """A partner's folder holds our certificates too, as it receives them."""
    return system.side == "domestic" or reading.header.sender == system.code


def _is_sent(system: System, certificate: Certificate, exchange: Exchange, day: date) -> bool:
    """Whether it goes to another system by itself: a partner of the pull model asks for what it wants."""
    try:
        return system.model == "push" and bool(route(certificate, system, None, exchange, day))
    except Rejected:
        return False


def _shared_out(families: Mapping[str, Mapping[str, list[Example]]]) -> Iterator[Example]:
    """Each family to the system that has most of it; among equals to the one with least to send."""
    sent: dict[str, int] = {}
    for _, by_system in sorted(families.items()):
        code = min(by_system, key=lambda code: (-len(by_system[code]), sent.get(code, 0), code))
        sent[code] = sent.get(code, 0) + len(by_system[code])
        yield from by_system[code]


def _files(catalogue: Catalogue, system: System, kind: str) -> Iterator[tuple[str, bytes]]:
    found: dict[str, Path] = {}
    for folder in catalogue.folders:
        for path in sorted((folder / "fixtures" / system.code.lower() / kind).glob("*")):
            if path.is_file() and not path.name.endswith(GOLDEN):
                found.setdefault(path.name, path)
    for name in sorted(found):
        yield name, found[name].read_bytes()
