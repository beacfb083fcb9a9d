"""A relay that is told to end, and is kept by something: it ends all the same, and says by what."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from deadly import HANGS
from post_office import catalogue
from processes import end, spawn, wait_until

from adapter.relay.broker import Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox, queue_names

DEADLY = Path(__file__).parent / "deadly.py"


def test_a_round_that_does_not_end_is_ended_after_its_limit_and_the_log_says_where_it_stood(tmp_path: Path) -> None:
    with contextlib.closing(Embedded(tmp_path / "queues.db")) as broker:
        broker.declare(queue_names(catalogue()))
        broker.send([Parcel(inbox("kcci"), "m-1", HANGS)])
        told = {"EODES_DATA": str(tmp_path)}
        relay = spawn([sys.executable, str(DEADLY), "relay", "--drain", "0.5"], tmp_path, os.environ | told)
        try:
            wait_until(lambda: broker.depths([inbox("kcci")]) == {inbox("kcci"): 0}, relay, tmp_path)
            relay.send_signal(signal.SIGTERM)
            assert relay.wait(60) == 1
        finally:
            end(relay, signal.SIGKILL)
    (line,) = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if "ended before" in line]
    assert any("_recognise_or_die" in place for stack in line["stood"] for place in stack)


def test_a_relay_whose_log_nobody_reads_ends_all_the_same(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"." * 4096)
    os.set_blocking(writing, True)
    told = {"EODES_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "adapter", "relay", "--drain", "0.5"]
    relay = subprocess.Popen(command, env=os.environ | told, stderr=writing, start_new_session=True)
    try:
        with contextlib.closing(Embedded(tmp_path / "queues.db")) as broker:
            wait_until(lambda: inbox("kcci") in broker.depths([inbox("kcci")]), relay, tmp_path)
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(60) == 1
    finally:
        end(relay, signal.SIGKILL)
        os.close(reading)
        os.close(writing)
