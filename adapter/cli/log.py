"""The log of what runs for long: on standard error, and no URL with its password."""

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from adapter.cli.say import masked


def configure_log(reader: bool = False) -> None:
    """Log to standard error: lines to read on a terminal or for a command's reader, JSON elsewhere; no passwords."""
    terminal = sys.stderr.isatty()
    lines = structlog.dev.ConsoleRenderer(colors=terminal)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_passwords,
            lines if terminal or reader else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        # A record and its end in one write: several processes share this stream.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_passwords(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}
