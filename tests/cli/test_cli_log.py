"""What `eodes relay` writes to standard error, looked at line by line: no private value, no password, ever."""

import contextlib
import json
import secrets
import time
from itertools import islice
from urllib.parse import urlsplit

import pytest
import shelf
from secrets_of import MARKS, broken, multiplied
from shell import eodes, relaying, wait_until

from adapter.relay.broker import Parcel
from adapter.relay.rabbitmq import RabbitMQ

UNIPASS = [fixture for fixture in shelf.documents() if fixture.system.code == "unipass"]
RECORDS = [fixture for fixture in UNIPASS if fixture.path.stem in ("kr-cn-1-item", "ik-cepa-1-item")]
BAD = [fixture for fixture in shelf.bad_documents() if fixture.system.code == "unipass"]
PASSWORDS = ("hush", "hu/sh", "hu sh", "hu@sh", "hu?sh")


def lines(place):
    """Every record of a log but the last, which says that it ended; each is JSON on a line."""
    *told, last = map(json.loads, place.read_text(encoding="utf-8").splitlines())
    assert last["event"] == "stopped"
    return told


def lived_through(place):
    """How many deliveries the log tells to have been taken in."""
    whole = place.read_bytes().rpartition(b"\n")[0].splitlines()
    return sum(json.loads(line).get("taken", 0) for line in whole if line.startswith(b"{"))


def marked_bodies():
    """All that UNI-PASS may put in: good records, bad ones, and those whose confidential parts are broken."""
    for fixture in [*UNIPASS, *BAD]:
        yield fixture.body
    for fixture in RECORDS:
        for variants in (broken(fixture), multiplied(fixture)):
            yield from (body for _, body in islice(variants, 0, None, 15))


def test_no_line_of_the_log_holds_a_private_value_or_a_password(amqp_url, database_url, tmp_path):
    bodies = list(marked_bodies())
    assert all(MARKS.search(fixture.body.decode()) for fixture in RECORDS)
    log, words = tmp_path / "log", ("--broker", amqp_url, "--database", database_url)
    with contextlib.closing(RabbitMQ(amqp_url, patience=60)) as broker, relaying(log, *words) as running:
        wait_until(lambda: broker.depths(["from.unipass"]), running)
        broker.send([Parcel("from.unipass", f"m-{place}", body) for place, body in enumerate(bodies)])
        wait_until(lambda: lived_through(log) == len(bodies), running)
    told = log.read_text(encoding="utf-8")
    assert running.returncode == 0
    assert not MARKS.search(told)
    assert [url for url in (amqp_url, database_url) if urlsplit(url).password in told] == []
    events = [line["event"] for line in lines(log)]
    assert events[0] == "relaying"
    assert events.count("dead") > len(BAD)


def test_the_first_line_says_which_servers_without_their_passwords(amqp_url, database_url, tmp_path):
    with relaying(tmp_path / "log", "--broker", amqp_url, "--database", database_url) as running:
        wait_until(lambda: b"relaying" in (tmp_path / "log").read_bytes(), running)
    (line,) = (line for line in lines(tmp_path / "log") if line["event"] == "relaying")
    for told, url in ((line["broker"], amqp_url), (line["database"], database_url)):
        assert told == url.replace(urlsplit(url).netloc.rpartition("@")[0], "***")


@pytest.fixture(params=PASSWORDS)
def unusual(request, postgresql):
    """A database's URL as its owner writes it, and the owner's password, which holds what URLs seldom do."""
    role, password = f"owner_{secrets.token_hex(6)}", request.param
    postgresql.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    try:
        with postgresql.database() as url:
            address, name = urlsplit(url).netloc.rpartition("@")[2], urlsplit(url).path[1:]
            postgresql.execute(f"ALTER DATABASE {name} OWNER TO {role}")
            written = password.replace("@", "%40")  # all that SQLAlchemy wants to have escaped
            yield f"postgresql+psycopg://{role}:{written}@{address}/{name}", password
    finally:
        postgresql.execute(f"DROP ROLE {role}")


def test_a_password_of_unusual_letters_is_in_no_line(unusual, tmp_path):
    url, password = unusual
    with relaying(tmp_path / "log", "--database", url) as running:
        wait_until(lambda: b"relaying" in (tmp_path / "log").read_bytes(), running)
    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert password not in told
    assert "hu" not in told
    assert lines(tmp_path / "log")[0]["database"] == f"postgresql+psycopg://***@{url.rpartition('@')[2]}"


@pytest.mark.parametrize(
    "url",
    [
        *(f"postgresql://user:{password.replace('@', '%40')}@127.0.0.1:1/x" for password in PASSWORDS),
        "postgresql://127.0.0.1:1/x?user=me&password=hush",
    ],
)
def test_while_the_database_is_away_its_password_is_in_no_line(url, tmp_path):
    with relaying(tmp_path / "log", "--database", url) as running:
        wait_until(lambda: b"waiting" in (tmp_path / "log").read_bytes(), running)
    assert running.returncode == 0
    assert {line["event"] for line in lines(tmp_path / "log")} == {"waiting"}
    assert "hu" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_several_workers_write_whole_lines_and_say_once_that_all_ended(tmp_path):
    log = tmp_path / "log"
    with relaying(log, "--workers", "3") as running:
        wait_until(lambda: log.read_bytes().count(b"relaying") == 3, running)
    assert running.returncode == 0
    assert [line["event"] for line in lines(log)].count("relaying") == 3


def test_the_same_trouble_at_the_start_is_told_once(tmp_path):
    log = tmp_path / "log"
    with relaying(log, "--database", "postgresql://user:hush@127.0.0.1:1/x") as running:
        wait_until(lambda: b"waiting" in log.read_bytes(), running)
        time.sleep(2.5)
    (line,) = lines(log)
    assert "\n" not in line["trouble"] and "\t" not in line["trouble"]


def test_a_database_that_lets_nobody_in_is_no_trouble_that_passes_by_itself(database_url, tmp_path):
    url = database_url.replace(urlsplit(database_url).path, "/not-there")
    with relaying(tmp_path / "log", "--database", url) as running:
        wait_until(lambda: b"waiting" in (tmp_path / "log").read_bytes(), running)
    (line,) = lines(tmp_path / "log")
    assert "once that is right" in line["advice"]
    refused = eodes("queues", "--database", url)
    assert refused.exit_code == 2 and "trying again" not in refused.stderr


def test_a_password_that_the_broker_refuses_is_in_no_line(amqp_url, tmp_path):
    url = amqp_url.replace(urlsplit(amqp_url).password, "hush-hush")
    with relaying(tmp_path / "log", "--broker", url) as running:
        wait_until(lambda: b"waiting" in (tmp_path / "log").read_bytes(), running)
    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert "ACCESS_REFUSED" in told
    assert "hush" not in told
