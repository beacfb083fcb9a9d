"""The one door for documents: nothing else parses XML or JSON that comes from outside."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from adapter.findings import Finding, Rejected
from adapter.schema.json_door import read_json

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

BOM = b"\xef\xbb\xbf"
PARSER_DEPTH = 256
"""libxml2 refuses deeper documents by itself, so this depth costs nothing to keep."""

APART = 250_000
"""Bytes from which a document is parsed in another thread, which then costs next to nothing."""
APART_DOCUMENTS = 64
"""How many documents such a thread parses before it ends, and all names that it met are forgotten."""

MANY = 100_000
"""Elements and attributes from which a document could have more errors than memory should hold."""
LARGE, HUGE = "large", "huge"
"""What such documents are told by: their address, which they cannot set themselves and nothing else here uses."""

# Groups keep what they took (`++`, `(?>`): a hostile prolog is read once, from left to right.
PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml[ \t\r\n]([^?>]*)\?>)?(?:[ \t\r\n]++|<!--(?>.*?-->)|<\?(?>.*?\?>))*+(<!DOCTYPE)?",
    re.DOTALL,
)
ENCODING = re.compile(rb"encoding[ \t\r\n]*=[ \t\r\n]*[\"']([^\"']*)")
WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"\0{", b"{\0", b"\0[", b"[\0", b"\0\0")
"""How UTF-16 and UTF-32 begin, with and without a byte order mark."""
UTF8 = frozenset({b"utf-8", b"utf8"})


class Limits(NamedTuple):
    """How much of a document is read at all."""

    size: int = 10_000_000
    """Bytes."""
    items: int = 2_000
    """Times an element of one name may stand beside itself; length of a JSON list."""
    depth: int = PARSER_DEPTH
    """Elements inside each other; in JSON at most 200, whatever is said here."""
    parts: int = 400_000
    """Tags and attributes in XML, values in JSON: what bounds memory."""


STANDARD = Limits()


def refused(code: str, message: str, line: int | None = None, allowed: str | None = None) -> Rejected:
    """The refusal of a document that cannot be read."""
    return Rejected(Finding(code=code, message=message, line=line, allowed=allowed), stage="read")


def parser(**more: Any) -> etree.XMLParser:
    """A parser that fetches nothing and expands nothing."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,  # `<a>1<!-- -->2</a>` has the text 12, not 1
        remove_pis=True,
        encoding="UTF-8",
        **more,
    )


class _Parsers(threading.local):
    """One parser for each thread: a shared one makes threads wait for each other."""

    def __init__(self) -> None:
        self.xml = parser()
        self._apart: ThreadPoolExecutor | None = None
        self._parsed = 0

    def elsewhere(self, parse: Callable[[], etree._Element]) -> etree._Element:
        """Parse in another thread, which ends after so many documents: lxml keeps every name that a thread ever met.

        A stream of documents full of invented names would otherwise fill the memory of a process that runs for weeks.
        """
        from concurrent.futures import ThreadPoolExecutor  # 5 ms that only a large document costs

        if self._apart is None or self._parsed >= APART_DOCUMENTS:
            if self._apart is not None:
                self._apart.shutdown()
            self._apart, self._parsed = ThreadPoolExecutor(1), 0
        self._parsed += 1
        return self._apart.submit(parse).result()


_parsers = _Parsers()


def own_parser() -> etree.XMLParser:
    """The door's parser, for a library that parses again what the door let through."""
    return _parsers.xml


def parse_xml(data: bytes, limits: Limits = STANDARD) -> etree._Element:
    """The root of an XML document, or Rejected with what makes it unreadable.

    UTF-8 only, no DTD, no entities but the five, within the limits; comments and processing instructions are dropped.
    """
    admit(data, limits)
    prolog = PROLOG.match(data)
    if prolog:
        if prolog[2]:
            raise refused("DOC-DTD", "the document has a DOCTYPE", data.count(b"\n", 0, prolog.end()) + 1, "no DTD")
        if prolog[1] and (declared := ENCODING.search(prolog[1])) and declared[1].lower() not in UTF8:
            raise refused("DOC-ENCODING", "the document declares another encoding", 1, "UTF-8")
    parts = data.count(b"<") + data.count(b"=") if len(data) > min(APART, limits.parts) else 0
    if parts > limits.parts:
        raise refused("DOC-ITEMS", "the document has too many elements", allowed=f"{limits.parts} tags and attributes")
    try:
        root = _apart(data, parts) if len(data) > APART else etree.fromstring(data, _parsers.xml)
    except etree.XMLSyntaxError as error:
        raise _unreadable(error) from None
    if limits.depth < PARSER_DEPTH and _deeper(limits.depth)(root):
        raise refused("DOC-DEPTH", "elements stand too deep inside each other", allowed=f"{limits.depth} levels")
    if len(data) > 4 * limits.items:  # `<a/>` is the shortest item
        _count_items(root, limits)
    return root


def _apart(data: bytes, parts: int) -> etree._Element:
    """Parse in another thread, and tell a document of very many elements and attributes by its address."""
    many = parts > MANY and parts - data.count(b"</") > MANY
    return _parsers.elsewhere(lambda: etree.fromstring(data, _parsers.xml, base_url=HUGE if many else LARGE))


def parse_json(data: bytes, limits: Limits = STANDARD) -> dict[str, Any]:
    """A JSON document's object with exact decimals, or Rejected with what makes it unreadable.

    UTF-8 only, no key twice in an object, no NaN or infinity, numbers of at most 40 digits, within the limits.
    """
    admit(data, limits)
    data = data.removeprefix(BOM)
    if len(data) > limits.parts and data.count(b",") + data.count(b"[") + data.count(b"{") > limits.parts:
        raise refused("DOC-ITEMS", "the document has too many values", allowed=f"{limits.parts} values")
    outcome = read_json(data, depth=limits.depth, items=limits.items)
    if isinstance(outcome, Finding):
        raise Rejected(outcome, stage="read")
    return outcome


def admit(data: bytes, limits: Limits) -> None:
    """Refuse what needs no parser to be refused."""
    if len(data) > limits.size:
        raise refused("DOC-SIZE", "the document is too large", allowed=f"{limits.size} bytes")
    if not data or data.isspace() or data == BOM:
        raise refused("DOC-EMPTY", "the document is empty")
    if data.startswith(WIDE):
        raise refused("DOC-ENCODING", "the document is in UTF-16 or UTF-32", 1, "UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise refused("DOC-CHARACTER", "the document holds the character NUL", line)


def line_of(element: etree._Element) -> int | None:
    """The line an element begins on, also beyond 65 535."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


CODES = {
    4: ("DOC-SYNTAX", "the document is not XML"),
    8: ("DOC-CHARACTER", "a character reference names no character that XML allows"),
    9: ("DOC-CHARACTER", "a character that XML does not allow"),
    26: ("DOC-ENTITY", "an entity that XML does not define"),
    27: ("DOC-ENTITY", "an entity that XML does not define"),
    28: ("DOC-ENTITY", "an entity that XML does not define"),
    31: ("DOC-ENCODING", "the document is not in UTF-8"),
    32: ("DOC-ENCODING", "the document is not in UTF-8"),
    77: ("DOC-SYNTAX", "the document ends before its elements do"),
    81: ("DOC-ENCODING", "the document is not in UTF-8"),
    114: ("DOC-DEPTH", "elements stand too deep inside each other"),
    201: ("DOC-SYNTAX", "a namespace prefix that is not declared"),
    6003: ("DOC-ENCODING", "the document is not in UTF-8"),
}
"""libxml2's error numbers that say more than a syntax error; its own text may quote the document and is never told."""
ALLOWED = {
    "DOC-DEPTH": f"{PARSER_DEPTH} levels",
    "DOC-ENCODING": "UTF-8",
    "DOC-ENTITY": "&amp; &lt; &gt; &quot; &apos;",
}


def _unreadable(error: etree.XMLSyntaxError) -> Rejected:
    code, message = CODES.get(getattr(error, "code", 0), ("DOC-SYNTAX", "the document is not well-formed XML"))
    return refused(code, message, error.lineno or None, ALLOWED.get(code))


@cache
def _deeper(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@cache
def _many(items: int) -> tuple[etree.XPath, etree.XPath]:
    """Whether there are more elements than that at all, and whether one element has more children than that."""
    return etree.XPath(f"boolean(descendant::*[{items + 1}])"), etree.XPath(
        f"boolean(descendant-or-self::*/*[{items + 1}])"
    )


def _count_items(root: etree._Element, limits: Limits) -> None:
    """Elements are counted by name only where a look in compiled code finds a parent of so many."""
    elements, children = _many(limits.items)
    if not elements(root) or not children(root):
        return
    for parent in root.iter():
        if len(parent) > limits.items:
            _, most = Counter(map(attrgetter("tag"), parent)).most_common(1)[0]
            if most > limits.items:
                message = "an element is repeated too often"
                raise refused("DOC-ITEMS", message, line_of(parent), f"{limits.items} of one name")
