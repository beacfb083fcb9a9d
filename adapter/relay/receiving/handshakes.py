"""How the desk speaks TLS: each handshake where it keeps nobody waiting."""

import ssl
from typing import Any

from cheroot.makefile import StreamReader, StreamWriter
from cheroot.ssl import Adapter


class Handshakes(Adapter):
    """Leaves the handshake to the thread that reads: whoever is slow at it keeps nobody from being let in."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context

    def bind(self, sock: Any) -> Any:
        """The listening socket, as it is."""
        return sock

    def wrap(self, sock: Any) -> tuple[ssl.SSLSocket, dict[str, str]]:
        """The caller's socket; who it is is known only later."""
        return self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), {}

    def get_environ(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = 8192) -> Any:
        """What reads from the socket, or writes to it."""
        return (_Reader if "r" in mode else StreamWriter)(sock, mode, bufsize)


class _Reader(StreamReader):
    def __init__(self, sock: Any, mode: str, bufsize: int) -> None:
        super().__init__(sock, mode, bufsize)
        self._socket = sock

    def has_data(self) -> bool:
        """Whether more has come, be it only in the TLS record that was begun: no socket tells of that."""
        return bool(super().has_data() or self._socket.pending())  # type: ignore[no-untyped-call]
