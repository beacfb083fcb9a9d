"""The command line: `eodes`."""

import gc
import os
import sys
from typing import NoReturn

from adapter.cli.plugins import shut_out


def main() -> NoReturn:
    """Run one command and end the process with its code."""
    shut_out()
    # Importing makes no garbage, and looking for it again and again takes a tenth of a short command's time.
    gc.set_threshold(100_000, 20, 50)
    code = _run()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody reads any more
            continue
    # All is written and closed. Taking every module apart again would cost a short command a tenth of its time.
    os._exit(code)


def _run() -> int:
    try:
        from adapter.cli.app import app

        app(prog_name="eodes")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except Exception as error:  # before or after the command too
        from adapter.cli.guard import explain

        return explain(error)
    except KeyboardInterrupt:  # before or after the command itself, which tells its own
        from adapter.cli.guard import INTERRUPTED
        from adapter.cli.say import tell

        tell("interrupted")
        return INTERRUPTED
    return 0
