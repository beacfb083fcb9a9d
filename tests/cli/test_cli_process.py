"""What a shell sees of a command: signals, pipes, and what is imported."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shell import RECORD, ROOT, TODAY, process

NOT_FOR_MAP = {
    *("rich", "structlog", "sqlalchemy", "pika", "holidays", "xmlschema", "jsonschema", "pydantic_settings"),
    *("importlib.metadata", "_strptime", "tempfile"),  # what costs time in the standard library
}
XML_RECORD = ROOT / "fixtures/unipass/certificate/kr-cn-1-item.xml"
MAP = ("map", XML_RECORD, "--from", "unipass", "--to", "CN", *TODAY)
LATE = ("map", Path(RECORD).with_name("kr-cn-1-item-retroactive.json"), "--from", "kcci", "--to", "CN", *TODAY)
"""Its day of issue needs the working days."""
PATIENCE = 60


def test_the_command_maps_and_ends_with_0():
    running = process(*MAP)
    out, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert out.startswith(b"<?xml")


def test_a_reader_that_goes_away_is_no_error():
    running = process("show", "ID", "certificate", "--json")
    running.stdout.read(1)
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait(PATIENCE) == 0


def test_a_verdict_is_told_though_nobody_reads_the_document():
    reading, writing = os.pipe()
    os.close(reading)
    running = process(*MAP, stdout=writing)
    os.close(writing)
    said = running.stderr.read()
    assert running.wait(PATIENCE) == 0
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said


def test_ctrl_c_is_one_line_and_130_and_leaves_nothing_half_done(tmp_path):
    running = process("map", "-", "--from", "kcci", "--to", "CN", "--out", tmp_path / "out")
    wait_until_it_reads(running)
    running.send_signal(signal.SIGINT)
    out, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert said.decode().splitlines() == ["interrupted"]
    assert out == b""
    assert list((tmp_path / "out").glob("*")) == []


def wait_until_it_reads(running):
    """Until the process sleeps in a read of its standard input, as Linux tells it."""
    place = Path(f"/proc/{running.pid}/wchan")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and running.poll() is None:
        if "pipe" in place.read_text(encoding="ascii"):
            return
        time.sleep(0.01)
    pytest.skip("this machine does not tell what a process waits for")


@pytest.mark.parametrize("words", [MAP, LATE])
def test_mapping_imports_nothing_that_it_does_not_need(words):
    command = [sys.executable, "-X", "importtime", "-m", "adapter", *map(str, words)]
    for _ in range(2):  # the first run fills the cache
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
        assert ran.returncode == 0, ran.stderr
    told = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip() for line in told}
    assert "adapter.cli.map" in imported
    assert imported & NOT_FOR_MAP == set()


def test_a_cache_that_cannot_be_written_is_done_without(monkeypatch):
    monkeypatch.setenv("EODES_CACHE", "/dev/null/cache")
    running = process("map", RECORD, "--from", "kcci", "--to", "CN", *TODAY)
    out, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert out.startswith(b"<?xml")


def test_it_needs_no_locale(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    running = process("validate", ROOT / "fixtures/kcci/bad/exporter-in-hangul.json", "--partner", "kcci", "--json")
    out, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert out.decode("utf-8").startswith("{")
    assert b"Traceback" not in said
