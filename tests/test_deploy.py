"""What puts the relay up elsewhere: linted here, since no container and no service manager runs where tests do."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from adapter.cli.app import app

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
PAGE = (ROOT / "docs/service.md").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
BIN = Path(sys.executable).parent


def _lint(*command: str | Path) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _understood(words: list[str]) -> None:
    """The command line reads these words as one of its commands with its options."""
    get_command(app).make_context("eodes", list(words), resilient_parsing=False)
    command = get_command(app).commands[words[0]]
    command.make_context(words[0], list(words[1:]))


def test_the_compose_file_is_one():
    _lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")


def test_the_dockerfile_follows_good_practice():
    _lint(BIN / "hadolint", ROOT / "Dockerfile")


@pytest.mark.parametrize("name", ["relay", "simulator"])
def test_a_container_of_ours_has_no_rights_and_writes_nowhere_but_to_its_volumes(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    assert users and not users[-1].startswith(("root", "0"))


@pytest.mark.parametrize("name", ["relay", "simulator"])
def test_a_container_of_ours_runs_a_command_that_there_is(name):
    _understood(COMPOSE["services"][name]["command"])


def test_no_password_stands_in_the_compose_file_and_only_loopback_is_opened():
    told = [each for service in COMPOSE["services"].values() for each in service.get("environment", {}).items()]
    assert all(value.startswith("${") for name, value in told if "PASS" in name)
    assert all("@" not in value or re.search(r":\$\{\w+:\?[^}]+\}@", value) for _, value in told)
    named = set(re.findall(r"\$\{(\w+):\?", json.dumps(COMPOSE)))
    assert named == set(re.findall(r"^(\w+)=$", (ROOT / "deploy/env.example").read_text("utf-8"), re.M))
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def service_of(unit):
    """What the unit says of its service, the last of what is said twice."""
    said = configparser.ConfigParser(strict=False, interpolation=None)
    said.optionxform = str
    said.read(unit, "utf-8")
    return said["Service"]


def test_the_page_shows_no_unit_of_its_own():
    assert UNITS
    assert not re.search(r"^\s*(\[Service\]|\w+=)", PAGE, re.M)
    assert set(re.findall(r"\]\(\.\./deploy/systemd/([\w.-]+)\)", PAGE)) == {unit.name for unit in UNITS}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_what_the_page_says_of_a_unit_is_so(unit):
    text, service = unit.read_text("utf-8"), service_of(unit)
    assert service["ExecStart"].startswith("/opt/eodes/bin/eodes ") and "/opt/eodes/bin/pip install" in PAGE
    assert service["StateDirectory"] == "eodes" and "`/var/lib/eodes`" in PAGE
    read = re.findall(r"^LoadCredential=(\S+):/etc/eodes/(\S+)$", text, re.M)
    assert read and all(name == file and name in PAGE and f"/etc/eodes/{name}" in text for name, file in read)
    assert "30 seconds" in PAGE and int(service["TimeoutStopSec"]) > 30 + 4


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_there_is_without_rights(unit):
    service = service_of(unit)
    program, *words = service["ExecStart"].split()
    assert program.endswith("/eodes")
    _understood(words)
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["RestartPreventExitStatus"] == "2"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_understood_by_systemd(unit, tmp_path):
    told = tmp_path / unit.name
    told.write_text(unit.read_text("utf-8").replace("/opt/eodes/bin/eodes", f'"{BIN / "eodes"}"'), "utf-8")
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: apt-get install systemd"
    _lint("systemd-analyze", "verify", told)
