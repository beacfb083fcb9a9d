"""Code lists read both ways: the hub's word on the left, the document's text on the right."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from adapter.mapping.path import TableError

UNKNOWN = "?"
"""Stands before a code that is kept as written because its open list does not know it."""
RESERVED = frozenset({"source", "closed", "recalled", "since", "until", "prefer"})


class Unmappable(ValueError):
    """A value that cannot be read or written as the table says; carries what was allowed."""

    def __init__(self, message: str, allowed: str | None = None, code: str = "MAP-VALUE") -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.code = code


class CodeList(NamedTuple):
    """A code list of one table: which text stands for which word of ours, and whether others are let through."""

    name: str
    source: str
    closed: bool
    texts: Mapping[str, tuple[str, ...]]
    """The document's texts for each of our words; the first is written, all are read."""
    words: Mapping[str, str]
    """Our word for each text."""

    def read(self, text: str) -> str | None:
        """Our word for the document's text; None where the list does not have it."""
        return self.words.get(text)

    def write(self, word: str) -> str:
        """The document's text for our word; one kept as written goes back as it came, if the list is open."""
        if word in self.texts:
            return self.texts[word][0]
        if word.startswith(UNKNOWN) and not self.closed and word[1:] not in self.words:
            return word[1:]
        raise Unmappable(f"code list {self.name} has no text for this code", self.allowed_words, "MAP-CODE")

    @property
    def allowed_words(self) -> str:
        """Our words, for a finding."""
        return ", ".join(self.texts)

    @property
    def allowed_texts(self) -> str:
        """The document's texts, for a finding."""
        return ", ".join(self.words)


def code_list(name: str, rows: Mapping[str, Any], where: str) -> CodeList:
    """Reads a list from its TOML table; `source` and `closed` must be said."""
    for needed, kind in (("source", str), ("closed", bool)):
        if not isinstance(rows.get(needed), kind):
            what = "a text" if kind is str else "true or false"
            raise TableError(f"{where}: [codes.{name}] does not say its `{needed}`, {what}")
    texts = {word: _texts(name, word, value, where) for word, value in rows.items() if word not in RESERVED}
    prefer: Mapping[str, str] = rows.get("prefer", {})
    words: dict[str, str] = {}
    for word, several in texts.items():
        for text in several:
            if text in words and text not in prefer:
                raise TableError(
                    f"{where}: [codes.{name}] {text!r} stands for {words[text]!r} and {word!r}; "
                    f"say which is meant on reading in [codes.{name}.prefer]"
                )
            words[text] = prefer.get(text, word)
    for text, word in prefer.items():
        if text not in texts.get(word, ()):
            raise TableError(f"{where}: [codes.{name}.prefer] {text!r} is not a text of {word!r}")
    return CodeList(name, str(rows["source"]), bool(rows["closed"]), texts, words)


def _texts(name: str, word: str, value: Any, where: str) -> tuple[str, ...]:
    several = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not several or not all(isinstance(text, str) for text in several):
        raise TableError(f"{where}: [codes.{name}] {word} must be a text or a list of texts")
    return several
