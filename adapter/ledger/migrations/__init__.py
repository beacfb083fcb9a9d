"""The steps from older ledgers to this program's; a step never changes once it was released, and has no way back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FIRST = "0001"
"""The revision of ledgers that were made before revisions were counted."""


def migrate(connection: Connection, revision: str | None) -> None:
    """Take the steps from this revision on, in the transaction that is open; ValueError for one that is not known."""
    config = configured()
    config.attributes["connection"] = connection
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    if revision is not None and revision not in known:
        raise ValueError(
            f"this ledger is of revision {revision!r}, newer than this program, which knows it up to {known[0]!r}; "
            "install the newer program, trying again does not help"
        )
    if revision is None:
        command.stamp(config, FIRST)
    command.upgrade(config, "head")


def configured() -> Config:
    """What alembic is told, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
