"""`eodes send`, `relay` and `queues`, read aloud."""

import json
import os
import signal
import sys
import time
import tomllib
from pathlib import Path

import pytest
from processes import free_ports
from shell import BAD, FIXTURES, RECORD, ROOT, SECRETS, eodes, process, relaying, said, waiting

from adapter.ledger import Ledger
from adapter.relay.crew import HOPELESS
from adapter.relay.relay import Relay
from adapter.settings import settings

PATIENCE = 60


def test_a_record_that_is_sent_waits_in_its_systems_queue():
    result = eodes("send", RECORD, "--from", "kcci")
    assert result.exit_code == 0
    assert result.stdout.endswith("-> from.kcci\n")
    assert waiting()["from.kcci"] == 1


def test_several_records_are_sent_at_once():
    assert eodes("send", RECORD, BAD, "--from", "kcci").exit_code == 0
    assert waiting()["from.kcci"] == 2


def test_the_same_file_is_the_same_message_however_often_it_is_sent():
    first, again = (eodes("send", RECORD, "--from", "kcci").stdout for _ in range(2))
    assert first == again
    assert eodes("send", RECORD, "--from", "kcci", "--to", "CN").stdout != first


def test_standard_input_can_be_sent():
    assert eodes("send", "-", "--from", "kcci", input=Path(RECORD).read_bytes()).exit_code == 0
    assert waiting()["from.kcci"] == 1


def test_a_file_that_no_relay_would_take_is_not_sent(tmp_path):
    (tmp_path / "large.xml").write_bytes(b"x" * 10_000_001)
    result = eodes("send", tmp_path / "large.xml", "--from", "kcci")
    assert result.exit_code == 1
    assert "DOC-SIZE" in result.stderr
    assert waiting()["from.kcci"] in (0, None)


@pytest.mark.parametrize("words", [("--from", "nobody"), ("--from", "kcci", "--to", "nobody")])
def test_unknown_systems_are_answered_with_those_there_are(words):
    result = eodes("send", RECORD, *words)
    assert result.exit_code == 2
    assert "unipass" in result.stderr


@pytest.mark.parametrize("command", ["queues", "relay"])
def test_a_broker_of_no_known_kind_ends_with_2_and_its_password_is_not_told(command):
    result = eodes(command, "--broker", "http://guest:hush@host")
    assert result.exit_code == 2
    assert "amqp://" in result.stderr
    assert "hush" not in result.stderr


@pytest.mark.parametrize("command", ["queues", "relay"])
def test_a_database_of_no_known_kind_ends_with_2_and_its_password_is_not_told(command):
    result = eodes(command, "--database", "nonsense://guest:hush@host/x")
    assert result.exit_code == 2
    assert "hush" not in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("word", ["sqlite:////FOLDER/ledger.db", "postgresql://USER:PASSWORD@HOST/NAME"])
def test_an_error_shows_what_a_databases_url_looks_like(word):
    assert word in eodes("queues", "--database", "nonsense://guest:hush@host/x").stderr


def test_an_error_shows_what_a_brokers_url_looks_like():
    told = eodes("queues", "--broker", "http://guest:hush@host").stderr
    assert "amqp://USER:PASSWORD@HOST:5672/VHOST" in told


@pytest.mark.parametrize("path", ["eodes/other", "/", "eodes/"])
def test_a_broker_url_of_more_than_one_vhost_is_refused(path):
    result = eodes("queues", "--broker", f"amqp://guest:hush@127.0.0.1:1/{path}")
    assert result.exit_code == 2
    assert "%2F" in result.stderr and "hush" not in result.stderr


def test_postgresql_without_its_driver_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = eodes("queues", "--database", "postgresql+psycopg://guest:hush@host/x")
    assert result.exit_code == 2
    command = f"{sys.executable} -m pip install -c constraints.txt -e '.[postgresql]'"
    assert command in result.stderr and "hush" not in result.stderr


def test_what_an_extra_is_installed_with_is_in_the_projects_folder():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {"postgresql", "opentelemetry"} <= set(extras)
    assert (ROOT / "constraints.txt").is_file()


def test_queues_are_shown_as_tables_too():
    eodes("send", RECORD, "--from", "kcci")
    result = eodes("queues")
    assert result.exit_code == 0
    for word in ("from.kcci", "to.cn", "Outbox", "Dead"):
        assert word in result.stdout


def test_queues_in_json_have_their_documented_parts():
    assert set(said("queues")) == {"queues", "outbox", "held", "dead", "missing"}


def test_without_a_broker_the_ledger_is_shown_all_the_same():
    settings().furnish()
    Ledger.open(settings().ledger_url).close()
    words = ("queues", "--broker", f"amqp://guest:hush@127.0.0.1:{free_ports(1)[0]}/")
    result = eodes(*words, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["outbox"], {each["waiting"] for each in told["queues"]}) == (2, [], {None})
    (missing,) = told["missing"]
    assert "RabbitMQ at 127.0.0.1" in missing and "hush" not in missing
    assert "error: RabbitMQ at" in result.stderr


def test_without_a_ledger_the_queues_are_shown_all_the_same():
    eodes("send", RECORD, "--from", "kcci")
    result = eodes("queues", "--database", "postgresql://guest:hush@127.0.0.1:1/x")
    assert result.exit_code == 2
    assert "from.kcci" in result.stdout and "error: ledger at" in result.stderr
    assert "hush" not in result.stdout + result.stderr


def test_what_is_held_is_shown_with_what_it_waits_for():
    eodes("send", FIXTURES / "kcci/cancellation/ik-cepa-replaced.json", "--from", "kcci")
    running = process("relay")
    until(lambda: said("queues")["held"])
    running.terminate()
    running.communicate(timeout=PATIENCE)
    (held,) = said("queues")["held"]
    assert (held["source"], held["message"]) == ("kcci", "cancellation")
    assert held["key"] in eodes("queues").stdout


@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGTERM, 0, "stopped"), (signal.SIGINT, 130, "interrupted")]
)
def test_the_relay_moves_what_waits_and_ends_after_a_round_when_told_to(number, code, words):
    bad = eodes("send", RECORD, BAD, "--from", "kcci")
    running = process("relay")
    end = time.monotonic() + PATIENCE
    while not arrived() and running.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    running.send_signal(number)
    _, told = running.communicate(timeout=PATIENCE)
    assert running.returncode == code, told
    assert words in told.decode().splitlines()[-1]
    assert arrived()
    dead = said("queues")["dead"]
    assert [(each["source"], each["stage"], each["code"]) for each in dead] == [("kcci", "rules", "HS-01")]
    assert dead[0]["message_id"] in bad.stdout and dead[0]["message_id"] in eodes("queues").stdout
    assert [secret for secret in SECRETS if secret in told.decode()] == []


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def workers_of(running):
    """The processes that a crew's process started."""
    return [int(pid) for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]


def is_gone(pid):
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_several_workers_move_what_waits_and_end_together():
    eodes("send", RECORD, BAD, "--from", "kcci")
    running = process("relay", "--workers", "2")
    until(arrived)
    workers = workers_of(running)
    running.terminate()
    running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert len(workers) == 2
    assert all(map(is_gone, workers))


def test_a_relay_that_fails_at_work_tells_it_by_another_code_than_wrong_settings(monkeypatch):
    def fail(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Relay, "step", fail)
    result = eodes("relay")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "error: Too many open files")
    assert eodes("relay", "--broker", "nonsense").exit_code == HOPELESS


@pytest.mark.parametrize(
    ("number", "code", "told"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 0, "stopped")],
    ids=["Ctrl-C", "as systemd does it"],
)  # fmt: skip
def test_what_ends_a_crew_reaches_its_workers_too_and_every_round_ends_whole(tmp_path, number, code, told):
    log = tmp_path / "log"
    with relaying(log, "--workers", "2") as running:
        until(lambda: log.read_bytes().count(b'"relaying"') == 2)
        os.killpg(running.pid, number)
        assert running.wait(PATIENCE) == code
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events[-1] == told
    assert not [event for event in events[:-1] if "stopped" in event or "ended" in event or "killed" in event]


def test_workers_do_not_outlive_a_crew_that_is_killed():
    eodes("send", RECORD, BAD, "--from", "kcci")
    running = process("relay", "--workers", "2")
    until(arrived)
    workers = workers_of(running)
    running.kill()
    running.wait()
    until(lambda: all(map(is_gone, workers)))


def test_intake_and_dispatch_can_be_processes_of_their_own():
    eodes("send", RECORD, BAD, "--from", "kcci")
    both = [process("relay", "--role", role) for role in ("intake", "dispatch")]
    until(arrived)
    for each in both:
        each.terminate()
        each.communicate(timeout=PATIENCE)
    assert [each.returncode for each in both] == [0, 0]


def arrived():
    """The certificate at the partner, its acknowledgement and the other's refusal at home."""
    depths = waiting()
    return (depths["to.cn"], depths["to.kcci"]) == (1, 2)


def test_a_relay_whose_broker_is_away_waits_and_can_be_ended():
    running = process("relay", "--broker", "amqp://guest:hush@127.0.0.1:1/")
    line = running.stderr.readline()
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert b"waiting" in line
    assert b"hush" not in line + told
