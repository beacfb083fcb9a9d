"""`eodes demo`: the main job on one machine, with simulated systems at the other ends of the queues."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import structlog

from adapter.calendar import Calendar
from adapter.certificate import Certificate, Item
from adapter.cli.demo_cast import Example, Rehearsal, examples, last_day, refused
from adapter.cli.demo_view import Line, View
from adapter.cli.guard import INVALID, VALID
from adapter.cli.keep import keep
from adapter.cli.say import put, tell
from adapter.cli.start import cache_folder, open_catalogue
from adapter.envelope import digest
from adapter.findings import Finding
from adapter.ledger import Ledger, Standing
from adapter.relay.embedded import Embedded
from adapter.relay.relay import Relay
from adapter.simulator import Endpoint, Received, Status
from adapter.states import State

AT_ONCE = 4
"""Records handed over in each round."""
ROUNDS = 1_000
MOST = 10_000
KEPT = "kept"
"""Shown of a certificate that waits until its partner asks for it."""
ENDS = frozenset({"accepted", "used", "partly_used", "denied", "superseded", "refused", KEPT})
"""How a certificate of the demo ends if all goes well."""


def run(out: Path, home: Path | None) -> int:
    """Every example certificate to where it belongs and its answers back; the received documents go into `out`."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # the view tells it all
    opened = open_catalogue(home)
    catalogue = Rehearsal(opened.folders, opened.cache)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="eodes-demo-") as work:
        demo = Demo(catalogue, out, Path(work))
        try:
            with View() as view:
                for _ in demo.play(view):
                    pass
        finally:
            demo.close()
    view.close()
    if KEPT in view.states:
        put("kept: waits until its partner asks for it\n")
    for code, status in catalogue.waiting.items():
        put(f"{code} is {status}, not live yet: here it was played as if it were\n")
    put(f"what partners received: {out / 'partners'}\nwhat domestic systems received: {out / 'domestic'}\n")
    if strange := view.states - ENDS:
        tell(f"error: certificates of the demo stay {', '.join(sorted(strange))}")
        return INVALID
    return VALID


class Demo:
    """Relay, queues, ledger and simulated systems, moved round by round under a clock of their own."""

    def __init__(self, catalogue: Rehearsal, out: Path, work: Path) -> None:
        self._catalogue, self._out, self._queues = catalogue, out, work / "queues.db"
        self._calendar = Calendar(cache_folder())
        # The examples' dates are fixed, so the clock is too: whenever the demo is played, it says the same.
        self._now = datetime.combine(last_day(catalogue) + timedelta(days=1), time(9), UTC)
        self._ledger = Ledger.open(f"sqlite:///{work / 'ledger.db'}")
        self._brokers = [Embedded(self._queues)]
        self._relay = Relay(
            self._brokers[0], self._ledger, catalogue, clock=self._clock, calendar=self._calendar, window=AT_ONCE
        )
        self._relay.declare()
        self._endpoints = {code: self._endpoint(code) for code in catalogue.systems}
        self._counts: dict[str, int] = {}

    def play(self, view: View) -> Iterator[None]:
        """Hand over, relay, answer, decide; yields after every round."""
        waiting = self._cast()
        decided = False
        for _ in range(ROUNDS):
            for example in waiting[:AT_ONCE]:
                self._hand_over(example, view)
            waiting = waiting[AT_ONCE:]
            moved = self._round(view) or bool(waiting)
            yield
            if not moved and decided:
                return
            if not moved:
                decided = True
                for endpoint in self._endpoints.values():
                    endpoint.settle()

    def close(self) -> None:
        """Let go of queues and ledger."""
        self._relay.close()
        for broker in self._brokers:
            broker.close()
        self._ledger.close()

    def _cast(self) -> list[Example]:
        cast = examples(self._catalogue, self._now.date(), self._calendar)
        bad = refused(self._catalogue, self._now.date(), self._calendar)
        return [*cast, *([bad] if bad else [])]

    def _clock(self) -> datetime:
        return self._now

    def _endpoint(self, code: str) -> Endpoint:
        self._brokers.append(Embedded(self._queues))
        system = self._catalogue.system(code)
        return Endpoint(system, self._brokers[-1], self._catalogue, self._clock, self._calendar, decide)

    def _hand_over(self, example: Example, view: View) -> None:
        certificate, name = example.certificate, f"{example.system.code.lower()}/{example.name}"
        line = Line(
            certificate.number, certificate.form, certificate.agreement, example.system.code, len(certificate.items)
        )  # fmt: skip
        view.add(name, digest(certificate.as_json().encode()), line)
        self._endpoints[example.system.code].submit(example.body, name)

    def _round(self, view: View) -> bool:
        """One round of everybody, a second of their time; whether anything moved."""
        self._now += timedelta(seconds=1)
        moved = bool(self._relay.step())
        for endpoint in self._endpoints.values():
            for received in endpoint.step():
                moved = True
                self._keep(received)
        view.follow(map(self._as_shown, self._ledger.standings(MOST)))
        for dead in self._ledger.dead(MOST):
            letter = self._ledger.dead_letter(dead.id)
            view.refuse(dead.message_id, said(letter.findings) if letter else dead.message)
        return moved

    def _as_shown(self, standing: Standing) -> Standing:
        is_kept = standing.state == State.ISSUED and self._catalogue.system(standing.holder).model == "pull"
        return replace(standing, state=KEPT) if is_kept else standing

    def _keep(self, received: Received) -> None:
        """What a system received, whole, in the system's own folder."""
        system, reading = received.system, received.reading
        folder = self._out / ("partners" if system.side == "partner" else "domestic") / system.code.lower()
        folder.mkdir(parents=True, exist_ok=True)
        number = self._counts[system.code] = self._counts.get(system.code, 0) + 1
        about = [str(reading.table.message) if reading.table else "unread", getattr(reading.content, "key", None)]
        end = "json" if received.delivery.body.lstrip()[:1] == b"{" else "xml"
        keep(folder / f"{number:03}-{'-'.join(filter(None, about))}.{end}", received.delivery.body)


def decide(certificate: Certificate, item: Item) -> Status:
    """The simulated customs grants everything but the last of three items."""
    return "denied" if len(certificate.items) == 3 and item is certificate.items[-1] else "granted"


def said(findings: Sequence[Mapping[str, Any]]) -> str:
    """The findings that a record died of, in one line."""
    return "; ".join(str(Finding(**finding)) for finding in findings)
