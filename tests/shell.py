"""Commands as tests run them: in this process where only what they say matters, else in one of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from processes import end
from typer.testing import CliRunner

from adapter.cli.app import app

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
RECORD = str(FIXTURES / "kcci/certificate/kr-cn-1-item.json")
THREE_ITEMS = str(FIXTURES / "kcci/certificate/kr-cn-3-items.json")
PARTNERS_OWN = str(FIXTURES / "cn/certificate/kr-cn-import-1-item.xml")
WARNED = str(FIXTURES / "cn/certificate/kr-cn-1-item.xml")
BAD = str(FIXTURES / "kcci/bad/chapter-77.json")
BAD_XML = str(FIXTURES / "cn/bad/postcode-too-long.xml")
TODAY = ("--on", "2026-01-15")
"""A day that every example was issued before."""
SECRETS = ("SECRET", "98765.43")
"""What confidential parts of the examples are marked with."""


def eodes(*words, **options):
    """One command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="eodes", **options)


def said(*words, **options):
    """What a command says as JSON."""
    return json.loads(eodes(*words, "--json", **options).stdout)


def process(*words, **options):
    """One command in a process of its own, started and not waited for."""
    streams = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    command = [sys.executable, "-m", "adapter", *(str(word) for word in words)]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), **(streams | options))


def codes(result_file):
    """The codes of the findings of a file."""
    return [finding["code"] for finding in result_file["findings"]]


@contextmanager
def relaying(place, *words):
    """`eodes relay` in a process of its own while the block runs; then it is told to end. It writes to this place."""
    with place.open("wb") as log:
        running = process("relay", *words, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True)
    try:
        yield running
    finally:
        end(running, signal.SIGTERM)
        running.stdout.close()


def wait_until(holds, running, seconds=120):
    """Ask again until it holds; fails when the process ends before that, or when it never comes."""
    over = time.monotonic() + seconds
    while not holds():
        assert running.poll() is None, f"it ended with {running.returncode}"
        assert time.monotonic() < over, "it never came"
        time.sleep(0.1)


def waiting(*words):
    """How many messages wait in each queue."""
    return {each["queue"]: each["waiting"] for each in said("queues", *words)["queues"]}
