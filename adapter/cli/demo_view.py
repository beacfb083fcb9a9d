"""What the demo shows: the certificates as they move, and how each of them ended."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from adapter.cli.say import printable, put, tell
from adapter.ledger import Standing

COLUMNS = ("number", "form", "agreement", "from", "to", "items", "state", "time")
REFUSED = "refused"
COLOURS = {REFUSED: "red", "rejected": "red", "used": "green", "partly_used": "yellow", "denied": "red"}


@dataclass(slots=True)
class Line:
    """A certificate on its way."""

    number: str
    form: str
    agreement: str
    sender: str
    items: int
    begun: float = field(default_factory=perf_counter)
    ended: float = 0.0
    receiver: str = ""
    state: str = "sent"
    said: str = ""
    """What is wrong with it, if it was refused."""

    def cells(self) -> tuple[str, ...]:
        """The line's cells as texts."""
        seconds = f"{(self.ended or perf_counter()) - self.begun:.2f} s"
        told = (self.number, self.form, self.agreement, self.sender, self.receiver, str(self.items), self.state)
        return (*told, seconds)


class View:
    """A live table on a terminal; elsewhere one plain line for each change."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        """By the name that the message was handed over under."""
        self._digests: dict[str, Line] = {}
        """By the SHA-256 of the certificate."""
        self._live = (
            Live(console=Console(stderr=True), transient=True, auto_refresh=False) if sys.stderr.isatty() else None
        )

    def __enter__(self) -> "View":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    @property
    def states(self) -> set[str]:
        """The states that certificates are in."""
        return {line.state for line in self._lines.values()}

    def add(self, name: str, digest: str, line: Line) -> None:
        """A certificate was handed over."""
        self._lines[name] = line
        self._digests.setdefault(digest, line)
        self._changed(line)

    def follow(self, standings: Iterable[Standing]) -> None:
        """What the ledger says of them now."""
        for standing in standings:
            line = self._digests.get(standing.digest)
            if line and (line.state, line.receiver) != (standing.state, standing.holder):
                line.state, line.receiver, line.ended = standing.state, standing.holder, perf_counter()
                self._changed(line)

    def refuse(self, name: str | None, said: str) -> None:
        """A record was refused, and this is why."""
        line = self._lines.get(name or "")
        if line and line.state != REFUSED:
            line.state, line.said, line.ended = REFUSED, said, perf_counter()
            self._changed(line)

    def close(self) -> None:
        """The closing table on standard output, with what was refused and why below it."""
        console = Console() if sys.stdout.isatty() else Console(width=10_000)
        with console.capture() as captured:
            console.print(self._table())
        put("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n\n")
        for line in self._lines.values():
            if line.said:
                put(f"refused: {printable(line.number)} from {line.sender}: {printable(line.said)}\n")

    def _changed(self, line: Line) -> None:
        if self._live:
            self._live.update(self._table(), refresh=True)
        else:
            tell("  ".join(cell for cell in line.cells()[:-1] if cell))

    def _table(self) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in COLUMNS:
            table.add_column(column, justify="right" if column in ("items", "time") else "left", overflow="fold")
        for line in self._lines.values():
            table.add_row(*(Text(printable(cell), style=COLOURS.get(cell, "")) for cell in line.cells()))
        return table
