"""Writes JSON: a property is written where it has a value."""

from collections.abc import Callable
from json.encoder import encode_basestring

from adapter.mapping.access import Scope
from adapter.mapping.plan import Place
from adapter.mapping.write import Piece, Writer, fixed


class JsonWriter(Writer):
    """Builds a JSON document: a property is written where it has a value."""

    escape = staticmethod(encode_basestring)

    def document(self, root: Place, scope: Scope) -> str:
        """The object."""
        return self.joined(self._object(root, scope).bits)

    def _object(self, place: Place, scope: Scope) -> Piece:
        """An object, or the plain value of a place in a list."""
        if place.text:
            return self.held(place.text, place, scope) or Piece(("''",), "''")
        groups: dict[str, list[Place]] = {}
        for child in place.children:
            groups.setdefault(child.step.name, []).append(child)
        members = [(self._property(alike, scope), any(child.valued for child in alike)) for alike in groups.values()]
        # Each member ends in a comma; the last one is cut off with the whole, since any of them may be absent.
        variable = self.source.name_for("s")
        self.source.add(f"{variable} = {self.joined(bit for piece, _ in members for bit in piece.bits)}[:-1]")
        valued = [piece for piece, valued in members if valued]
        if place.parent is None or not place.valued:
            valued.append(fixed(""))
        return self.present([fixed("{"), Piece((variable,)), fixed("}")], valued, "s")

    def _property(self, alike: list[Place], scope: Scope) -> Piece:
        """One property; objects told apart by predicates stand together in an array."""
        if not alike[0].many and not alike[0].step.where:
            return self._member(alike[0], self._object(alike[0], scope))
        texts = self.source.name_for("t")
        self.source.add(f"{texts} = []")
        for place in alike:
            one = None if place.many else self.joined(self._object(place, scope).bits)
            added = self.loop(place, scope, self._object) if one is None else f"[{one}]"
            self.source.add(f"{texts} += filter(None, {added})")
        joined = self.source.name_for("s")
        self.source.add(f"{joined} = f\"[{{','.join({texts})}}]\" if {texts} else ''")
        return self._member(alike[0], Piece((joined,), joined))

    def _member(self, place: Place, value: Piece) -> Piece:
        return self.present([fixed(f'"{place.step.name}":'), value, fixed(",")], [value], "m")

    def escaped(self, place: Place) -> Callable[[str], str]:
        """Texts and dates are quoted; numbers and truth values stand as they are."""
        return encode_basestring if self._quoted(place) else as_it_is

    def plain(self, expression: str, place: Place) -> str:
        """The expression of a text that holds nothing to escape, in quotes where the schema wants a text."""
        return f"'\"' + {expression} + '\"'" if self._quoted(place) else expression

    def _quoted(self, place: Place) -> bool:
        return place.node.type.value in ("text", "date", "datetime")


def as_it_is(text: str) -> str:
    """The text itself: a number or truth value of JSON."""
    return text
