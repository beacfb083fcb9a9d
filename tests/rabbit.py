"""RabbitMQ for tests: the broker that was given, or a private one that leaves nothing behind."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from install_servers import AMQP_URL, rabbitmq_bin
from processes import Process, end, free_ports, run, spawn, wait_until

MANAGEMENT_URL = "EODES_TEST_MANAGEMENT_URL"


class RabbitMQ:
    """A running broker: its `url`, its `management` API, and a fresh `vhost()` for each test."""

    def __init__(self, url: str, management: str) -> None:
        """Hold the AMQP URL and the address of the management API, whose user is the URL's."""
        self.url, self.management = url, management

    @contextlib.contextmanager
    def vhost(self) -> Iterator[str]:
        """A new vhost with a user who may enter no other; yields the user's AMQP URL."""
        name, password = f"test-{secrets.token_hex(6)}", secrets.token_hex(12)
        server = urlsplit(self.url)
        address = server.netloc.rpartition("@")[2]
        self.grant(name, password)
        try:
            yield server._replace(netloc=f"{name}:{password}@{address}", path=f"/{name}").geturl()
        finally:
            self.revoke(name)

    @contextlib.contextmanager
    def annex(self, url: str, name: str) -> Iterator[None]:
        """One more vhost for the user of the URL."""
        self.open(name, urlsplit(url).username or "")
        try:
            yield
        finally:
            self.close(name)

    def open(self, name: str, user: str) -> None:
        """Make a vhost that this user may do everything in."""
        self.api("PUT", f"vhosts/{name}")
        self.api("PUT", f"permissions/{name}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})

    def close(self, name: str) -> None:
        """Remove a vhost with all that lies in it."""
        self.api("DELETE", f"vhosts/{name}")

    def grant(self, name: str, password: str) -> None:
        """Make a vhost and its user, both of one name."""
        self.api("PUT", f"users/{name}", {"password": password, "tags": ""})
        self.open(name, name)

    def revoke(self, name: str) -> None:
        """Remove a vhost and its user, and with them every queue and connection."""
        self.api("DELETE", f"users/{name}")
        self.close(name)

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the management API; raises URLError."""
        user = urlsplit(self.url)
        token = base64.b64encode(f"{unquote(user.username or 'guest')}:{unquote(user.password or 'guest')}".encode())
        headers = {"Authorization": f"Basic {token.decode()}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.management}/api/{path}", data, headers, method=method), timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on this broker and return what it printed; raises RuntimeError."""
        return run(["rabbitmqctl", "--quiet", *arguments])

    def kill(self) -> None:
        """Refuse: a broker that was given is not ours to kill."""
        raise RuntimeError(f"The broker of {AMQP_URL} is not ours to kill: use the fixture private_rabbitmq.")

    restart = kill


class GivenRabbitMQ(RabbitMQ):
    """The broker of EODES_TEST_AMQP_URL: managed over HTTP where it offers that, else by rabbitmqctl."""

    def __init__(self, url: str) -> None:
        """Look for the management API at EODES_TEST_MANAGEMENT_URL, else on the broker's port 15672."""
        super().__init__(url, os.environ.get(MANAGEMENT_URL) or f"http://{urlsplit(url).hostname}:15672")
        try:
            self.api("GET", "whoami")
            self.managed = True
        except URLError:
            self.managed = False

    def grant(self, name: str, password: str) -> None:
        """Make a vhost and its user; raises RuntimeError when the broker offers no way to."""
        if self.managed:
            return super().grant(name, password)
        try:
            self.ctl("add_user", name, password)
            self.open(name, name)
        except (OSError, RuntimeError) as failure:
            raise RuntimeError(
                f"Tests need a fresh vhost each, and neither the management API at {self.management} "
                f"(set {MANAGEMENT_URL}) nor rabbitmqctl can make one: {failure}"
            ) from failure
        return None

    def revoke(self, name: str) -> None:
        """Remove a vhost and its user."""
        if self.managed:
            return super().revoke(name)
        self.ctl("delete_user", name)
        return self.close(name)

    def open(self, name: str, user: str) -> None:
        """Make a vhost that this user may do everything in."""
        if self.managed:
            return super().open(name, user)
        self.ctl("add_vhost", name)
        self.ctl("set_permissions", "--vhost", name, user, ".*", ".*", ".*")
        return None

    def close(self, name: str) -> None:
        """Remove a vhost with all that lies in it."""
        if self.managed:
            return super().close(name)
        self.ctl("delete_vhost", name)
        return None


class PrivateRabbitMQ(RabbitMQ):
    """A broker of our own, which a test may also `kill()` and `restart()`."""

    def __init__(self, password: str = "", settings: str = "") -> None:
        """Choose its ports, and a password unless one is given; nothing runs before `start()`."""
        self.bin, self.dir = rabbitmq_bin() or Path(), Path(tempfile.mkdtemp(prefix="eodes-rabbitmq-"))
        self.epmd: Process | None = None
        self.server: Process | None = None
        amqp, http, dist, self.epmd_port, cli = free_ports(5)
        password = password or secrets.token_hex(12)
        super().__init__(f"amqp://eodes:{password}@127.0.0.1:{amqp}/", f"http://127.0.0.1:{http}")
        (self.dir / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{amqp}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {http}\n"
            f"default_user = eodes\ndefault_pass = {password}\n{settings}"
        )
        (self.dir / "plugins").write_text("[rabbitmq_management].\n")
        (self.dir / "env.conf").touch()
        self.env = self._environment(amqp, dist, cli)

    def start(self) -> None:
        """Start it and wait until it listens; raises RuntimeError."""
        if self.epmd is None:
            # An epmd that the broker starts outlives it; as a child of ours it is ended by its process id.
            epmd = shutil.which("epmd") or str(max(Path("/usr/lib/erlang").glob("erts-*/bin/epmd")))
            self.epmd = spawn([epmd, "-address", "127.0.0.1", "-port", str(self.epmd_port)], self.dir)
        (self.dir / "pid").unlink(missing_ok=True)
        self.server = spawn([str(self.bin / "rabbitmq-server")], self.dir, self.env)
        wait_until(self._listens, self.server, self.dir)

    def stop(self) -> None:
        """End the broker and its epmd and remove their files."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(self.pid, signal.SIGKILL)
        end(self.server, signal.SIGKILL)
        end(self.epmd, signal.SIGTERM)
        shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def name(self) -> str:
        """The node's name, as other nodes call it."""
        return self.env["RABBITMQ_NODENAME"]

    @property
    def pid(self) -> int:
        """The process id of the broker itself, not of the script around it."""
        return int((self.dir / "pid").read_text())

    def kill(self) -> None:
        """Kill the broker without a warning; its files stay.

        RabbitMQ 3.10 never elects a leader again for a quorum queue that was declared in the last second before.
        """
        os.kill(self.pid, signal.SIGKILL)
        end(self.server, signal.SIGKILL)
        (self.dir / "pid").unlink()

    def restart(self) -> None:
        """Start it again on the same files and ports, killing it first if it still runs."""
        if self.server is not None and self.server.poll() is None:
            self.kill()
        self.start()

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on this broker and return what it printed; raises RuntimeError."""
        return run([str(self.bin / "rabbitmqctl"), "--quiet", *arguments], env=self.env, cwd=self.dir)

    def _listens(self) -> bool:
        try:
            return bool(self.api("GET", f"health/checks/port-listener/{urlsplit(self.url).port}")["status"] == "ok")
        except OSError:
            return False

    def _environment(self, amqp: int, dist: int, cli: int) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
        return kept | {
            "HOME": str(self.dir),  # the cookie lies here
            "RABBITMQ_NODENAME": f"t{amqp}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.dir / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.dir / "env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.dir / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.dir / "data"),
            "RABBITMQ_LOG_BASE": str(self.dir / "logs"),
            "RABBITMQ_PID_FILE": str(self.dir / "pid"),
            "RABBITMQ_DIST_PORT": str(dist),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(cli),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(cli + 9),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
            "RABBITMQ_CTL_ERL_ARGS": loopback,
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
