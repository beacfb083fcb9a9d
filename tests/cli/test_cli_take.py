"""`eodes take`, read aloud."""

import json
import subprocess

import pytest
from shell import RECORD, eodes, process, relaying, wait_until, waiting

from adapter.relay.broker import Parcel
from adapter.relay.embedded import Embedded


@pytest.fixture
def relayed(tmp_path):
    """A record that went to its partner, and the acknowledgement at home."""
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "log") as running:
        wait_until(lambda: waiting()["to.cn"] == 1, running)


def put(tmp_path, *parcels):
    (tmp_path / "data").mkdir(exist_ok=True)
    broker = Embedded(tmp_path / "data" / "queues.db")
    broker.declare(["to.cn"])
    broker.send(parcels)
    broker.close()


def test_what_waits_for_a_partner_is_written_to_files_and_gone_from_the_queue(relayed, tmp_path):
    result = eodes("take", "CN", "--out", tmp_path / "out")
    assert result.exit_code == 0
    (written,) = (tmp_path / "out").iterdir()
    assert written.suffix == ".xml" and written.read_bytes().startswith(b"<?xml")
    assert "certificate  K001-" in result.stderr and f"-> {written}" in result.stderr
    assert result.stderr.endswith("1 messages taken; 0 wait in to.cn\n")
    assert waiting()["to.cn"] == 0


def test_without_a_folder_the_bodies_go_to_standard_output(relayed):
    result = eodes("take", "kcci")
    assert result.exit_code == 0
    assert json.loads(result.stdout)
    assert waiting()["to.kcci"] == 0


def test_what_is_kept_can_be_taken_again(relayed):
    first, again = (eodes("take", "CN", "--keep") for _ in range(2))
    assert first.stdout == again.stdout != ""
    assert "1 messages shown, and left; 1 wait in to.cn" in first.stderr
    assert waiting()["to.cn"] == 1


def test_each_message_is_a_line_of_json(tmp_path):
    sent = Parcel("to.cn", "m-1", "원산지\n".encode(), "application/xml", "certificate", None, {"number": "K-1"})
    put(tmp_path, sent, Parcel("to.cn", "m-2", b"\xff"))
    first, second = map(json.loads, eodes("take", "CN", "--json").stdout.splitlines())
    assert (first["message_id"], first["type"], first["number"], first["body"]) == (
        "m-1", "certificate", "K-1", "원산지\n",
    )  # fmt: skip
    assert (second["body"], second["size"], second["written"]) == (None, 1, None)


def test_a_queue_of_which_nothing_was_heard_yet_is_empty():
    result = eodes("take", "ID")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 messages taken" in result.stderr


def test_a_message_that_could_not_be_written_stays_in_the_queue(tmp_path):
    put(tmp_path, *(Parcel("to.cn", f"m-{place}", b"body") for place in range(3)))
    out = tmp_path / "out"
    (out / "m-1.bin").mkdir(parents=True)
    result = eodes("take", "CN", "--out", out)
    assert result.exit_code == 2 and "m-1" in result.stderr
    assert waiting()["to.cn"] == 2


def test_what_nobody_reads_stays_in_the_queue(tmp_path):
    put(tmp_path, *(Parcel("to.cn", f"m-{place}", b"x" * 1_000_000) for place in range(3)))
    running = process("take", "CN", stderr=subprocess.DEVNULL)
    running.stdout.close()
    assert running.wait(60) == 2
    assert waiting()["to.cn"] == 3


def test_a_name_that_is_none_leads_nowhere_else(tmp_path):
    put(tmp_path, Parcel("to.cn", "../../evil", b"a"), Parcel("to.cn", ".hidden", b"b"), Parcel("to.cn", "", b"c"))
    assert eodes("take", "CN", "--out", tmp_path / "out").exit_code == 0
    assert sorted(place.read_bytes() for place in (tmp_path / "out").iterdir()) == [b"a", b"b", b"c"]


def test_the_same_again_is_one_file_and_another_under_its_id_is_another(tmp_path):
    put(tmp_path, *(Parcel("to.cn", "m-1", body) for body in (b"one", b"one", b"two")))
    assert eodes("take", "CN", "--out", tmp_path / "out").exit_code == 0
    assert sorted(place.read_bytes() for place in (tmp_path / "out").iterdir()) == [b"one", b"two"]


def test_more_than_one_window_is_taken_in_order(tmp_path):
    put(tmp_path, *(Parcel("to.cn", f"m-{place:03}", b"%03d" % place) for place in range(300)))
    assert eodes("take", "CN").stdout.split() == [f"{place:03}" for place in range(300)]
    assert waiting()["to.cn"] == 0


def test_an_unknown_system_is_answered_with_those_there_are():
    result = eodes("take", "nobody")
    assert result.exit_code == 2 and "unipass" in result.stderr
