"""What a user sees of an error: one line and an exit code, never a traceback, never a private value."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from adapter.cli.say import tell

VALID, INVALID, USAGE, INDETERMINATE = 0, 1, 2, 3
"""Exit codes: all is well, something is invalid, wrong usage or environment, undecided."""
INTERRUPTED = 130
"""What a shell says of a command that ended by Ctrl-C."""
SEVERITY = (VALID, INDETERMINATE, INVALID, USAGE)

P = ParamSpec("P")


def worst(codes: list[int]) -> int:
    """The gravest of several exit codes."""
    return max(codes, key=SEVERITY.index, default=VALID)


def guarded(command: Callable[P, int | None]) -> Callable[P, None]:
    """The command with its result as exit code, and every error as one line."""

    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        try:
            code = command(*args, **options) or VALID
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except KeyboardInterrupt:
            tell("interrupted")
            code = INTERRUPTED
        except Exception as error:
            code = explain(error)
        raise typer.Exit(code)

    del run.__annotations__["return"]
    return run


def explain(error: Exception) -> int:
    """Tells what went wrong in a line, with EODES_DEBUG all of it, and gives its exit code."""
    if os.environ.get("EODES_DEBUG"):
        sys.excepthook(type(error), error, error.__traceback__)
    from pydantic import ValidationError

    from adapter.catalogue import Unknown
    from adapter.findings import LASTING, Rejected, Unavailable
    from adapter.mapping.path import TableError
    from adapter.refusals import refusals
    from adapter.schema.files import SchemaError

    if isinstance(error, Rejected):
        tell(*map(str, error.findings))
        return INVALID
    if isinstance(error, OSError):
        tell(f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or type(error).__name__}")
    elif isinstance(error, Unavailable):
        tell(f"error: {error}{'' if error.trouble in LASTING else '; trying again may help'}")
    elif isinstance(error, ValidationError) and error.title == "Settings":
        from adapter.settings import Settings

        tell(*(f"error: EODES_{name.upper()}: {what}" for name, what in refusals(error, Settings)))
    elif isinstance(error, Unknown | TableError | SchemaError):
        tell(f"error: {error}")
    else:
        tell(f"error: unexpected {type(error).__name__} in {_place(error)}; EODES_DEBUG=1 shows where it came from")
    return USAGE


def refuse(message: str) -> typer.Exit:
    """Tells why a command cannot be done; raise what it gives."""
    tell(f"error: {message}")
    return typer.Exit(USAGE)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
