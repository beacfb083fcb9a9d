"""How far a command is, on a terminal only."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

MANY = 10
"""From how many files on progress is shown."""


def watched(files: Sequence[str]) -> Iterable[str]:
    """The files one after the other; where they are many and somebody looks, with a bar on standard error."""
    if len(files) < MANY or not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "files", console=Console(stderr=True), transient=True)


@contextmanager
def how_far() -> Iterator[Callable[[str, int, int], None]]:
    """What is told what is looked at, how much of it is done, and of how much; bars where somebody looks."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what)
            progress.update(bars[what], completed=done, total=of)

        yield tell
