"""How far a command is, on a terminal only."""

import sys
from collections.abc import Iterable, Sequence

MANY = 10
"""From how many files on progress is shown."""


def watched(files: Sequence[str]) -> Iterable[str]:
    """The files one after the other; where they are many and somebody looks, with a bar on standard error."""
    if len(files) < MANY or not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "files", console=Console(stderr=True), transient=True)
