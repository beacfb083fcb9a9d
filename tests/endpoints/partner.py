"""A partner that takes messages over HTTPS, as it is told to: well, slowly, in halves, or not at all."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from adapter.connections import Identity
from adapter.relay.endpoints.tls import context_of

Answer = Callable[["Partner", ssl.SSLSocket, str], object]
"""Says something to whoever posted the message of this id; what is false ends the connection."""


def answer(status: str = "202 Accepted", body: bytes = b"", **headers: str) -> Answer:
    """An answer that names the message."""

    def give(partner: Partner, connection: ssl.SSLSocket, id: str) -> bool:
        said = {"Eodes-Message-Id": id, "Content-Length": str(len(body))}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
        connection.sendall(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)
        return True

    return give


ACCEPT = answer()


class Partner:
    """Listens on loopback, asks for a certificate, and answers each message as the next in turn says, then well."""

    def __init__(self, identity: Identity, *turns: Answer) -> None:
        self.turns = list(turns)
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        """Id, headers and body of each message that came whole, in order."""
        self.problems: list[str] = []
        self._context = context_of(identity, answering=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}/messages"
        self.closing = threading.Event()
        """Set when it ends: whoever answers slowly waits for this."""
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Partner:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    @property
    def ids(self) -> list[str]:
        return [id for id, *_ in self.received]

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            plain.settimeout(20)
            self._connections.append(plain)
            thread = threading.Thread(target=self._serve, args=(plain,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._context.wrap_socket(plain, server_side=True) as connection:
                self._connections.append(connection)
                reader = connection.makefile("rb")
                while message := self._read(reader):
                    turn = self.turns.pop(0) if self.turns else ACCEPT
                    self.received.append(message)
                    if not turn(self, connection, message[0]):
                        return
        except OSError as error:
            self.problems.append(str(error))

    def _read(self, reader) -> tuple[str, dict[str, str], bytes] | None:
        if not reader.readline():
            return None
        headers: dict[str, str] = {}
        while line := reader.readline().strip():
            name, _, value = line.decode("latin-1").partition(": ")
            headers[name.lower()] = value
        return headers["idempotency-key"], headers, reader.read(int(headers["content-length"]))
