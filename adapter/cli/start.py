"""What commands begin with: the catalogue, the facts of today, the files they were given."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.cli.guard import refuse

if TYPE_CHECKING:
    from datetime import date, datetime

    from adapter.catalogue import Catalogue
    from adapter.rules import Facts

STDIN = "-"


def open_catalogue(home: Path | None) -> Catalogue:
    """The packaged catalogue under the user's own folder, with what is worth keeping kept between runs."""
    from adapter.catalogue import Catalogue

    if home is not None and not home.is_dir():
        raise refuse(f"no folder {home}")
    return Catalogue.open(home, cache_folder())


def cache_folder() -> Path | None:
    """Where outlines and calendars are kept between runs: EODES_CACHE, XDG_CACHE_HOME/eodes or ~/.cache/eodes."""
    if own := os.environ.get("EODES_CACHE"):
        return Path(own)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "eodes"
    try:
        return Path.home() / ".cache" / "eodes"
    except RuntimeError:  # a user without a home
        return None


def program_version() -> str:
    """The version of what is installed; unknown where it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eodes-adapter")
    except PackageNotFoundError:
        return "unknown"


def facts_on(day: str | None) -> Facts:
    """What rules need from outside: the calendar, and the day that validity is judged on, today unless said.

    The moment that signatures are judged at is now, or noon (UTC) of the day that was said.
    """
    from datetime import UTC, datetime, time

    from adapter.calendar import Calendar
    from adapter.rules import Facts

    today, calendar = day_of(day), Calendar(cache_folder())
    now = datetime.now(UTC) if day is None else datetime.combine(today, time(12), UTC)
    return Facts(today=today, at=now, calendar=calendar)


def day_of(said: str | None, option: str = "--on") -> date:
    """The day that was said with the option, today unless one was."""
    from datetime import date

    try:
        return date.fromisoformat(said) if said is not None else date.today()
    except ValueError:
        raise refuse(f"{option} {said}: no such day; write it as YYYY-MM-DD") from None


def moment_of(option: str, said: str) -> datetime:
    """A day's beginning or a moment, in UTC unless it says otherwise."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise refuse(f"{option} {said}: no such moment; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM (UTC)") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def there(files: list[str]) -> list[str]:
    """The files, all of which can be read; standard input at most once."""
    for name in files:
        if name != STDIN and not os.access(name, os.R_OK):
            raise refuse(f"{name}: {'cannot be read' if os.path.lexists(name) else 'no such file'}")
        if name != STDIN and Path(name).is_dir():
            raise refuse(f"{name}: is a folder; name its files")
    if files.count(STDIN) > 1:
        raise refuse("standard input (-) can be read only once")
    return files


def contents(name: str) -> bytes:
    """A file's bytes, no more of them than are needed to see that there are too many."""
    from adapter.schema import Limits

    most = Limits().size + 1
    if name == STDIN:
        return sys.stdin.buffer.read(most)
    with open(name, "rb") as file:
        return file.read(most)
