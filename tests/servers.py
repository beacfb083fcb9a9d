"""Real servers for tests: those given by URL, else private ones that leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import psycopg
from install_servers import AMQP_URL, DATABASE_URL, ensure_servers, postgresql_bin
from processes import Process, await_end, end, free_ports, kin, run, spawn, unprivileged, wait_until
from rabbit import GivenRabbitMQ, PrivateRabbitMQ, RabbitMQ

__all__ = ["PostgreSQL", "PrivatePostgreSQL", "PrivateRabbitMQ", "RabbitMQ", "postgresql", "private", "rabbitmq"]


class PostgreSQL:
    """A running database server: its `url` as SQLAlchemy writes it, and a fresh `database()` for each test."""

    def __init__(self, url: str) -> None:
        """Hold the URL, whichever of its spellings was given."""
        self.url = "postgresql+psycopg://" + url.partition("://")[2]

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database; yields its URL."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(self.url)._replace(path=f"/{name}").geturl()
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction; raises psycopg's errors."""
        plain = self.url.replace("+psycopg", "", 1)
        with psycopg.connect(plain, autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement.encode())


class PrivatePostgreSQL(PostgreSQL):
    """A database server of our own, which a test may also `kill()` and `restart()`.

    It refuses root, so root starts it as an unprivileged user.
    """

    def __init__(self) -> None:
        """Choose its port and password; nothing runs before `start()`."""
        self.bin, self.dir = postgresql_bin() or Path(), Path(tempfile.mkdtemp(prefix="eodes-postgresql-"))
        self.server: Process | None = None
        (self.port,) = free_ports(1)
        password = secrets.token_hex(12)
        (self.dir / "password").write_text(password)
        super().__init__(f"postgresql://eodes:{password}@127.0.0.1:{self.port}/postgres")

    def start(self) -> None:
        """Make a cluster, start it and wait until it answers; raises RuntimeError."""
        account = unprivileged(self.dir)
        data = ["-D", str(self.dir / "data")]
        access = ["--username=eodes", "--auth=scram-sha-256", f"--pwfile={self.dir / 'password'}"]
        run([str(self.bin / "initdb"), *data, *access, "--encoding=UTF8", "--no-locale", "--no-sync"], **account)
        self._serve()

    def kill(self) -> None:
        """Kill the server and all processes of its connections without a warning; its files stay."""
        if self.server is not None:
            os.kill(self.server.pid, signal.SIGSTOP)  # so that it starts none while they are looked for
            connections = kin(self.server.pid)
            for pid in connections:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            end(self.server, signal.SIGKILL)
            await_end(connections)  # what they share would keep the server from starting again

    def restart(self) -> None:
        """Start it again on the same files and port after it was killed; raises RuntimeError."""
        self._serve()

    def _serve(self) -> None:
        account = unprivileged(self.dir)
        data = ["-D", str(self.dir / "data")]
        # Killed, it loses nothing that the kernel has: only a machine that dies needs the disk waited for.
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "fsync=off"]
        options = [word for setting in settings for word in ("-c", setting)]
        self.server = spawn([str(self.bin / "postgres"), *data, *options], self.dir, **account)
        wait_until(self._answers, self.server, self.dir)

    def stop(self) -> None:
        """End the server without waiting for its clients, and remove its files."""
        end(self.server, signal.SIGINT)
        shutil.rmtree(self.dir, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


class Server(Protocol):
    """What can be started, and ended with all that belongs to it."""

    def start(self) -> None:
        """Start it and wait until it can be used; raises RuntimeError."""

    def stop(self) -> None:
        """End it, in whatever state it is."""


Private = TypeVar("Private", bound=Server)


@contextlib.contextmanager
def private(kind: type[Private]) -> Iterator[Private]:
    """A private server for as long as the block runs; tried again on new ports if another process took one."""
    ensure_servers()
    for last in (False, False, True):
        server = kind()
        try:
            try:
                server.start()
            except RuntimeError:
                if last:
                    raise
                continue
            yield server
            return
        finally:
            server.stop()


def rabbitmq() -> contextlib.AbstractContextManager[RabbitMQ]:
    """The broker of EODES_TEST_AMQP_URL, else a private one."""
    url = os.environ.get(AMQP_URL)
    return contextlib.nullcontext(GivenRabbitMQ(url)) if url else private(PrivateRabbitMQ)


def postgresql() -> contextlib.AbstractContextManager[PostgreSQL]:
    """The server of EODES_TEST_DATABASE_URL, else a private one."""
    url = os.environ.get(DATABASE_URL)
    return contextlib.nullcontext(PostgreSQL(url)) if url else private(PrivatePostgreSQL)
