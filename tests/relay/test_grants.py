"""What lets a partner in, as commands: whatever vhost and user are called, and when the broker goes away among them."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from adapter.relay.grants import PASSWORD, Grant, commands
from adapter.relay.topology import Permission

STUB = """#!/bin/sh
[ "$(cat "$LOG" 2> /dev/null | wc -l)" -lt "$UP_FOR" ] || { echo 'Error: no node' >&2; exit 69; }
case $1 in add_user | change_password) given=$(cat) ;; *) given= ;; esac
python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@" "$given" >> "$LOG"
[ "$2" != list_users ] || printf '%s' "$USERS"
"""


class Host:
    """A machine beside a broker, on which the commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        stub = folder / "bin" / "rabbitmqctl"
        stub.parent.mkdir()
        stub.write_text(STUB)
        stub.chmod(0o755)

    def run(self, name: str, password: str = "", is_there: bool = False, up_for: int = 99) -> tuple[int, str]:
        """How a shell ended, and what was said on standard error."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        given = {
            "LOG": str(log),
            "UP_FOR": str(up_for),
            "USERS": f"other\t[]\n{name}\t[]\n" if is_there else "other\t[]",
        }
        given |= {PASSWORD: password} if password else {}
        env = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", **given}
        made = Grant(name, name, (Permission(name, "^$", "^from$", "^to$"), Permission(f"relay of {name}", "", "", "")))
        text = "".join(f"{line}\n" for line in commands(made))
        ended = subprocess.run(["sh", "-eu"], input=text, text=True, env=env, cwd=self.folder, capture_output=True)
        return ended.returncode, ended.stderr

    @property
    def done(self) -> list[list[str]]:
        """What rabbitmqctl was told, each time with what came on its standard input."""
        log = self.folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


NAMES = ["it's-id", 'a"b-id', "a$b-id", "a$(touch HACKED)-id", "a`touch HACKED`-id", "a}b-id", "a\\b-id", "a b*-id"]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_user_is_called_it_is_this_user_who_is_made(host: Host, name: str) -> None:
    password = "p'a\"s$s`w\\ord"
    assert host.run(name, password) == (0, "")
    assert [each for each in host.done if each[0] == "add_user"] == [["add_user", name, password]]
    assert [each[2:4] for each in host.done if each[0] == "set_permissions"] == [
        [name, name],
        [name, f"relay of {name}"],
    ]
    assert sorted(each.name for each in host.folder.iterdir()) == ["bin", "log"]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_user_is_called_it_is_told_of_that_user_what_is_done_without_a_password(
    host: Host, name: str
) -> None:
    code, told = host.run(name)
    assert code != 0 and told.startswith(f"{name} is a new user and needs a password\n")
    assert [each[0] for each in host.done] == ["-s"]
    assert host.run(name, is_there=True) == (0, f"no {PASSWORD}: user {name} keeps its password\n")
    assert sorted(each.name for each in host.folder.iterdir()) == ["bin", "log"]


def test_where_the_broker_is_down_nothing_is_said_of_users(host: Host) -> None:
    assert host.run("eodes-id", is_there=True, up_for=0) == (69, "Error: no node\n")


@pytest.mark.parametrize("up_for", range(1, 6))
def test_where_the_broker_goes_away_the_commands_end_and_say_so(host: Host, up_for: int) -> None:
    code, told = host.run("eodes-id", "hush", up_for=up_for)
    assert (code, told.splitlines()[-1], len(host.done)) == (69, "Error: no node", up_for)
