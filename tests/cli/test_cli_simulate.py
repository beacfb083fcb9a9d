"""`eodes simulate`: a played partner at the other end of the queues."""

import json
import signal
import subprocess

from processes import end
from shell import RECORD, eodes, process, relaying, wait_until, waiting


def test_a_played_partner_takes_what_is_for_it_and_answers(tmp_path):
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "relay") as relay, (tmp_path / "played").open("wb") as log:
        played = process("simulate", "CN", "--decide-after", "3600", stdin=subprocess.DEVNULL, stderr=log)
        try:
            wait_until(lambda: waiting()["to.kcci"] == 2, relay)
        finally:
            end(played, signal.SIGTERM)
    answers = eodes("take", "kcci", "--json").stdout.splitlines()
    assert [json.loads(line)["type"] for line in answers] == ["acknowledgement", "response"]
    said = [json.loads(line)["event"] for line in (tmp_path / "played").read_text().splitlines()]
    assert said == ["simulating", "received", "stopped"]


def test_nobody_plays_a_system_that_there_is_not():
    result = eodes("simulate", "nobody")
    assert result.exit_code == 2
    assert "unipass" in result.stderr
