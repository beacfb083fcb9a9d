"""A small web server for those who look on: three pages, GET alone, and nobody may keep it busy for long."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Thread, Timer
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection

from adapter.watch.exposition import Exposition
from adapter.watch.station import Station

THREADS, QUEUED = 4, 16
SILENCE, LONGEST = 3, 10.0
"""Seconds that a client may say nothing, and that a connection may last whatever it says."""
HEADERS, BODY = 4_096, 1
"""Bytes of a request at most; what asks for a page has no body."""
TEXT = "text/plain; version=0.0.4; charset=utf-8"
JSON = "application/json"

Page = tuple[str, str, bytes]
"""Status, content type, body."""
Start = Callable[[str, list[tuple[str, str]]], Any]


class Brief(HTTPConnection):
    """A connection that is cut when its time is over: whoever sends a letter every second is no exception."""

    def communicate(self) -> Any:
        """Serve it, for as long as it may last."""
        late = Timer(LONGEST, self._cut)
        late.daemon = True
        late.start()
        try:
            return super().communicate()  # type: ignore[no-untyped-call]
        finally:
            late.cancel()

    def _cut(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)


class Quiet(wsgi.Server):
    """What goes wrong with a request is its sender's affair, and not in the log."""

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Say nothing."""


class WatchServer:
    """Serves a station at a host and port until it is closed; raises OSError where that port cannot be had."""

    def __init__(self, station: Station, host: str, port: int) -> None:
        self._station, self._exposition = station, Exposition(station)
        self._pages: Mapping[str, Callable[[], Page]] = {
            "/metrics": lambda: ("200 OK", TEXT, self._exposition.page()),
            "/health": lambda: _said(*station.health()),
            "/ready": lambda: _said(*station.ready()),
        }
        self._server = Quiet((host, port), self._answer, numthreads=THREADS, max=THREADS, shutdown_timeout=1)
        self._server.ConnectionClass, self._server.server_name = Brief, "eodes"
        self._server.timeout, self._server.request_queue_size = SILENCE, QUEUED
        self._server.max_request_header_size, self._server.max_request_body_size = HEADERS, BODY
        self._server.prepare()
        self.address: tuple[str, int] = self._server.bind_addr
        self._thread = Thread(target=self._serve, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve nobody any more."""
        self._server.stop()

    def _serve(self) -> None:
        with suppress(Exception):
            self._server.serve()

    def _answer(self, asked: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        status, kind, body = self._page(asked["REQUEST_METHOD"], asked["PATH_INFO"])
        length, only = ("Content-Length", str(len(body))), [("Allow", "GET")] if status.startswith("405") else []
        start(status, [("Content-Type", kind), length, ("Cache-Control", "no-store"), *only])
        return [body]

    def _page(self, method: str, path: str) -> Page:
        if path not in self._pages:
            return "404 Not Found", TEXT, f"there are {', '.join(self._pages)}\n".encode()
        if method != "GET":
            return "405 Method Not Allowed", TEXT, b"only GET\n"
        try:
            return self._pages[path]()
        except Exception as error:
            return "500 Internal Server Error", TEXT, f"{type(error).__name__}\n".encode()


def _said(well: bool, said: Mapping[str, Any]) -> Page:
    return "200 OK" if well else "503 Service Unavailable", JSON, json.dumps(said).encode()
