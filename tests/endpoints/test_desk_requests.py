"""What the desk takes for a request: whatever a proxy before it could read otherwise is none."""

from __future__ import annotations

import pytest
from callers import Office, answered, post, request
from structlog.testing import capture_logs


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.close()


def with_line(line: bytes) -> bytes:
    """A request as it should be, and this line among its headers."""
    return request().replace(b"Host: desk\r\n", b"Host: desk\r\n" + line + b"\r\n")


def instead(old: bytes, new: bytes) -> bytes:
    assert old in request()
    return request().replace(old, new)


def told(office, data: bytes) -> tuple[int, list[str], list[object]]:
    """The one answer to this and to a good request behind it in one breath, what is kept, and what the log says."""
    with office.open(threads=2), capture_logs() as logs:
        with office.call() as connection:
            connection.sendall(data + request("behind"))
            status, _ = answered(connection)
            assert connection.recv(1) == b""  # it has ended
        assert post(office, request("next"))[0] == 202
        kept = [str(each.message_id) for each in office.inbox()]
    return status, kept, [each for each in logs if each["event"] != "listening"]


@pytest.mark.parametrize(
    "data",
    [
        instead(b"Content-Length:", b"Content-Length :"),
        instead(b"Content-Length:", b"Content-Length\t:"),
        instead(b"Content-Length:", b"Content-Length\x0b:"),
        instead(b"Content-Length: 14", b"Content-Length: \x0b14"),
        instead(b"Idempotency-Key:", b"Idempotency-Key :"),
        instead(b"Host: desk", b" Host: desk"),  # folded into nothing
        with_line(b" Content-Length: 3"),
        with_line(b"\tTransfer-Encoding: chunked"),
        with_line(b"Content-Length\x00: 3"),
        with_line(b"Content-Length\xa0: 3"),
        with_line(b"Content Length: 3"),
        with_line(b": 3"),
        with_line(b"Other: 1\rTransfer-Encoding: chunked"),
        with_line(b"Other: 1\nTransfer-Encoding: chunked"),
        with_line(b"Eodes-Number: K\x001"),
        instead(b"POST /messages", b"POST //["),
        instead(b"HTTP/1.1", b"HTTP/1.-1"),
        instead(b"HTTP/1.1", b"HTTP/+1.1"),
    ],
)
def test_what_could_be_read_otherwise_is_a_bad_request_and_what_stands_behind_it_is_not_heard(office, data):
    assert told(office, data) == (400, ["next"], [])


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (instead(b"Content-Length: 14", b"Content-Length: +14"), 411),
        (instead(b"Content-Length: 14", b"Content-Length: 1_4"), 411),
        (instead(b"Content-Length: 14", b"Content-Length: 14, 14"), 400),
        (instead(b"Content-Length: 14", "Content-Length: ١٤".encode()), 400),
        (instead(b"Content-Length: 14", b"Content-Length: " + b"9" * 5_000), 400),
        (with_line(b"Transfer-Encoding:"), 411),
        (with_line(b"Transfer-Encoding: ,"), 411),
        (with_line(b"tRANSFER-eNCODING: Chunked"), 411),
        (with_line(b"Transfer-Encoding: chunked").replace(b"HTTP/1.1", b"HTTP/1.0"), 411),
        (with_line(b"Transfer-Encoding: chunked\r\nConnection: Keep-Alive").replace(b"HTTP/1.1", b"HTTP/1.0"), 411),
        (with_line(b"Transfer-Encoding: identity"), 501),
    ],
)
def test_a_length_is_digits_and_nothing_says_otherwise(office, data, status):
    assert told(office, data) == (status, ["next"], [])


@pytest.mark.parametrize(
    "data",
    [
        request().replace(b"Host: desk", b"HOST: desk").replace(b"Content-Length", b"cONTENT-lENGTH"),
        instead(b"Content-Length: 14", b"Content-Length: 00014"),
        instead(b"Content-Length: 14", b"Content-Length:\t 14\t"),
        with_line(b"X!#$%&'*+-.^_`|~9: \xec\xa0\x9c"),
    ],
)
def test_what_can_be_read_in_one_way_only_is_taken(office, data):
    with office.open():
        assert post(office, data)[0] == 202
        assert [each.body for each in office.inbox()] == [b"<certificate/>"]


def padded(id: str, size: int) -> bytes:
    """A request of so many bytes."""
    more = size - len(request(id, Other="x"))
    return request(id, Other="x" * (1 + more))


def test_what_follows_a_message_in_one_tls_record_is_heard_wherever_the_first_ends(office):
    """Bytes of a record are read some at a time; of those that are left the socket says nothing."""
    with office.open(), office.call() as connection:
        connection.settimeout(5)
        connection.sendall(padded("m-1", 8_192) + request("m-2"))
        said = b""
        while said.count(b'{"message_id"') < 2:
            said += connection.recv(65536)
        assert [each.message_id for each in office.inbox()] == ["m-1", "m-2"]
