"""A desk of ours with an inbox behind it, and those who call: well behaved or not."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from authority import Authority, identity

from adapter.connections import Connections
from adapter.delivery import Delivery
from adapter.relay.broker import Broker
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.tls import context_of
from adapter.relay.receiving.desk import Desk
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.opening import open_sources

MOST = 10_000


class Office:
    """We, who listen; partner XA, who calls; and the inbox that its messages come into."""

    def __init__(self, folder: Path, patience: float = 10.0) -> None:
        self.authority = Authority(folder / "certificates")
        self.ours, self.theirs = self.authority.give("ours"), self.authority.give("xa")
        self.next = self.authority.give("xa-next")
        self.broker: Broker = Embedded(folder / "queues.db")
        self.broker.declare(["from.xa"])
        self.keeper = Keeper(self.broker, patience)
        self.url = ""

    @contextlib.contextmanager
    def open(self, threads: int = 4, timeout: float = 20.0, **tls: object) -> Iterator[Desk]:
        """The desk, listening until the block ends."""
        told = {
            "desk": {
                "listen": "127.0.0.1:0", "threads": threads, "timeout": timeout,
                "tls": identity(self.ours, self.authority.file, **tls),
            },
            "partners": {"XA": {"source": {"kind": "https", "peer": [self.theirs[0], self.next[0]]}}},
        }  # fmt: skip
        desk = open_sources(Connections.model_validate(told), self.keeper, MOST)["desk"]
        assert isinstance(desk, Desk)
        ending = threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                desk.run(ending.is_set)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while not desk.is_open:
            thread.join(0.01)
            assert not failed, failed
        self.port = desk.port
        try:
            yield desk
        finally:
            ending.set()
            thread.join(30)
            assert not thread.is_alive() and not failed, failed

    def close(self) -> None:
        self.keeper.close()
        self.broker.close()

    def call(self, own=None, authority=None) -> ssl.SSLSocket:
        """A connection with this certificate, XA's unless another is given."""
        context = context_of(identity(own or self.theirs, authority or self.authority.file))
        return self.connect(context)

    def connect(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), 20)
        try:
            return context.wrap_socket(plain, server_hostname="127.0.0.1")
        except BaseException:
            plain.close()
            raise

    def connect_over(self, plain: socket.socket) -> ssl.SSLSocket:
        """TLS over a connection that is there, as XA."""
        context = context_of(identity(self.theirs, self.authority.file))
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def inbox(self) -> list[Delivery]:
        """What lies in the partner's inbox by now."""
        found: list[Delivery] = []
        while window := self.broker.take(["from.xa"], 100, 10**9, 0):
            found += window
        return found


def request(id: str = "m-1", body: bytes = b"<certificate/>", line: str = "POST /messages", **headers: str) -> bytes:
    """A request as it should be, but for what is said otherwise."""
    said = {"Host": "desk", "Idempotency-Key": id, "Content-Type": "application/xml", "Content-Length": str(len(body))}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"{line} HTTP/1.1\r\n{lines}\r\n".encode() + body


def answered(connection: ssl.SSLSocket) -> tuple[int, bytes]:
    """The status of the answer, and all of it; 0 where the connection ended without one."""
    said = b""
    with contextlib.suppress(OSError):
        while not _is_whole(said) and (more := connection.recv(65536)):
            said += more
    return (int(said.split()[1]), said) if said else (0, b"")


def _is_whole(said: bytes) -> bool:
    head, _, body = said.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) == int(length or -1)


def post(office: Office, data: bytes, own=None) -> tuple[int, bytes]:
    with office.call(own) as connection:
        with contextlib.suppress(OSError):  # who has heard enough answers and hangs up before all is said
            connection.sendall(data)
        return answered(connection)
