"""Source text of a compiled function: lines with indents, and values bound beside it, never pasted into it."""

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapter.mapping.code import code_of


class Source:
    """Grows a function line by line; what varies is bound under a name of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[str] = []
        self.bindings: dict[str, Any] = {}
        self._depth = 0
        self._names = 0

    def add(self, line: str, note: str = "") -> None:
        """Adds a line; the note tells a traceback's reader which row it serves."""
        self.lines.append("    " * self._depth + line + (f"  # {note}" if note else ""))

    def insert(self, place: int, line: str) -> None:
        """Puts a line before the one at this place, indented as the current block is."""
        self.lines.insert(place, "    " * self._depth + line)

    @contextmanager
    def block(self, head: str, note: str = "") -> Iterator[None]:
        """Adds a head and indents what follows."""
        self.add(head, note)
        self._depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.add("pass")
        self._depth -= 1

    def name_for(self, stem: str) -> str:
        """A name not used before."""
        self._names += 1
        return f"{stem}{self._names}"

    def bind(self, stem: str, value: Any) -> str:
        """Binds a value under a new name, which is returned."""
        name = self.name_for(stem)
        self.bindings[name] = value
        return name

    def compile(self, function: str, cache: Path | None = None) -> Callable[..., Any]:
        """The function, its source kept where tracebacks look for it; its code is kept in the cache folder."""
        text = "\n".join(self.lines) + "\n"
        file = f"<table {self.name}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        space = dict(self.bindings)
        exec(code_of(text, file, cache), space)  # noqa: S102 - only validated names are in the text
        made: Callable[..., Any] = space[function]
        return made
