"""Workers side by side: one that dies is started again, all end when they are told to."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapter.relay.crew import HOPELESS, Crew

SLEEPS = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({path!r}, 'w').close(); time.sleep(60)"


def crew(code: str, workers: int = 2, drain: float = 10.0) -> Crew:
    return Crew([sys.executable, "-c", code], {}, workers, drain)


def after(condition: Callable[[], bool]) -> Callable[[], bool]:
    """Told to end once this holds, or after a while that no good crew needs."""
    late = time.monotonic() + 30
    return lambda: condition() or time.monotonic() > late


def test_all_workers_end_when_they_are_told_to() -> None:
    assert crew(SLEEPS).run(after(lambda: True)) == 0


def test_a_worker_that_ends_by_itself_is_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = f"import os; open({str(notes)!r}, 'a').write(f'{{os.getpid()}}\\n')"

    def starts() -> int:
        return len(notes.read_text().split()) if notes.exists() else 0

    assert crew(code, workers=1).run(after(lambda: starts() >= 2)) == 0
    assert starts() >= 2


def test_a_worker_whose_settings_are_wrong_ends_the_crew_with_its_code() -> None:
    assert crew(f"raise SystemExit({HOPELESS})").run(after(lambda: False)) == HOPELESS


def test_a_worker_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    assert crew(DEAF.format(path=str(ready)), workers=1, drain=0.5).run(after(ready.exists)) == 0


@pytest.mark.parametrize("failures, seconds", [(0, 0.0), (1, 2.0), (3, 8.0)])
def test_who_dies_again_and_again_waits_longer_each_time(failures: int, seconds: float) -> None:
    now = 100.0
    one = Crew([sys.executable, "-c", "pass"], {}, 1, 1.0, clock=lambda: now)
    worker = one._start(failures)
    worker.process.wait()
    one._look_after(worker)
    assert (worker.again_at or now) == now + seconds
    worker.process.wait()
