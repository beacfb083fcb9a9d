"""Where relays are measured: a broker and a database of our own, and what of the processor each of them takes."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from adapter.catalogue import CHECKOUT

TICKS = os.sysconf("SC_CLK_TCK")
OWN, ENDED = slice(11, 13), slice(13, 15)
"""Where /proc/PID/stat has, behind the name, the times of a process, and of its children that ended."""


@dataclass(frozen=True)
class Ground:
    """A vhost and an empty database, with the process ids of the servers that are ours."""

    amqp: str
    database: str
    servers: Mapping[str, int]


@dataclass
class Meter:
    """Processor seconds that processes took while the meter ran; those that a process started count as its own."""

    roots: Mapping[str, int]
    units: int = 0
    spent: dict[str, float] = field(default_factory=dict)
    _before: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to count."""
        self._before = {name: _seconds(pid) for name, pid in self.roots.items()}

    def stop(self, units: int) -> None:
        """Add what was spent on so many units of work."""
        self.units += units
        for name, pid in self.roots.items():
            self.spent[name] = self.spent.get(name, 0.0) + _seconds(pid) - self._before[name]

    def each(self) -> dict[str, float]:
        """Processor seconds for one unit, by process."""
        return {name: round(seconds / self.units, 7) for name, seconds in self.spent.items()} if self.units else {}


@contextmanager
def ground(kind: str, amqp: str | None) -> Iterator[Ground]:
    """A fresh vhost of the broker given or of one of our own, and an empty database: sqlite or postgresql."""
    sys.path.insert(0, str(CHECKOUT / "tests"))
    with ExitStack() as stack:
        servers: dict[str, int] = {}
        url = _broker(stack, amqp, servers)
        yield Ground(url, _database(stack, kind, servers), servers)


def _broker(stack: ExitStack, amqp: str | None, servers: dict[str, int]) -> str:
    from rabbit import GivenRabbitMQ
    from servers import PrivateRabbitMQ, private

    if amqp:
        return stack.enter_context(GivenRabbitMQ(amqp).vhost())
    server = stack.enter_context(private(PrivateRabbitMQ))
    servers["broker"] = server.pid
    return stack.enter_context(server.vhost())


def _database(stack: ExitStack, kind: str, servers: dict[str, int]) -> str:
    from servers import PrivatePostgreSQL, postgresql

    if kind == "sqlite":
        folder = stack.enter_context(TemporaryDirectory(prefix="eodes-bench-"))
        return f"sqlite:///{Path(folder) / 'ledger.db'}"
    server = stack.enter_context(postgresql())
    if isinstance(server, PrivatePostgreSQL) and server.server:
        servers["database"] = server.server.pid
    return stack.enter_context(server.database())


def _seconds(pid: int) -> float:
    """What this process took so far, with all that it started; of ourselves without, for we started the servers."""
    from processes import kin

    if pid == os.getpid():
        return _ticks(pid, OWN) / TICKS
    return (sum(_ticks(each, OWN) for each in {pid, *kin(pid)}) + _ticks(pid, ENDED)) / TICKS


def _ticks(pid: int, fields: slice) -> int:
    """User and system time from /proc/PID/stat."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, told[fields]))
