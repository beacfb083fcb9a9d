"""What partners put in over HTTPS: taken when it is kept, from whom the certificate says."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack, suppress
from time import sleep

import pytest
from authority import identity, self_signed
from callers import MOST, Office, answered, post, request
from structlog.testing import capture_logs

from adapter.connections import Endpoint
from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.endpoints.https import Https
from adapter.relay.endpoints.tls import context_of
from adapter.relay.receiving.desk import IDLE, WAITING


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.close()


def test_what_is_posted_lies_in_the_partners_inbox_before_it_is_told_so(office):
    with office.open():
        status, said = post(office, request(Eodes_Kind="certificate", Eodes_Number="K%EB%B2%88"))
        assert status == 202
        assert b"Eodes-Message-Id: m-1\r\n" in said and b'{"message_id": "m-1"}' in said
        (delivery,) = office.inbox()
    assert (delivery.message_id, delivery.body, delivery.source) == ("m-1", b"<certificate/>", "from.xa")
    assert delivery.headers == {"content_type": "application/xml", "type": "certificate", "number": "K번"}


def test_our_own_sending_side_and_the_desk_understand_each_other(office):
    parcels = [Parcel("to.XA", f"m-{n}", b"<a/>", "application/xml", headers={"number": "번호"}) for n in range(3)]
    with office.open():
        told = Endpoint(
            kind="https",
            url=f"https://127.0.0.1:{office.port}/messages",
            tls=identity(office.theirs, office.authority.file),
        )
        https = Https(told)
        assert [each.outcome for each in https.carry(parcels)] == [Outcome.CONFIRMED] * 3
        https.close()
        assert [each.message_id for each in office.inbox()] == ["m-0", "m-1", "m-2"]


def test_while_our_broker_does_not_take_it_nothing_is_acknowledged(office):
    class Away:
        def send(self, parcels):
            raise Unavailable("nobody answers")

        def receipts(self, wait):
            return []

    with office.open(), capture_logs() as logs:
        broker, office.keeper._broker = office.keeper._broker, Away()
        status, said = post(office, request())
        assert (status, b"Retry-After: 5\r\n" in said) == (503, True)
        office.keeper._broker = broker
        assert post(office, request())[0] == 202
        assert [each.message_id for each in office.inbox()] == ["m-1"]
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["a message is not taken for now"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request(body=b"x" * (MOST + 1)), 413),
        (request(Content_Length="99999999999"), 413),
        (request(Content_Length="-5"), 411),
        (request(Content_Length=""), 411),
        (request(Content_Length="many"), 400),
        (request(Content_Length="", Transfer_Encoding="chunked", body=b"5\r\nhello\r\n0\r\n\r\n"), 411),
        (request(Transfer_Encoding="chunked", body=b"5\r\nhello\r\n0\r\n\r\n"), 411),
        (request(Cookie="1\r\nContent-Length: 3"), 400),
        (request(Cookie="1\r\nContent-Length: 14"), 400),
        (request(Cookie="1\r\nIdempotency-Key: m-3"), 400),
        (request(Cookie="1\r\nEodes-Number: K-1\r\neodes-number: K-2"), 400),
        (request(Content_Type="text/plain"), 415),
        (request(Content_Type=""), 415),
        (request(id=""), 400),
        (request(id="x" * 71), 400),
        (request(id="m%0A1"), 400),
        (request(line="GET /messages"), 405),
        (request(line="PUT /messages"), 405),
        (request(line="POST /other"), 404),
        (request(line="POST /messages?to=other"), 404),
        (request(Much="x" * 40_000), 413),
        (b"POST /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"\x00\xff\xfe garbage\r\n\r\n", 400),
        (b"\r\n" * 40_000, 400),
    ],
)
def test_what_is_no_message_is_turned_away_in_words_and_nothing_is_kept(office, data, status):
    with office.open():
        assert post(office, data)[0] == status
        assert post(office, request("m-2"))[0] == 202
        assert [each.message_id for each in office.inbox()] == ["m-2"]


def test_half_a_message_is_none(office):
    with office.open():
        with office.call() as connection:
            connection.sendall(request(body=b"<certificate/>")[:-5])
        assert post(office, request("m-2"))[0] == 202
        assert [each.message_id for each in office.inbox()] == ["m-2"]


def test_whoever_drips_is_not_waited_for_and_keeps_nobody_out(office):
    with office.open(threads=2, timeout=1.0), ExitStack() as stack:
        slow = [stack.enter_context(office.call()) for _ in range(2)]
        for connection in slow:
            connection.sendall(request()[:20])
        assert post(office, request("m-2"))[0] == 202
        assert [answered(each)[0] in (0, 408) for each in slow] == [True, True]


def test_whoever_calls_and_says_nothing_keeps_nobody_out(office):
    with office.open(threads=2, timeout=0.3), ExitStack() as stack:
        for _ in range(4 * WAITING):
            stack.enter_context(socket.create_connection(("127.0.0.1", office.port), 20))
        for _ in range(1_000):  # whoever comes while too many wait is let go
            with suppress(OSError):
                if post(office, request("m-2"))[0] == 202:
                    break
            sleep(0.02)
        assert [each.message_id for each in office.inbox()] == ["m-2"]


def test_whoever_says_nothing_takes_no_thread(office, monkeypatch):
    """However long it may be silent: nobody here is let go before the test is over."""
    monkeypatch.setattr("adapter.relay.receiving.desk.HELLO", 600)
    with office.open(threads=2, timeout=600), ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", office.port), 20)) for _ in range(12)]
        assert [post(office, request(f"m-{number}"))[0] for number in range(3)] == [202] * 3
        with office.connect_over(silent[0]) as late:  # who speaks after all is heard
            late.sendall(request("m-3"))
            assert answered(late)[0] == 202


def half_a_hello(office):
    """A caller that begins with TLS and does not go on."""
    theirs, bio = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(theirs, bio, server_hostname="127.0.0.1").do_handshake()
    hello = bio.read()
    caller = socket.create_connection(("127.0.0.1", office.port), 20)
    caller.sendall(hello[: len(hello) // 2])
    return caller, hello[len(hello) // 2 :]


def test_whoever_begins_with_tls_and_does_not_go_on_takes_no_thread(office, monkeypatch):
    monkeypatch.setattr("adapter.relay.receiving.desk.HELLO", 600)
    with office.open(threads=2, timeout=600), ExitStack() as stack:
        halves = [half_a_hello(office) for _ in range(12)]
        for caller, _ in halves:
            stack.enter_context(caller)
        assert post(office, request("m-1"))[0] == 202
        for caller, rest in halves:  # all of its hello, and no word after it
            caller.sendall(rest)
        assert [post(office, request(f"m-{number}"))[0] for number in range(2, 5)] == [202] * 3


def test_however_many_begin_and_do_not_go_on_there_is_room_for_who_does(office, monkeypatch):
    monkeypatch.setattr("adapter.relay.receiving.desk.HELLO", 600)
    with office.open(threads=2, timeout=600), ExitStack() as stack:
        for _ in range(2 * IDLE * 2):
            stack.enter_context(half_a_hello(office)[0])
        assert post(office, request("m-1"))[0] == 202


def test_who_drips_its_hello_is_let_go_in_time(office, monkeypatch):
    monkeypatch.setattr("adapter.relay.receiving.desk.HELLO", 0.4)
    with office.open(threads=2, timeout=600):
        caller, rest = half_a_hello(office)
        with caller, suppress(OSError):
            for place in range(len(rest)):
                caller.sendall(rest[place : place + 1])
                sleep(0.05)
                if place > 40:
                    raise AssertionError("it was never let go")


def test_several_messages_may_come_over_one_connection(office):
    with office.open(), office.call() as connection:
        for number in range(3):
            connection.sendall(request(f"m-{number}"))
            assert answered(connection)[0] == 202
        assert len(office.inbox()) == 3


def test_the_same_message_again_is_told_the_same(office):
    with office.open():
        assert [post(office, request())[0] for _ in range(2)] == [202, 202]
        assert [each.message_id for each in office.inbox()] == ["m-1", "m-1"]


# Who calls.


def turned_away(office, own=None, context=None) -> tuple[int, str]:
    """The status, 0 for none, and what our log says."""
    status = 0
    with capture_logs() as logs:
        try:
            with office.connect(context) if context else office.call(own) as connection:
                connection.sendall(request())
                status = answered(connection)[0]
        except OSError:
            pass
        assert post(office, request("m-2"))[0] == 202  # whoever is next is served, and our log has been written
    assert [each.message_id for each in office.inbox()] == ["m-2"]
    return status, " ".join(each["trouble"] for each in logs if each["event"] == "a caller is turned away")


def test_both_certificates_of_a_partner_are_believed_while_it_changes_over(office):
    with office.open():
        assert post(office, request(), office.theirs)[0] == 202
        assert post(office, request("m-2"), office.next)[0] == 202


def test_another_partners_certificate_of_the_same_authority_is_known_for_nobody(office):
    with office.open():
        status, said = turned_away(office, office.authority.give("xb"))
    assert (status, said) == (403, "its certificate is held for no partner")


def test_a_certificate_that_has_run_out_is_turned_away(office):
    with office.open():
        status, said = turned_away(office, office.authority.give("late", expired=True))
    assert (status, said) == (0, "its certificate is not believed: certificate has expired")


def test_a_certificate_that_its_bearer_vouches_for_is_turned_away(office, tmp_path):
    with office.open():
        status, said = turned_away(office, self_signed(tmp_path, "alone"))
    assert status == 0 and "unable to get local issuer" in said


def test_a_certificate_that_was_taken_back_is_turned_away_though_it_is_held(office):
    with office.open(revoked=office.authority.take_back(office.next)):
        status, said = turned_away(office, office.next)
    assert (status, said) == (0, "its certificate is not believed: certificate revoked")


def test_without_a_certificate_nobody_comes_in(office):
    context = ssl.create_default_context(cafile=str(office.authority.file))
    with office.open():
        status, said = turned_away(office, context=context)
    assert (status, said) == (0, "TLS: peer did not return a certificate")


def test_old_tls_is_not_spoken(office):
    context = context_of(identity(office.theirs, office.authority.file))
    with pytest.warns(DeprecationWarning):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with office.open():
        status, _ = turned_away(office, context=context)
    assert status == 0


def test_plain_http_is_not_spoken(office):
    with office.open():
        with socket.create_connection(("127.0.0.1", office.port), 20) as connection:
            connection.sendall(request())
            assert b"202" not in connection.recv(65536)
        assert office.inbox() == []
