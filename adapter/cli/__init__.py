"""The command line: `eodes`."""

import os


def main() -> None:
    """Run one command and exit with its code."""
    # Plugins of pydantic are strangers' code that would see every certificate, and looking for them takes 30 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from adapter.cli.app import app

        app(prog_name="eodes")
    except KeyboardInterrupt:  # before or after the command itself, which tells its own
        from adapter.cli.guard import INTERRUPTED
        from adapter.cli.say import tell

        tell("interrupted")
        raise SystemExit(INTERRUPTED) from None
