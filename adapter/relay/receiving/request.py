"""A request at the desk, in which what we go by stands once."""

from typing import Any

from cheroot.server import HTTPRequest

from adapter.relay.endpoints.https import KEY, NAMES

ONCE = {name.encode() for name in ("Content-Length", "Transfer-Encoding", "Content-Type", KEY, *NAMES.values())}


class Request(HTTPRequest):
    """Answered 400 where one of these headers stands twice: a proxy before us may have gone by the other one."""

    def __init__(self, *words: Any, **options: Any) -> None:
        """Begin without headers."""
        super().__init__(*words, **options)
        self.inheaders = _Headers()


class _Headers(dict[bytes, bytes]):
    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name in self and name in ONCE:
            raise ValueError(f"{name.decode()} stands twice")
        super().__setitem__(name, value)
