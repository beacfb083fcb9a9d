"""Over HTTPS: what each answer means, and whom we speak with at all."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest
from authority import HOST, Authority, identity, self_signed
from partner import Partner, answer

from adapter.connections import Endpoint
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints.https import Https

PARCEL = Parcel(
    "to.XA", "m-1", b"<certificate/>", "application/xml", "certificate", "m-0",
    {"sender": "XB", "function": "issue", "agreement": "xa-xb", "number": "K 1/2 번호"},
)  # fmt: skip


class Town:
    """An authority, ourselves, and a partner with a certificate of its own."""

    def __init__(self, folder) -> None:
        self.authority = Authority(folder)
        self.ours = self.authority.give("ours", "relay.example")
        self.theirs = self.authority.give("theirs")

    def partner(self, *turns, own=None, **more) -> Partner:
        return Partner(identity(own or self.theirs, self.authority.file, **more), *turns)

    def https(self, partner: Partner, own=None, timeout: float = 20.0, receipt="Eodes-Message-Id", **more) -> Https:
        tls = identity(own or self.ours, more.pop("authority", self.authority.file), **more)
        return Https(Endpoint(kind="https", url=partner.url, tls=tls, timeout=timeout, receipt=receipt))


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Town]:
    yield Town(tmp_path_factory.mktemp("town"))


def carry(https: Https, *parcels: Parcel) -> list[Receipt]:
    try:
        return list(https.carry(parcels or (PARCEL,)))
    finally:
        https.close()


def became(town: Town, *turns, **more) -> Receipt:
    with town.partner(*turns) as partner:
        return carry(town.https(partner, **more))[0]


def test_a_message_is_posted_with_what_is_written_on_it(town):
    with town.partner() as partner:
        (receipt,) = carry(town.https(partner))
    assert receipt == Receipt("m-1", "to.XA", Outcome.CONFIRMED)
    ((id, headers, body),) = partner.received
    assert (id, body) == ("m-1", PARCEL.body)
    said = {name: value for name, value in headers.items() if name.startswith("eodes-") or name == "content-type"}
    assert said == {
        "content-type": "application/xml", "eodes-kind": "certificate", "eodes-correlation-id": "m-0",
        "eodes-sender": "XB", "eodes-function": "issue", "eodes-agreement": "xa-xb",
        "eodes-number": "K 1/2 %EB%B2%88%ED%98%B8",
    }  # fmt: skip


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "409 Conflict"])
def test_an_answer_that_names_the_message_says_that_it_was_taken(town, status):
    assert became(town, answer(status)).outcome is Outcome.CONFIRMED


@pytest.mark.parametrize("status", ["400 Bad", "409 Conflict", "410 Gone", "413 Large", "415 Type", "422 No"])
def test_what_the_partner_will_never_take_is_declined(town, status):
    receipt = became(town, answer(status, Eodes_Message_Id=""))
    assert receipt.outcome is Outcome.DECLINED
    assert status[:3] in receipt.reason


@pytest.mark.parametrize("status", ["401 Who", "403 No", "404 Where", "405 How", "407 Proxy", "421 Misdirected"])
def test_what_is_said_of_us_or_the_url_condemns_no_message(town, status):
    receipt = became(town, answer(status))
    assert receipt.outcome is Outcome.REFUSED
    assert status[:3] in receipt.reason and "url" in receipt.reason


def test_a_proxys_page_about_our_certificate_condemns_no_message(town):
    page = answer("400 Bad", b"<html/>", Content_Type="text/html", Eodes_Message_Id="")
    assert became(town, page).outcome is Outcome.REFUSED
    assert became(town, answer("422 No", b"<html/>", Content_Type="text/html")).outcome is Outcome.DECLINED


@pytest.mark.parametrize("status", ["408 Late", "425 Early", "429 Many", "500 Oh", "502 Bad", "503 Busy", "504 Late"])
def test_what_helps_to_try_again_is_tried_again(town, status):
    receipt = became(town, answer(status))
    assert (receipt.outcome, receipt.own) == (Outcome.REFUSED, True)


@pytest.mark.parametrize(
    ("said", "seconds"), [("7", 7.0), ("99999", 3_000.0), ("-1", 0.0), ("soon", 0.0), ("1" * 400, 0.0)]
)
def test_a_partner_that_says_when_to_come_again_is_obeyed_within_reason(town, said, seconds):
    assert became(town, answer("503 Busy", Retry_After=said)).after == seconds


@pytest.mark.parametrize(
    "turn",
    [
        answer("200 OK", b"<html>sorry</html>", Content_Type="text/html", Eodes_Message_Id=""),
        answer("200 OK", b"<html>sorry</html>", Content_Type="text/html", Eodes_Message_Id="m-2"),
        answer("204 No Content", Eodes_Message_Id=""),
    ],
    ids=["a page", "a page that names another", "nothing"],
)
def test_an_answer_that_does_not_name_the_message_is_no_receipt(town, turn):
    receipt = became(town, turn)
    assert receipt.outcome is Outcome.REFUSED and "no receipt" in receipt.reason
    assert "sorry" not in receipt.reason


def test_a_partner_that_names_none_is_believed_by_its_status_but_for_a_page(town):
    assert became(town, answer("200 OK", b"{}", Eodes_Message_Id=""), receipt="").outcome is Outcome.CONFIRMED
    page = answer("200 OK", b"<html/>", Content_Type="text/html", Eodes_Message_Id="")
    assert became(town, page, receipt="").outcome is Outcome.REFUSED


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_never_followed(town, status):
    with town.partner() as other, town.partner(answer(status, Location=other.url)) as partner:
        (receipt,) = carry(town.https(partner))
        assert other.received == []
    assert receipt.outcome is Outcome.REFUSED and "redirects are not followed" in receipt.reason


def reset(partner, connection, id):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def half(partner, connection, id):
    connection.sendall(f"HTTP/1.1 202 Accepted\r\nEodes-Message-Id: {id}\r\nContent-Length: 100\r\n\r\nhalf".encode())
    return False


def half_of_the_headers(partner, connection, id):
    connection.sendall(f"HTTP/1.1 202 Accepted\r\nEodes-Message-Id: {id}\r\n".encode())
    return False


def garbage(partner, connection, id):
    connection.sendall(b"\x00\x01 no HTTP at all\r\n\r\n")
    return False


def silence(partner, connection, id):
    partner.closing.wait(20)
    return False


def drop_by_drop(partner, connection, id):
    connection.sendall(b"HTTP/1.1 202 Accepted\r\n")
    while not partner.closing.wait(0.05):
        connection.sendall(b"X: y\r\n")
    return False


def endless(partner, connection, id):
    connection.sendall(b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1_000):
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    return False


@pytest.mark.parametrize("turn", [reset, half, half_of_the_headers, garbage])
def test_an_answer_that_breaks_off_leaves_it_open_whether_the_message_arrived(town, turn):
    receipt = became(town, turn)
    assert (receipt.outcome, receipt.own) == (Outcome.LOST, True)


@pytest.mark.parametrize("turn", [silence, drop_by_drop])
def test_a_partner_that_answers_too_slowly_is_not_waited_for_however_it_drips(town, turn):
    receipt = became(town, turn, timeout=0.5)
    assert receipt.outcome is Outcome.LOST
    assert "no answer in time" in receipt.reason


def test_of_an_endless_answer_no_more_is_read_than_anybody_needs(town):
    assert became(town, endless).reason.endswith("it answers 503")


def twice(partner, connection, id):
    return answer()(partner, connection, id) and answer()(partner, connection, id)


@pytest.mark.parametrize("receipt", ["Eodes-Message-Id", ""])
def test_an_answer_that_comes_twice_is_never_taken_for_the_next_messages(town, receipt):
    second = Parcel("to.XA", "m-2", b"<other/>")
    with town.partner(twice, answer("503 Busy"), answer("503 Busy")) as partner:
        first, next_one = carry(town.https(partner, receipt=receipt), PARCEL, second)
    assert first.outcome is Outcome.CONFIRMED
    assert next_one.outcome in (Outcome.REFUSED, Outcome.LOST)


def test_nobody_there_is_said_so(town):
    with town.partner() as partner:
        pass
    (receipt,) = carry(town.https(partner))
    assert (receipt.outcome, receipt.own) == (Outcome.REFUSED, True)
    assert "refused" in receipt.reason


# What is wrong with the partner's certificate, and what is said of it.


def refused(town, partner, **more) -> str:
    with partner:
        (receipt,) = carry(town.https(partner, **more))
    assert partner.received == []
    assert receipt.outcome in (Outcome.REFUSED, Outcome.LOST)
    return receipt.reason


def test_a_partner_whose_certificate_has_run_out_is_not_spoken_with(town):
    assert "has expired" in refused(town, town.partner(own=town.authority.give("late", expired=True)))


def test_a_partner_that_vouches_for_itself_is_not_spoken_with(town, tmp_path):
    assert "unable to get local issuer" in refused(town, town.partner(own=self_signed(tmp_path, "alone")))


def test_a_partner_whose_certificate_was_taken_back_is_not_spoken_with(town):
    own = town.authority.give("gone")
    assert "revoked" in refused(town, town.partner(own=own), revoked=town.authority.take_back(own))


def test_a_list_of_what_was_taken_back_lets_the_others_in(town):
    crl = town.authority.take_back(town.authority.give("gone"))
    with town.partner() as partner:
        assert carry(town.https(partner, revoked=crl))[0].outcome is Outcome.CONFIRMED


def test_a_certificate_of_another_host_is_not_believed_unless_that_name_is_given(town):
    own = town.authority.give("elsewhere", "partner.example")
    assert "mismatch" in refused(town, town.partner(own=own))
    with town.partner(own=own) as partner:
        assert carry(town.https(partner, name="partner.example"))[0].outcome is Outcome.CONFIRMED


def test_another_partner_of_the_same_authority_is_not_believed_where_certificates_are_held(town):
    other = town.authority.give("other")
    assert "none of those that are held" in refused(town, town.partner(own=other), peer=[town.theirs[0]])


def test_two_certificates_may_be_held_at_once_while_the_partner_changes_over(town):
    new = town.authority.give("theirs-new")
    for own in (town.theirs, new):
        with town.partner(own=own) as partner:
            receipts = carry(town.https(partner, peer=[town.theirs[0], new[0]]))
        assert [each.outcome for each in receipts] == [Outcome.CONFIRMED]


# What is wrong with ours, and what the partner says.


def test_without_a_certificate_that_the_partner_believes_nothing_is_handed_over(town, tmp_path):
    assert "refuses us, or our certificate" in refused(town, town.partner(), own=self_signed(tmp_path, "us"))


def test_our_certificate_that_has_run_out_is_refused_in_words(town):
    assert "certificate expired" in refused(town, town.partner(), own=town.authority.give("old", expired=True))


def test_our_certificate_that_was_taken_back_is_refused_in_words(town):
    own = town.authority.give("ours-gone")
    assert "certificate revoked" in refused(town, town.partner(revoked=town.authority.take_back(own)), own=own)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"certificate": "nothing.pem"}, "nothing.pem: No such file"),
        ({"key": "nothing.pem"}, "nothing.pem: No such file"),
        ({"authority": "empty.pem"}, "empty.pem: it does not hold certificates"),
        ({"revoked": "empty.pem"}, "empty.pem: it does not hold revocation lists"),
        ({"key": "theirs-key.pem"}, "ours.pem: it does not hold the certificate of the key"),
        ({"peer": ["empty.pem"]}, "empty.pem: it holds no certificates"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(town, broken, said):
    (town.authority.folder / "empty.pem").touch()
    whole = {"certificate": town.ours[0], "key": town.ours[1], "authority": town.authority.file}
    placed = {
        name: [town.authority.folder / each for each in value] if name == "peer" else town.authority.folder / value
        for name, value in broken.items()
    }
    with pytest.raises(ValueError, match=said):
        Https(Endpoint.model_validate({"kind": "https", "url": f"https://{HOST}", "tls": whole | placed}))


def test_https_without_certificates_is_refused():
    with pytest.raises(ValueError, match="needs tls"):
        Https(Endpoint(kind="https", url=f"https://{HOST}/"))
