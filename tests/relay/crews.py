"""Relays as processes of their own, for drills that kill them."""

import os
import random
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from processes import Process, await_listening, end, kin, spawn

LEASE_SECONDS = 4.0
"""Instead of 30, so that a drill need not wait for them; long enough for whoever only waits for a broker to restart."""
END_SECONDS = 60.0

Layout = Sequence[Sequence[str]]
LAYOUTS: Sequence[Layout] = (
    ((), ()),
    (("--workers", "2"),),
    (("--role", "intake"), ("--role", "dispatch")),
)
"""The options of each relay that is started: always two that work."""


class Crews:
    """Relays on one broker and one database, each started again when it is killed."""

    def __init__(self, broker: str, database: str, folder: Path, cache: Path, layout: Layout) -> None:
        named = {"EODES_BROKER": broker, "EODES_DATABASE": database, "EODES_LEASE": str(LEASE_SECONDS)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EODES_")}
        self._environment: Mapping[str, str] = kept | named | {"EODES_CACHE": str(cache)}
        self._folder, self._options = folder, layout
        self._running: list[Process] = []
        self._killed: list[Process] = []
        self.codes: list[int] = []
        """With which those that were told to end ended."""

    def start(self) -> None:
        """Start all of them."""
        self._running = [self._start(options) for options in self._options]

    def kill_one(self, chance: random.Random) -> None:
        """Kill one process, be it a relay, a crew or a worker of it; a crew starts its workers again by itself."""
        victim = chance.choice([pid for relay in self._running for pid in kin(relay.pid)])
        os.kill(victim, signal.SIGKILL)
        for place, relay in enumerate(self._running):
            if relay.pid == victim:
                relay.wait()
                self._killed.append(relay)
                self._running[place] = self._start(self._options[place])

    def end(self) -> None:
        """Tell all to end, each as soon as it listens: one may have been started anew a moment before; and wait."""
        for relay in self._running:
            await_listening(relay)
            relay.send_signal(signal.SIGTERM)
        self.codes = [relay.wait(END_SECONDS) for relay in self._running]

    def left(self) -> list[int]:
        """Processes that still run though they should not, also of crews that were killed; given a moment to go."""
        late = time.monotonic() + END_SECONDS
        while (left := self._left()) and time.monotonic() < late:
            time.sleep(0.1)
        return left

    def stop(self) -> None:
        """Kill whatever is left."""
        for each in self._running + self._killed:
            end(each, signal.SIGKILL)

    def _left(self) -> list[int]:
        return [pid for each in self._running + self._killed for pid in kin(each.pid)]

    def _start(self, options: Sequence[str]) -> Process:
        return spawn([sys.executable, "-m", "adapter", "relay", *options], self._folder, dict(self._environment))
