"""The desk where partners put messages in over HTTPS: who calls is told by its certificate alone."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Full
from time import monotonic
from typing import Any
from urllib.parse import unquote

import structlog
from cheroot.server import Gateway, HTTPConnection, HTTPServer
from cheroot.workers.threadpool import ThreadPool

from adapter.connections import Desk as Told
from adapter.findings import Unavailable
from adapter.relay.endpoints.https import KEY, NAMES
from adapter.relay.endpoints.label import ID, parcel_of
from adapter.relay.endpoints.tls import Deadline, context_of, reason_of
from adapter.relay.names import inbox
from adapter.relay.receiving.folder import READABLE
from adapter.relay.receiving.handshakes import Handshakes
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.request import Request

PATH = b"/messages"
TYPES = (b"application/xml", b"text/xml", b"application/json")
MOST_HEADERS = 32 * 1024
TRY_AGAIN = "5"
"""Seconds after which whoever is turned away for now may come again."""
WAITING = 8
"""Connections that may wait, for each thread."""
IDLE = 16
"""Connections that may be open and have not said who they are, for each thread."""
HELLO = 10
"""Seconds that a caller has to say who it is, and may say nothing then."""

log = structlog.get_logger()


class Refused(Exception):
    """An answer that is no receipt: the status and, for whoever reads it, why."""


class Desk:
    """A Source that listens; `peers` are the partners by their certificates, as these come over the wire."""

    def __init__(self, told: Told, peers: Mapping[bytes, str], keeper: Keeper, most: int) -> None:
        self.peers, self.keeper, self.most = peers, keeper, most
        self.deadline, self.seconds, self.listen = Deadline(), told.timeout, told.listen
        host, _, port = told.listen.rpartition(":")
        self._server = _Server((host.strip("[]"), int(port)), self, told)

    @property
    def is_open(self) -> bool:
        """Whether it lets callers in."""
        return bool(self._server.ready)

    @property
    def port(self) -> int:
        """Where it listens, once it is open."""
        return int(self._server.bind_addr[1])

    def run(self, until: Callable[[], bool]) -> None:
        """Answer until told to end; requests that are under way are answered first."""
        try:
            self._server.prepare()
        except OSError as error:
            raise OSError(error.errno, f"nobody can listen there: {error}", self.listen) from None
        log.info("listening", port=self.port)
        serving = threading.Thread(target=self._server.serve, name="desk", daemon=True)
        serving.start()
        while not until():
            serving.join(0.25)
            if not serving.is_alive():
                raise RuntimeError("the desk has stopped serving")
        self._server.stop()


class _Server(HTTPServer):
    def __init__(self, place: tuple[str, int], desk: Desk, told: Told) -> None:
        super().__init__(place, lambda request: _Answering(request, desk), server_name="eodes")
        self.requests = ThreadPool(
            self, told.threads, told.threads, accepted_queue_size=WAITING * told.threads, accepted_queue_timeout=0
        )
        self.ssl_adapter = Handshakes(context_of(told.tls, answering=True, deadline=desk.deadline))
        self.desk = desk
        self.calling: dict[_Caller, float] = {}
        """Who is at a handshake, the longest first, and until when it has to be over."""
        self.timeout, self.max_request_header_size, self.max_request_body_size = HELLO, MOST_HEADERS, desk.most
        self.request_queue_size, self.keep_alive_conn_limit, self.shutdown_timeout = 64, IDLE * told.threads, 15
        self.ConnectionClass = _Caller

    def process_conn(self, conn: "_Caller") -> None:
        """Have it answered once it is known who calls, or let it go where too many wait.

        Until then it is watched without a thread, for a while, and whoever has been at it longest makes room.
        """
        try:
            if conn.is_known or self._has_called(conn):
                self.requests.put(conn)
            else:
                self.put_conn(conn)
        except (OSError, Full) as error:
            if not isinstance(error, Full):
                log.warning("a caller is turned away", address=str(conn.remote_addr), trouble=reason_of(error))
            conn.close()

    def _has_called(self, conn: "_Caller") -> bool:
        """Whether its handshake is over, as far as that goes with what has come; raises OSError where it failed."""
        until = self.calling.setdefault(conn, monotonic() + HELLO)
        if monotonic() > until:
            raise TimeoutError("timed out")
        if len(self.calling) > IDLE * self.requests.max:
            oldest = next(iter(self.calling))
            del self.calling[oldest]
            with suppress(OSError):
                socket.socket.shutdown(oldest.socket, socket.SHUT_RDWR)  # then it is seen to have ended
        conn.socket.settimeout(0)
        try:
            conn.socket.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        conn.socket.settimeout(HELLO)
        del self.calling[conn]
        conn.is_known = True
        return True

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Nothing of a caller's own words goes into the log."""


class _Caller(HTTPConnection):
    RequestHandlerClass = Request
    is_known = False
    """Whether its handshake is over."""

    def communicate(self) -> bool:
        """A request from its first byte to its answer, within the seconds that it has."""
        desk: Desk = self.server.desk
        desk.deadline.begin(desk.seconds)
        try:
            self.socket.settimeout(HELLO)
            return bool(super().communicate())  # type: ignore[no-untyped-call]
        except OSError as error:
            log.warning("a caller is turned away", address=str(self.remote_addr), trouble=reason_of(error))
            return False
        finally:
            desk.deadline.until = None

    def close(self) -> None:
        """Let it go."""
        self.server.calling.pop(self, None)
        super().close()


class _Answering(Gateway):
    def __init__(self, request: Any, desk: Desk) -> None:
        super().__init__(request)
        self._desk = desk

    def respond(self) -> None:
        """Take the message, and say 202 once it is kept."""
        try:
            id = self._take()
        except Refused as refused:
            status, reason = refused.args
            self._say(status, {"error": reason}, ("Retry-After", TRY_AGAIN) if status.startswith("503") else None)
            return
        self._say("202 Accepted", {ID: id}, ("Eodes-Message-Id", id))

    def _take(self) -> str:
        request = self.req
        self._require_form(request)
        partner = self._desk.peers.get(request.conn.socket.getpeercert(binary_form=True) or b"")
        if partner is None:
            log.warning("a caller is turned away", address=str(request.conn.remote_addr),
                        trouble="its certificate is held for no partner")  # fmt: skip
            raise Refused("403 Forbidden", "this certificate is held for no partner")
        said = {name: self._header(header) for name, header in NAMES.items()}
        id = self._header(KEY)
        if not id or not READABLE.fullmatch(id):
            raise Refused("400 Bad Request", f"{KEY}: 1 to 70 printable ASCII characters, a new one for each message")
        length = int(request.inheaders[b"Content-Length"])
        body = request.rfile.read(length)
        if len(body) != length:
            raise Refused("400 Bad Request", "the body ends before its Content-Length")
        try:
            self._desk.keeper.keep([parcel_of(said, inbox(partner), body, id)])
        except Unavailable as trouble:
            log.warning("a message is not taken for now", partner=partner, message_id=id, trouble=str(trouble))
            raise Refused("503 Service Unavailable", "it cannot be kept now; send it again") from None
        return id

    def _require_form(self, request: Any) -> None:
        if request.path != PATH or request.qs:
            raise Refused("404 Not Found", f"messages are posted to {PATH.decode()}")
        if request.method != b"POST":
            raise Refused("405 Method Not Allowed", "messages are posted")
        length = request.inheaders.get(b"Content-Length", b"")
        if b"Transfer-Encoding" in request.inheaders or not length.isdigit():
            raise Refused("411 Length Required", "Content-Length, and no Transfer-Encoding")
        if int(length) > self._desk.most:
            raise Refused("413 Content Too Large", f"at most {self._desk.most} bytes")
        kind = request.inheaders.get(b"Content-Type", b"").partition(b";")[0].strip().lower()
        if kind not in TYPES:
            raise Refused("415 Unsupported Media Type", "application/xml or application/json")

    def _header(self, name: str) -> str | None:
        value = self.req.inheaders.get(name.encode("latin-1"))
        return None if value is None else unquote(value.decode("latin-1"))

    def _say(self, status: str, said: Mapping[str, str], header: tuple[str, str] | None) -> None:
        """The answer whole; after what is no receipt the connection ends, for its body may not have been read."""
        request, body = self.req, json.dumps(said).encode()
        request.status = status.encode()
        request.close_connection = request.close_connection or not status.startswith("2")
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **dict([header] if header else []),
        }
        request.outheaders = [(name.encode(), value.encode()) for name, value in headers.items()]
        request.ensure_headers_sent()
        request.write(body)
