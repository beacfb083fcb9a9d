"""Find the servers and tools the tests need; install them with apt in CI or with INSTALL=1; else say what to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

AMQP_URL = "EODES_TEST_AMQP_URL"
DATABASE_URL = "EODES_TEST_DATABASE_URL"

# Without autostart: Debian's maintainer scripts ask policy-rc.d before they start a service, and 101 forbids it.
# A policy that was there before comes back whatever happens.
INSTALL_SCRIPT = r"""
set -eu
policy=/usr/sbin/policy-rc.d
kept="$policy.kept-by-eodes-tests"
restore() {
    rm -f "$policy"
    if [ -e "$kept" ] || [ -L "$kept" ]; then mv "$kept" "$policy"; fi
}
if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$kept"; fi
trap restore EXIT
trap 'exit 130' INT TERM HUP
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --yes --quiet --no-install-recommends --no-upgrade "$@"; }
install "$@" || { apt-get update --quiet; install "$@"; }
"""


class ServerMissing(Exception):
    """A server is neither given nor installed, and may not be installed here."""


def rabbitmq_bin() -> Path | None:
    """The directory of RabbitMQ's own scripts; those in /usr/sbin switch to another user, so they do not serve."""
    root = Path("/usr/lib/rabbitmq")
    found = [root / "bin", *sorted(root.glob("lib/*/sbin"), reverse=True)]
    return next((folder for folder in found if (folder / "rabbitmq-server").exists()), None)


def postgresql_bin() -> Path | None:
    """The directory of the newest PostgreSQL server that is installed."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def missing() -> list[str]:
    """The Debian packages of servers that are neither given by a URL nor installed, and of tools that are missing."""
    packages = []
    if not os.environ.get(AMQP_URL) and rabbitmq_bin() is None:
        packages.append("rabbitmq-server")
    if not os.environ.get(DATABASE_URL) and postgresql_bin() is None:
        packages.append("postgresql")
    if shutil.which("xmlsec1") is None:  # verifies what we sign
        packages.append("xmlsec1")
    return packages


def installation_allowed() -> bool:
    """Whether this run may change the machine: CI=true or INSTALL=1."""
    return any(os.environ.get(name, "").lower() in ("1", "true", "yes") for name in ("CI", "INSTALL"))


def ensure_servers() -> None:
    """Install what is missing if that is allowed; raises ServerMissing with the exact command if not."""
    packages = missing()
    if not packages:
        return
    if not installation_allowed() or shutil.which("apt-get") is None:
        raise ServerMissing(_advice(packages))
    command = ["sh", "-c", INSTALL_SCRIPT, "install", *packages]
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    print(f"Installing {' '.join(packages)} with apt, without starting them ...", flush=True)
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode != 0:
        raise ServerMissing(f"apt could not install {' '.join(packages)}.\n{_advice(packages)}")


def _advice(packages: list[str]) -> str:
    urls = {"rabbitmq-server": AMQP_URL, "postgresql": DATABASE_URL}
    given = " and ".join(urls[package] for package in packages if package in urls)
    return (
        f"The tests need {' and '.join(packages)}, and found none. Run\n\n"
        f"    INSTALL=1 make test\n\n"
        f"which installs them with apt and does not start them (root or sudo), or install them yourself:\n\n"
        f"    sudo apt-get install --yes --no-install-recommends {' '.join(packages)}\n"
        + (f"\nor name servers that already run in {given}." if given else "")
    )


if __name__ == "__main__":
    try:
        ensure_servers()
    except ServerMissing as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
