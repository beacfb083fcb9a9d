"""The log of what runs for long: on standard error, and no URL with its password."""

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from adapter.cli.say import masked


def configure_log() -> None:
    """Log to standard error: lines to read on a terminal, JSON elsewhere; no URL with its password."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_passwords,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_passwords(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}
