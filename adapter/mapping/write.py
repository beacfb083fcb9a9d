"""Compiles the writers: one function per table that builds the document's text, bottom up."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from adapter.mapping.access import Part, Scope, reach, unfold
from adapter.mapping.fields import Level, depth
from adapter.mapping.plan import Bound, Place, Plan, Use
from adapter.mapping.source import Source

SAFE = frozenset({"number", "integer", "day", "moment", "flag"})
"""Types whose texts never hold a character that needs escaping."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Text that the table decides on: names and constants."""

    text: str


Bit = str | Fixed
"""The expression of a text that the hub decides on, or text that never changes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of the document, bit by bit: fixed text, and expressions of texts that the hub decides on."""

    bits: tuple[Bit, ...]
    there: str = ""
    """What is true where it is there; empty for what is always there. Where it is not there its text is empty."""
    late: bool = False
    """Whether its bits make sense only where it is there."""

    @property
    def always(self) -> bool:
        """Whether it is always there."""
        return not self.there


def fixed(text: str) -> Piece:
    """A piece that the table alone decides on."""
    return Piece((Fixed(text),))


class Writer(ABC):
    """Turns a plan into the source of `write(content, header, fail)`, which returns the document as text."""

    escape: Callable[[str], str]

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.source = Source(f"{plan.table.name} write")
        self.source.bindings["E"] = self.escape
        self.header = Scope(Part("h", "h"))

    def compile(self) -> Source:
        """The source of the function."""
        with self.source.block("def write(c, h, fail):"):
            self.header = Scope(unfold(self.source, "h"))
            self.source.add(f"return {self.document(self.plan.root, Scope(unfold(self.source, 'c')))}")
        return self.source

    @abstractmethod
    def document(self, root: Place, scope: Scope) -> str:
        """Adds the lines that build the document; gives the expression of its text."""

    def loop(self, place: Place, scope: Scope, build: Callable[[Place, Scope], Piece]) -> str:
        """Adds the loop over the hub's list that a place repeats for; gives the variable of the list of texts."""
        path = place.many or ""
        found = reach(self.source, scope, self._list_levels(path, scope))
        texts, index, item = (self.source.name_for(stem) for stem in ("t", "i", "c"))
        self.source.add(f"{texts} = []")
        over = f"{found.expression} or ()" if found.optional else found.expression
        with self.source.block(f"for {index}, {item} in enumerate({over}):", path):
            plain = any(bound.row.field == path for bound in self.plan.rows)
            element = Part(item, "") if plain else unfold(self.source, item)
            built = build(place, Scope(element, path, (*scope.indexes, index)))
            self.source.add(f"{texts}.append({self.joined(built.bits)})")
        return texts

    def _list_levels(self, path: str, scope: Scope) -> tuple[Level, ...]:
        bound = next(bound for bound in self.plan.rows if path in bound.field.lists)
        return bound.field.levels[depth(scope.path) : depth(path)]

    def held(self, use: Use, place: Place, scope: Scope) -> Piece | None:
        """Adds the lines for what a place or attribute holds; None if it is only ever read."""
        if use.bound is None:
            return fixed(self.escaped(place)(use.constant or ""))
        return None if use.bound.row.only == "read" else self._value(use.bound, place, scope)

    def present(self, parts: Sequence[Piece], valued: Sequence[Piece], stem: str) -> Piece:
        """The parts one after the other, there where a valued one is; none but those may be absent by itself."""
        late = [piece for piece in valued if piece.late]
        if late and len(valued) > 1:
            made = {piece: self._made(piece) for piece in late}
            return self.present([made.get(piece, piece) for piece in parts], [made.get(p, p) for p in valued], stem)
        bits = tuple(bit for piece in parts for bit in piece.bits)
        if any(piece.always for piece in valued):
            return Piece(bits)
        variable = self.source.name_for(stem)
        there = " or ".join(piece.there for piece in valued) or "False"
        self.source.add(f"{variable} = {self.joined(bits)} if {there} else ''")
        return Piece((variable,), variable)

    def _made(self, piece: Piece) -> Piece:
        """A late piece as a variable."""
        variable = self.source.name_for("v")
        self.source.add(f"{variable} = {self.joined(piece.bits)} if {piece.there} else ''")
        return Piece((variable,), variable)

    def joined(self, bits: Iterable[Bit]) -> str:
        """The expression of the whole text; what never changes between two others is one text."""
        names: list[str] = []
        unchanging = ""
        for bit in bits:
            if isinstance(bit, Fixed):
                unchanging += bit.text
                continue
            names += [self.source.bind("K", unchanging), bit] if unchanging else [bit]
            unchanging = ""
        names += [self.source.bind("K", unchanging)] if unchanging else []
        return names[0] if len(names) == 1 else "f'''" + "".join(f"{{{name}}}" for name in names) + "'''"

    def escaped(self, place: Place) -> Callable[[str], str]:
        """How a text is made part of the document at this place."""
        return self.escape

    def spelled(self, variable: str, place: Place) -> str:
        """The expression of a text as part of the document."""
        return f"{self._escape(self.escaped(place))}({variable})"

    def plain(self, expression: str, place: Place) -> str:
        """The expression of a text that holds nothing to escape."""
        return expression

    def _value(self, bound: Bound, place: Place, scope: Scope) -> Piece:
        """Adds the lines for a row's value."""
        within = self.header if bound.row.section == "header" else scope
        found = reach(self.source, within, bound.field.below(within.path), bound.field.computed)
        variable = self.source.name_for("x")
        text = self._text(bound, variable, place)
        sure = not bound.pair.fails and not bound.pair.leaves_out
        if sure and found.optional:
            return Piece((text,), f"({variable} := {found.expression}) is not None", late=True)
        self.source.add(f"{variable} = {found.expression}", bound.row.field)
        if sure:
            return Piece((text,))
        name = self.source.name_for("v")
        with self.source.block("try:", bound.row.field):
            self.source.add(f"{name} = '' if {variable} is None else {text}" if found.optional else f"{name} = {text}")
        with self.source.block("except ValueError as error:"):
            indexes = "".join(f"{index}, " for index in scope.indexes)
            self.source.add(f"{name} = fail(error, {bound.index}, ({indexes}))")
        return Piece((name,), name)

    def _text(self, bound: Bound, variable: str, place: Place) -> str:
        """The expression of a value's text, escaped where it needs to be."""
        codes, kind, escape = bound.row.codes, bound.field.type, self.escaped(place)
        if codes is None and kind == "text":
            return self.spelled(variable, place)
        write = self.source.bind("W", bound.pair.write)
        if codes is not None and bound.row.convert is None and kind == "text":
            known = self.source.bind("T", {word: escape(texts[0]) for word, texts in codes.texts.items()})
            return f"({known}.get({variable}) or {self._escape(escape)}({write}({variable})))"
        if codes is None and kind in SAFE and not bound.pair.leaves_out:
            return self.plain(f"{write}({variable})", place)
        return f"{self.source.bind('S', _optional(escape))}({write}({variable}))"

    def _escape(self, escape: Callable[[str], str]) -> str:
        return "E" if escape is self.escape else self.source.bind("E", escape)


def _optional(escape: Callable[[str], str]) -> Callable[[str | None], str]:
    return lambda text: "" if text is None else escape(text)
