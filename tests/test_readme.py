"""The README's commands and code, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from processes import KEPT

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
LINES = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines() if line.strip()]
COMMANDS = [line for line in LINES if line.startswith(("eodes ", "timeout "))]
TIMED_OUT = 124
TARGETS = re.findall(r"^make (\w+)", "\n".join(LINES), re.MULTILINE)
PYTHON = next(block for language, block in BLOCKS if language == "python")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """One for all commands, which follow one another: some look at what those before them did."""
    tmp_path = tmp_path_factory.mktemp("home")
    scripts = Path(sys.executable).parent
    as_for_a_newcomer = {name: value for name, value in os.environ.items() if name != KEPT}
    return {
        **as_for_a_newcomer,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
    }


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_ends_as_it_says(line, environment):
    command, _, remark = line.partition("#")
    wanted = int(found[1]) if (found := re.search(r"exit (\d)", remark)) else 0
    wanted = TIMED_OUT if command.startswith("timeout ") else wanted
    ended = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == wanted, ended.stderr


def test_the_readme_shows_the_two_commands_first():
    assert TARGETS == ["demo", "test"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_of_the_readme_exists(target):
    ended = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_the_lines_that_embed_the_adapter_run(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    space = {}
    exec(compile(PYTHON, "README.md", "exec"), space)
    assert capsys.readouterr().out.splitlines()[0] == "valid"
    assert space["back"].certificate.number == space["reading"].certificate.number


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", PAGE))))
def test_a_page_that_the_readme_links_to_exists(path):
    assert (ROOT / path).is_file()
