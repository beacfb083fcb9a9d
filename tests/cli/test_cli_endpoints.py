"""`eodes relay --connections` and `eodes receive`, read aloud."""

import signal
import socket

import pytest
from authority import Authority, identity
from processes import free_ports
from shell import PARTNERS_OWN, RECORD, eodes, process, relaying, wait_until, waiting

from adapter.relay.endpoints.tls import context_of

PATIENCE = 60


@pytest.fixture
def connections(tmp_path):
    """Writes connections.toml."""

    def write(text):
        place = tmp_path / "connections.toml"
        place.write_text(text)
        return place

    return write


TLS = 'tls = {{ certificate = "ours.pem", key = "ours-key.pem", authority = "authority.pem"{} }}\n'
WRONG = {
    "nonsense": ("=", "connections.toml"),
    "a partner that there is not": ('[partners.XX.endpoint]\nkind = "queue"\n', "no partner XX; there are CN"),
    "no certificates": ('[partners.CN.endpoint]\nkind = "https"\nurl = "https://a/"\n', "needs tls"),
    "a certificate that there is not": (
        '[partners.CN.endpoint]\nkind = "https"\nurl = "https://a/"\n' + TLS.format(""),
        "authority.pem: No such file",
    ),
    "a broker without TLS": (
        '[partners.CN.endpoint]\nkind = "amqp"\nurl = "amqp://guest:hush@host/"\n', "begins with amqps://",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_the_file_cannot_mean_is_told_at_the_start_with_its_place(connections, said, told):
    result = eodes("relay", "--connections", connections(said))
    assert result.exit_code == 2
    assert told in result.stderr and "connections" in result.stderr
    assert "hush" not in result.stderr and "Traceback" not in result.stderr


def test_a_file_that_there_is_not_is_told_at_the_start(tmp_path):
    for command in ("relay", "receive"):
        result = eodes(command, "--connections", tmp_path / "nothing.toml")
        assert (result.exit_code, "nothing.toml: No such file" in result.stderr) == (2, True)


def test_where_all_partners_use_their_queues_there_is_nothing_to_receive(monkeypatch, connections):
    monkeypatch.setenv("EODES_CONNECTIONS", str(connections("")))
    result = eodes("receive")
    assert (result.exit_code, "than in its queue" in result.stderr) == (2, True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_relay_hands_over_as_the_file_says(tmp_path, connections, workers):
    (tmp_path / "out").mkdir()
    file = connections('[partners.CN.endpoint]\nkind = "folder"\nfolder = "out"\n')
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "log", "--connections", file, "--workers", workers) as running:
        wait_until(lambda: list((tmp_path / "out").glob("*.xml")), running)
        wait_until(lambda: waiting()["to.kcci"] == 1, running)
    assert running.returncode == 0
    assert waiting()["to.cn"] == 0


def test_what_partners_put_in_elsewhere_lies_in_their_inboxes_until_it_is_told_to_end(tmp_path, connections):
    authority = Authority(tmp_path)
    authority.give("ours")
    theirs = authority.give("theirs")
    (port,) = free_ports(1)
    (tmp_path / "in").mkdir()
    file = connections(
        f'[desk]\nlisten = "127.0.0.1:{port}"\n{TLS.format("")}'
        '[partners.CN.source]\nkind = "https"\npeer = ["theirs.pem"]\n'
        '[partners.ID.source]\nkind = "folder"\nfolder = "in"\n'
    )
    with open(PARTNERS_OWN, "rb") as opened:
        body = opened.read()
    (tmp_path / "in" / "m-2.xml").write_bytes(body)
    log = tmp_path / "log"
    with log.open("wb") as errors:
        running = process("receive", "--connections", file, stderr=errors)
    wait_until(lambda: b'"listening"' in log.read_bytes(), running)
    head = "POST /messages HTTP/1.1\r\nHost: us\r\nIdempotency-Key: m-1\r\nContent-Type: application/xml\r\n"
    context = context_of(identity(theirs, authority.file))
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert connection.recv(4096).startswith(b"HTTP/1.1 202 ")
    assert waiting()["from.cn"] == 1
    wait_until(lambda: (tmp_path / "in" / "done" / "m-2.xml").exists(), running)
    assert waiting()["from.id"] == 1
    running.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE) == 0
    running.stdout.close()
    running.stdin.close()
    assert b'"stopped"' in log.read_bytes().splitlines()[-1]


def test_a_desk_whose_port_is_taken_says_so_and_ends(tmp_path, connections):
    Authority(tmp_path).give("ours")
    Authority(tmp_path).give("theirs")
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        file = connections(
            f'[desk]\nlisten = "{place}"\n{TLS.format("")}[partners.CN.source]\nkind = "https"\npeer = ["theirs.pem"]\n'
        )
        result = eodes("receive", "--connections", file)
    assert result.exit_code == 1
    assert f"error: {place}: nobody can listen there: " in result.stderr
    assert "Address already in use" in result.stderr


def test_a_folder_that_is_not_there_yet_stops_no_other_partner(monkeypatch, connections, tmp_path):
    """As after a restart, when a mount comes later."""
    place = connections('[partners.CN.endpoint]\nkind = "folder"\nfolder = "mnt/cn"\n')
    monkeypatch.setenv("EODES_CONNECTIONS", str(place))
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "log") as relay:
        wait_until(lambda: waiting()["to.kcci"] == 1, relay)
        (tmp_path / "mnt/cn").mkdir(parents=True)
        wait_until(lambda: list((tmp_path / "mnt/cn").glob("*.xml")), relay)


def test_a_table_that_cannot_be_read_ends_the_relay_at_the_start_and_no_record_with_it(tmp_path):
    codes = tmp_path / "home/mappings/codes"
    codes.mkdir(parents=True)
    (codes / "kcci-agreements.toml").write_text("x = [")
    eodes("send", RECORD, "--from", "kcci")
    result = eodes("relay", "--home", tmp_path / "home")
    assert result.exit_code == 2
    assert "kcci-agreements.toml" in result.stderr
    assert waiting()["from.kcci"] == 1
