"""An operator's day, as the page tells it, played from start to end in one shell."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from processes import free_ports, unset

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
DAY = PAGE.partition("\n## A day\n")[2].partition("\n## ")[0]
PATIENCE = 400
"""Seconds, on a machine that has much else to do."""


def test_a_day_goes_as_the_page_says(tmp_path):
    for name in ("fixtures", "mappings"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = "\n".join(re.findall(r"```sh\n(.*?)```", DAY, re.DOTALL)).replace("9464", str(free_ports(1)[0]))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    played = subprocess.Popen(
        ["bash", "-euxo", "pipefail", "-c", script], cwd=tmp_path, start_new_session=True, text=True,
        env=unset() | {"PATH": path},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        told, _ = played.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        end_all_of(played.pid)
        told, _ = played.communicate()
    finally:
        end_all_of(played.pid)
    log = (tmp_path / "day/relay.log").read_text("utf-8")
    assert played.returncode == 0, f"{told[-4000:]}\n{log[-2000:]}"
    assert '"event": "not listed"' not in log


def end_all_of(pid: int) -> None:
    """Nothing that the shell started outlives it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def test_every_page_that_the_page_names_exists():
    for name in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / name).is_file(), name
