"""The same document in other clothes: what prefixes, comments, blanks, sections and escapes must not change."""

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

STARTS = ("", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- x -->")
COMMENT = "<!-- & 1 < 2 --><?note x='1'?>"


def disguised(root: Any, is_json: bool, turn: int = 0) -> bytes:
    """A parsed document written another way."""
    return disguised_json(root, turn) if is_json else disguised_xml(root, turn)


def disguised_xml(root: Any, turn: int) -> bytes:
    """Each namespace under a new prefix, or as the default; comments between and inside; blanks, CDATA, references."""
    names = sorted({node.tag[1:].partition("}")[0] for node in root.iter("*") if node.tag.startswith("{")})
    default = names[turn % len(names)]
    prefixes = {name: "" if name == default and turn % 2 else f"n{nth}" for nth, name in enumerate(names)}
    spaces = "".join(f" xmlns{':' * bool(prefix)}{prefix}={quoteattr(name)}" for name, prefix in prefixes.items())
    start = STARTS[turn % len(STARTS)]
    return (start + _element(root, prefixes, spaces, turn) + "\n<!-- end -->\n").encode()


def _element(element: Any, prefixes: dict[str, str], spaces: str, turn: int) -> str:
    uri, _, local = element.tag[1:].rpartition("}")
    name = f"{prefixes[uri]}:{local}" if prefixes[uri] else local
    attributes = "".join(f"\n {key}={quoteattr(value)}" for key, value in reversed(element.attrib.items()))
    inner = "".join(f"\n\t{COMMENT}{_element(child, prefixes, '', turn + 1)}" for child in element.iterchildren("*"))
    held = inner + "\n" if inner else _text(element.text or "", turn)
    return f"<{name}{spaces}{attributes}>{held}</{name} >"


def _text(text: str, turn: int) -> str:
    half = len(text) // 2
    first, last = text[:half], text[half:]
    if turn % 3 == 0:
        return f"{escape(first)}{COMMENT}{escape(last)}"
    if turn % 3 == 1:
        return f"<![CDATA[{first.replace(']]>', ']]]]><![CDATA[>')}]]>{escape(last)}"
    return "".join(f"&#x{ord(character):x};" for character in text)


def disguised_json(root: Any, turn: int) -> bytes:
    """Properties in another order, every letter escaped or none, blanks where they may stand."""
    return f"\ufeff{_value(root, turn)}\n".encode()


def _value(value: Any, turn: int) -> str:
    if isinstance(value, dict):
        inner = (f"{_quoted(name, turn)} :\t{_value(held, turn + 1)}" for name, held in reversed(value.items()))
        return "{\n" + " ,\n".join(inner) + "}"
    if isinstance(value, list):
        return "[ " + ",\r\n".join(_value(held, turn + 1) for held in value) + "]"
    if isinstance(value, str):
        return _quoted(value, turn)
    return json.dumps(value) if isinstance(value, bool) or value is None else str(value)


def _quoted(text: str, turn: int) -> str:
    if turn % 3:
        return json.dumps(text, ensure_ascii=turn % 3 == 1)
    units = text.encode("utf-16-be")
    return '"' + "".join(f"\\u{units[nth]:02x}{units[nth + 1]:02X}" for nth in range(0, len(units), 2)) + '"'
