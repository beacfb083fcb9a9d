"""Processes of our own for tests: started out of the terminal's reach, ended by id, on free loopback ports."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 90
STOP_SECONDS = 10

Process = subprocess.Popen[bytes]

KEPT = "EODES_CACHE"
"""Names the folder in which all processes of a session keep what takes long to read."""


def unset() -> dict[str, str]:
    """This process's environment without any setting of ours but that folder."""
    return {name: value for name, value in os.environ.items() if name == KEPT or not name.startswith("EODES_")}


def spawn(command: list[str], folder: Path, env: dict[str, str] | None = None, **account: Any) -> Process:
    """Start a process in its own session, so that Ctrl-C does not reach it; it writes to `log` in its folder."""
    with (folder / "log").open("ab") as log:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=folder, env=env, start_new_session=True, **streams, **account)


def run(command: list[str], **options: Any) -> str:
    """Run a command to its end and return what it printed; raises RuntimeError with that when it fails."""
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, encoding="utf-8", errors="replace", **streams, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}")
    return str(done.stdout)


def end(process: Process | None, how: signal.Signals) -> None:
    """Ask a spawned process to end; after that, or when it takes too long, kill what is left of its session."""
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)


def kin(pid: int) -> list[int]:
    """The ids of all that run in this process's session or are its children, itself among them."""
    return [each for each, parent, session in _running() if pid in (each, parent, session)]


def children(pid: int) -> list[int]:
    """The ids of all that this process started and that still run."""
    return [each for each, parent, _ in _running() if parent == pid]


def await_listening(process: Process) -> None:
    """Until it handles SIGTERM itself; raises RuntimeError when it ends before, or when that takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not _handles(process.pid, signal.SIGTERM):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"process {process.pid} does not begin to listen")
        time.sleep(0.01)


def _handles(pid: int, number: signal.Signals) -> bool:
    said = Path(f"/proc/{pid}/status").read_text(errors="replace")
    caught = int(said.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (number - 1) & 1)


def await_end(pids: list[int]) -> None:
    """Until none of these runs; raises RuntimeError when that takes too long."""
    deadline = time.monotonic() + STOP_SECONDS
    while left := set(pids) & {pid for pid, _, _ in _running()}:
        if time.monotonic() > deadline:
            raise RuntimeError(f"processes {sorted(left)} do not end")
        time.sleep(0.01)


def _running() -> Iterator[tuple[int, int, int]]:
    """Id, parent and session of every process; one that ended and waits for its parent to notice does not run."""
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, _, session, *_ = place.read_text(errors="replace").rpartition(")")[2].split()
            if state != "Z":
                yield int(place.parent.name), int(parent), int(session)


def wait_until(ready: Callable[[], bool], process: Process, folder: Path) -> None:
    """Ask again until it is ready; raises RuntimeError with the end of the log when that never comes."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.1)
    log = (folder / "log").read_text(errors="replace")[-3000:]
    raise RuntimeError(f"{process.args!r} ended or was not ready in {START_SECONDS} s:\n{log}")


def free_ports(count: int) -> list[int]:
    """Free loopback ports, ten apart, below the ephemeral range and away from rabbitmqctl's default of 35672."""
    chosen: list[int] = []
    while len(chosen) < count:
        port = random.SystemRandom().randrange(20_000, 32_000, 10)
        with socket.socket() as attempt, contextlib.suppress(OSError):
            attempt.bind(("127.0.0.1", port))
            chosen += [port] if port not in chosen else []
    return chosen


def unprivileged(folder: Path) -> dict[str, Any]:
    """Whom to run as when we are root, as arguments for `spawn`; that user then owns the folder."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
