"""What the log may say: an event that the list names, with the fields that the list gives it, and nothing else."""

import tomllib
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).parent / "events.toml"
ALWAYS = ("event", "level", "timestamp")
UNLISTED = "not listed"
MANY = "each"
"""Under this name a call gives the fields of several events of one kind; each becomes a line of its own."""
LONGEST, MOST = 1_000, 100
"""Characters of a text, and entries of a list, that a line shows."""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of line."""

    name: str
    level: str
    means: str
    fields: tuple[str, ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """The list of all lines, and what each field means."""

    fields: Mapping[str, str]
    by_name: Mapping[str, Event]

    @classmethod
    def read(cls, place: Path = LIST) -> "Events":
        """The list as it is packaged."""
        said = tomllib.loads(place.read_text(encoding="utf-8"))
        events = (
            Event(name, each["level"], each["means"], tuple(each.get("fields", ())), each.get("do", ""))
            for name, each in said["events"].items()
        )
        return cls(said["fields"], {event.name: event for event in events})

    def only_listed(self, logger: Any, method: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """The line without anything that the list does not name, as structlog's processors have it."""
        event = self.by_name.get(str(said.get("event")), self.by_name[UNLISTED])
        kept = {name: said[name] for name in ALWAYS if name in said} | {"event": event.name}
        kept |= _fitting(event, said)
        if MANY in said:
            kept[MANY] = [_fitting(event, each) for each in said[MANY]]
        return kept


def _fitting(event: Event, said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(said[name]) for name in event.fields if name in said}


def _plain(value: Any) -> Any:
    """Numbers, texts that are not too long, and lists of them; of anything else only what kind of thing it is."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return [_plain(each) for each, _ in zip(value, range(MOST), strict=False)]
    return f"<{type(value).__name__}>"
