"""Compiles the writers: one function per table that builds the document's text, bottom up."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from adapter.mapping.access import Scope, reach
from adapter.mapping.fields import Level, depth
from adapter.mapping.plan import Bound, Place, Plan, Use
from adapter.mapping.source import Source

Built = tuple[str, bool]
"""The variable that holds a piece of text, and whether the text is always there."""
SAFE = frozenset({"number", "integer", "day", "moment", "flag"})
"""Types whose texts never hold a character that needs escaping."""


class Writer(ABC):
    """Turns a plan into the source of `write(content, header, fail)`, which returns the document as text."""

    escape: Callable[[str], str]

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.source = Source(f"{plan.table.name} write")
        self.source.bindings["E"] = self.escape
        self.header = Scope("h")

    def compile(self) -> Source:
        """The source of the function."""
        with self.source.block("def write(c, h, fail):"):
            self.source.add(f"return {self.document(self.plan.root, Scope('c'))}")
        return self.source

    @abstractmethod
    def document(self, root: Place, scope: Scope) -> str:
        """Adds the lines that build the document; gives the expression of its text."""

    def loop(self, place: Place, scope: Scope, build: Callable[[Place, Scope], Built]) -> str:
        """Adds the loop over the hub's list that a place repeats for; gives the variable of the list of texts."""
        path = place.many or ""
        found = reach(self.source, scope, self._list_levels(path, scope))
        texts, index, item = (self.source.name_for(stem) for stem in ("t", "i", "c"))
        self.source.add(f"{texts} = []")
        over = f"{found.expression} or ()" if found.optional else found.expression
        with self.source.block(f"for {index}, {item} in enumerate({over}):", path):
            text, _ = build(place, Scope(item, path, (*scope.indexes, index)))
            self.source.add(f"{texts}.append({text})")
        return texts

    def _list_levels(self, path: str, scope: Scope) -> tuple[Level, ...]:
        bound = next(bound for bound in self.plan.rows if path in bound.field.lists)
        return bound.field.levels[depth(scope.path) : depth(path)]

    def use(self, use: Use, scope: Scope, place: Place) -> Built | None:
        """Adds the lines for what a place or attribute holds; None if it is only ever read."""
        if use.bound is None:
            return self.source.bind("K", self.escaped(place)(use.constant or "")), True
        return None if use.bound.row.only == "read" else self._value(use.bound, scope, place)

    def escaped(self, place: Place) -> Callable[[str], str]:
        """How a text is made part of the document at this place."""
        return self.escape

    def quoted(self, place: Place) -> bool:
        """Whether every text is changed to be part of the document here, a number too."""
        return False

    def _value(self, bound: Bound, scope: Scope, place: Place) -> Built:
        within = self.header if bound.row.section == "header" else scope
        found = reach(self.source, within, bound.field.below(within.path))
        variable = found.expression
        if found.optional:
            variable = self.source.name_for("x")
            self.source.add(f"{variable} = {found.expression}", bound.row.field)
        text = self._text(bound, variable, place)
        if found.optional:
            text = f"'' if {variable} is None else {text}"
        name = self.source.name_for("v")
        if not bound.pair.fails:
            self.source.add(f"{name} = {text}", bound.row.field)
            return name, not found.optional and not bound.pair.leaves_out
        with self.source.block("try:", bound.row.field):
            self.source.add(f"{name} = {text}")
        with self.source.block("except ValueError as error:"):
            indexes = "".join(f"{index}, " for index in scope.indexes)
            self.source.add(f"{name} = fail(error, {bound.index}, ({indexes}))")
        return name, False

    def _text(self, bound: Bound, variable: str, place: Place) -> str:
        """The expression of a value's text, escaped where it needs to be."""
        codes, kind, escape = bound.row.codes, bound.field.type, self.escaped(place)
        if codes is None and kind == "text":
            return f"{self._escape(escape)}({variable})"
        write = self.source.bind("W", bound.pair.write)
        if codes is not None and kind == "text":
            known = self.source.bind("T", {word: escape(texts[0]) for word, texts in codes.texts.items()})
            return f"({known}.get({variable}) or {self._escape(escape)}({write}({variable})))"
        if codes is None and kind in SAFE and not self.quoted(place):
            return f"{write}({variable})" + (" or ''" if bound.pair.leaves_out else "")
        return f"{self.source.bind('S', _optional(escape))}({write}({variable}))"

    def _escape(self, escape: Callable[[str], str]) -> str:
        return "E" if escape is self.escape else self.source.bind("E", escape)


def as_it_is(text: str) -> str:
    """The text itself: a number or truth value of JSON."""
    return text


def _optional(escape: Callable[[str], str]) -> Callable[[str | None], str]:
    return lambda text: "" if text is None else escape(text)
