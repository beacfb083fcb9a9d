"""A request at the desk, in which nothing reads otherwise to a proxy before us, and what we go by stands once."""

import re
from typing import Any

from cheroot.server import HeaderReader, HTTPRequest

from adapter.relay.endpoints.https import KEY, NAMES

ONCE = {name.encode() for name in ("Content-Length", "Transfer-Encoding", "Content-Type", KEY, *NAMES.values())}
VERSIONS = (b"HTTP/1.0", b"HTTP/1.1")
HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n")
"""A header's line (RFC 9112, section 5): no blank before the colon, no line folded into the next, nothing that is
invisible but a tab."""
END = b"\r\n"


class _Headers(dict[bytes, bytes]):
    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name in self and name in ONCE:
            raise ValueError(f"{name.decode()} stands twice")
        super().__setitem__(name, value)


class _Lines:
    """The lines of the headers, each with one meaning; raises ValueError."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines

    def readline(self) -> bytes:
        line = bytes(self._lines.readline())
        if line and line != END and not HEADER.fullmatch(line):
            raise ValueError("no line of a header: a name, a colon, printable characters, CR LF")
        return line


class _Reader(HeaderReader):
    def __call__(self, rfile: Any, hdict: Any = None) -> Any:
        return super().__call__(_Lines(rfile), hdict)


class Request(HTTPRequest):
    """Answered 400 where a line, or a header that stands twice, could be read otherwise by a proxy before us."""

    header_reader = _Reader()

    def __init__(self, *words: Any, **options: Any) -> None:
        """Begin without headers."""
        super().__init__(*words, **options)
        self.inheaders = _Headers()

    def read_request_line(self) -> bool:
        """Whether the first line is one; it has been answered otherwise."""
        try:
            if not super().read_request_line():  # type: ignore[no-untyped-call]
                return False
        except ValueError:  # a URL that is none
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False
        if self.request_protocol not in VERSIONS:
            self.simple_response("400 Bad Request", "Malformed Request-Line: bad version")
            return False
        return True
