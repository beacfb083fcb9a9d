"""A crew: several relay processes side by side, each started again when it ends by itself."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from adapter.relay.backoff import back_off

LOOK_SECONDS = 0.2
HELD_OUT = timedelta(minutes=1)
"""A worker that ran this long before it ended is started again at once; others wait longer each time."""
HOPELESS = 2
"""The exit code of a worker whose settings are wrong: starting it again would not help."""

log = structlog.get_logger()


@dataclass(slots=True)
class Worker:
    """One process of the crew and when it may be started again."""

    process: "subprocess.Popen[bytes]"
    started: float
    failures: int = 0
    again_at: float | None = field(default=None)
    """Seconds on the clock; None while it runs."""


@dataclass(frozen=True)
class Crew:
    """Runs `command` in so many processes; clock and pauses are arguments, so that a test can stop time."""

    command: Sequence[str]
    environment: Mapping[str, str]
    workers: int
    drain: float
    """Seconds that the workers have to end by themselves once they were told to."""
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = lambda: 1.0

    def run(self, until: Callable[[], bool]) -> int:
        """Until told to end, or until a worker says that its settings are wrong; the crew's exit code."""
        crew = [self._start() for _ in range(self.workers)]
        code = 0
        try:
            while not code and not until():
                code = max(self._look_after(worker) for worker in crew)
                self.pause(LOOK_SECONDS)
        finally:
            self._end(crew)
        return code

    def _start(self, failures: int = 0) -> Worker:
        process = subprocess.Popen(self.command, env=dict(self.environment))
        return Worker(process, self.clock(), failures)

    def _look_after(self, worker: Worker) -> int:
        """Start a worker that ended again, in time; its exit code if that would not help."""
        code = worker.process.poll()
        if code is None:
            return 0
        if code == HOPELESS:
            return code
        now = self.clock()
        if worker.again_at is None:
            if now - worker.started >= HELD_OUT.total_seconds():
                worker.failures = 0
            wait = back_off(worker.failures, self.chance).total_seconds() if worker.failures else 0.0
            log.warning("worker ended", process=worker.process.pid, exit_code=code, seconds=wait)
            worker.again_at = now + wait
        if worker.again_at <= now:
            fresh = self._start(worker.failures + 1)
            worker.process, worker.started, worker.failures, worker.again_at = (
                fresh.process, fresh.started, fresh.failures, None,
            )  # fmt: skip
        return 0

    def _end(self, crew: Sequence[Worker]) -> None:
        """Ask all to end; whoever is not done in time is ended: what it held comes again."""
        for worker in crew:
            worker.process.terminate()
        late = self.clock() + self.drain
        for worker in crew:
            while worker.process.poll() is None and self.clock() < late:
                self.pause(LOOK_SECONDS / 4)
            if worker.process.poll() is None:
                log.warning("worker killed: it did not end in time", process=worker.process.pid)
                worker.process.kill()
            worker.process.wait()
