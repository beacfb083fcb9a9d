"""What a long-running process is told from outside: by its environment, by files of secrets, or not at all."""

import os
from errno import ENOTDIR
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

EMBEDDED = "embedded://"
"""What the URL of queues in a file begins with."""
QUEUES, LEDGER = "queues.db", "ledger.db"
"""The files in the folder."""


class Settings(BaseSettings):
    """What is named here, with EODES_ before it in capitals: in the environment, or in a file under EODES_SECRETS."""

    model_config = SettingsConfigDict(
        env_prefix="EODES_", env_ignore_empty=True, hide_input_in_errors=True, extra="ignore"
    )

    home: Path | None = None
    """The user's own mappings/, xsd/ and fixtures/."""
    cache: Path | None = None
    """Where outlines and calendars are kept between runs."""
    data: Path | None = None
    """Where queues and ledger lie unless a broker and a database are named."""
    broker: str | None = None
    """amqp:// or amqps:// for RabbitMQ, embedded:///path for queues in a file."""
    database: str | None = None
    """The ledger's database, as a SQLAlchemy URL."""
    lease: float = Field(30.0, gt=0)
    """Seconds until what a worker had under way when it died is due again; with too few, things are sent twice."""
    connections: Path | None = None
    """How each partner is reached and what its signatures are held to: a TOML file."""
    partner_vhosts: str | None = None
    """How each partner's own vhost on RabbitMQ is named, like eodes-{code}; unless given, all queues lie in one."""
    management: str | None = None
    """RabbitMQ's management API, to look at what lies on the broker and to let partners in."""
    watch: str | None = None
    """Host and port, or a port alone, at which the relay tells how it does."""
    grant_password: str | None = None
    """The password of a partner's user that is about to be let in."""

    @property
    def folder(self) -> Path:
        """Where queues and ledger lie: EODES_DATA, XDG_STATE_HOME/eodes or ~/.local/state/eodes."""
        state = os.environ.get("XDG_STATE_HOME")
        return self.data or (Path(state) if state else Path.home() / ".local" / "state") / "eodes"

    def furnish(self) -> None:
        """Make the folder, where something is to lie in it: whoever only reads makes nothing; raises OSError.

        Certificates are not for everyone who works on this machine: the folder is its user's alone.
        """
        if not (self.broker and self.database):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def ledger_url(self) -> str:
        """The database given, or a file of its own."""
        return self.database or f"sqlite:///{self.folder.absolute() / LEDGER}"

    @property
    def broker_url(self) -> str:
        """The broker given, or queues in a file."""
        return self.broker or f"{EMBEDDED}{self.folder.absolute() / QUEUES}"


def settings(
    broker: str | None = None,
    database: str | None = None,
    partner_vhosts: str | None = None,
    **more: str | Path | None,
) -> Settings:
    """What the environment says, under what the command line says; raises OSError where EODES_SECRETS is no folder."""
    told = {"broker": broker, "database": database, "partner_vhosts": partner_vhosts} | more
    given = {name: value for name, value in told.items() if value}
    secrets = os.environ.get("EODES_SECRETS")
    if secrets and not Path(secrets).is_dir():  # else the relay would go on, with queues and a ledger of its own
        raise NotADirectoryError(ENOTDIR, "EODES_SECRETS names no folder", secrets)
    return Settings(_secrets_dir=secrets, **given)  # type: ignore[arg-type]


def secret_file(name: str) -> Path | None:
    """The file under EODES_SECRETS that holds a setting, unless the environment itself says it."""
    variable, folder = f"EODES_{name.upper()}", os.environ.get("EODES_SECRETS")
    if os.environ.get(variable) or not folder or not Path(folder).is_dir():
        return None
    return next((each for each in Path(folder).iterdir() if each.name.upper() == variable), None)
