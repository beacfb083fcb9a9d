"""The servers that tests run on are real, private to their test, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import install_servers
import pika
import pytest
import rabbit
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, inspect, select


def open_channel(url):
    return pika.BlockingConnection(pika.URLParameters(url)).channel()


def test_a_message_goes_through_the_broker(amqp_url):
    channel = open_channel(amqp_url)
    channel.queue_declare("letters", durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    channel.basic_publish("", "letters", b"certificate", mandatory=True)
    _, _, body = channel.basic_get("letters", auto_ack=True)
    assert body == b"certificate"
    channel.connection.close()


def test_a_fresh_vhost_sees_no_other(rabbitmq):
    with rabbitmq.vhost() as first, rabbitmq.vhost() as second:
        channel = open_channel(first)
        channel.queue_declare("letters")
        other = open_channel(second)
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="404|NOT_FOUND"):
            other.queue_declare("letters", passive=True)
        trespass = first.rsplit("/", 1)[0] + "/" + second.rsplit("/", 1)[1]
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            open_channel(trespass)
        channel.connection.close()
        other.connection.close()


def test_a_confirmed_message_outlives_a_killed_broker(private_rabbitmq):
    with private_rabbitmq.vhost() as url:
        channel = open_channel(url)
        channel.queue_declare("letters", durable=True)
        time.sleep(4)  # killed sooner, RabbitMQ 3.10 may not have written down that there is such a queue
        channel.confirm_delivery()
        channel.basic_publish("", "letters", b"certificate", pika.BasicProperties(delivery_mode=2), mandatory=True)
        before = private_rabbitmq.pid
        private_rabbitmq.kill()
        private_rabbitmq.restart()
        assert private_rabbitmq.pid != before
        again = open_channel(url)
        assert again.basic_get("letters", auto_ack=True)[2] == b"certificate"
        assert url.rsplit("/", 1)[1] in private_rabbitmq.ctl("list_vhosts")
        again.connection.close()


def test_a_row_goes_through_the_database(database_url):
    engine = create_engine(database_url)
    letters = Table("letters", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))
    with engine.begin() as connection:
        letters.create(connection)
        connection.execute(insert(letters).values(id=1, text="원산지증명서"))
        assert connection.execute(select(letters.c.text)).scalar_one() == "원산지증명서"
    engine.dispose()


def test_a_fresh_database_is_empty(postgresql):
    with postgresql.database() as url:
        engine = create_engine(url)
        assert inspect(engine).get_table_names() == []
        engine.dispose()


SESSION = """
import sys, time
from servers import PrivatePostgreSQL, PrivateRabbitMQ, private
import conftest
conftest.end_whole()
with private(PrivateRabbitMQ) as broker, private(PrivatePostgreSQL) as database:
    print(broker.pid, broker.epmd.pid, database.server.pid, broker.dir, database.dir, flush=True)
    time.sleep(600)
"""


WAITING = """
import pathlib, signal, time
import pytest
from processes import end, spawn

@pytest.mark.parametrize("nth", [1, 2])
def test_waits(nth):
    here = pathlib.Path(__file__).parent
    started = spawn(["sleep", "600"], here)
    (here / f"{started.pid}.pid").touch()
    try:
        time.sleep(600)
    finally:
        time.sleep(7)
        end(started, signal.SIGTERM)
"""
"""Servers take a while to stop: longer than workers have that hear of the end when their leader is gone."""


def test_a_terminated_session_leaves_no_process_and_no_file():
    session = subprocess.Popen(
        [sys.executable, "-c", SESSION], cwd=Path(__file__).parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    *pids, broker_dir, database_dir = session.stdout.readline().decode().split()
    session.send_signal(signal.SIGTERM)
    session.communicate(timeout=60)
    assert [pid for pid in pids if runs(pid)] == []
    assert not os.path.exists(broker_dir)
    assert not os.path.exists(database_dir)


def test_a_terminated_session_of_several_workers_leaves_no_process(tmp_path):
    (tmp_path / "test_it.py").write_text(WAITING)
    (tmp_path / "conftest.py").symlink_to(Path(__file__).parent / "conftest.py")
    words = ["-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    there = os.environ | {"PYTHONPATH": f"{Path(__file__).parent}:{Path(__file__).parent.parent}"}
    session = subprocess.Popen([sys.executable, *words], cwd=tmp_path, env=there, stdout=subprocess.DEVNULL)
    while len(list(tmp_path.glob("*.pid"))) < 2:
        assert session.poll() is None
    session.send_signal(signal.SIGTERM)
    session.wait(timeout=60)
    assert [path.name for path in tmp_path.glob("*.pid") if runs(path.stem)] == []


def runs(pid):
    """Whether a process still runs; one that ended and waits for its parent to notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_missing_server_is_a_failure_that_names_the_command(monkeypatch):
    for name in ("CI", "INSTALL", install_servers.AMQP_URL, install_servers.DATABASE_URL):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(install_servers, "rabbitmq_bin", lambda: None)
    with pytest.raises(install_servers.ServerMissing, match="INSTALL=1 make test") as failure:
        install_servers.ensure_servers()
    assert "apt-get install --yes --no-install-recommends rabbitmq-server" in str(failure.value)


def test_a_given_broker_is_not_ours_to_kill():
    given = rabbit.RabbitMQ("amqp://guest:guest@127.0.0.1:5672/", "http://127.0.0.1:15672")
    with pytest.raises(RuntimeError, match="not ours"):
        given.kill()
