"""The log of what runs for long: on standard error, what the list of events names, and no URL with its password."""

import json
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from adapter.cli.say import masked
from adapter.watch.events import MANY, Events

Line = MutableMapping[str, Any]
Renderer = Callable[[Any, str, Line], Any]


def configure_log(reader: bool = False) -> None:
    """Log to standard error: lines to read on a terminal or for a command's reader, JSON elsewhere; no passwords."""
    terminal = sys.stderr.isatty()
    lines = structlog.dev.ConsoleRenderer(colors=terminal)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            Events.read().only_listed,
            _without_passwords,
            _Each(lines if terminal or reader else _as_json),
        ],
        # A record and its end in one write: several processes share this stream.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _Each:
    """Several events of one kind as a line each, in one text that is written at once."""

    def __init__(self, render: Renderer) -> None:
        self._render = render

    def __call__(self, logger: Any, method: str, event: Line) -> Any:
        several = event.pop(MANY, None)
        if several is None:
            return self._render(logger, method, event)
        return "\n".join(str(self._render(logger, method, {**event, **each})) for each in several)


_ENCODE = json.JSONEncoder(ensure_ascii=False, default=repr).encode
"""Made once: json.dumps would make another for every line."""


def _as_json(logger: Any, method: str, event: Line) -> str:
    return _ENCODE(event)


def _without_passwords(logger: Any, method: str, event: Line) -> Line:
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value) if "://" in value else value
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return {name: _masked(each) for name, each in value.items()} if isinstance(value, dict) else value
