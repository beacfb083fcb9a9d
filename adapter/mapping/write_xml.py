"""Writes XML: an element is written where a value below it is there, or where it holds constants only."""

from adapter.mapping.access import Scope
from adapter.mapping.plan import Place, Use
from adapter.mapping.write import Piece, Writer, fixed

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escape_xml(text: str) -> str:
    """Text as XML character data or attribute value."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


class XmlWriter(Writer):
    """Builds an XML document from the inside out."""

    escape = staticmethod(escape_xml)

    def document(self, root: Place, scope: Scope) -> str:
        """The XML declaration and the root element with all namespaces."""
        return self.joined((*fixed(DECLARATION).bits, *self._element(root, scope).bits))

    def spelled(self, variable: str, place: Place) -> str:
        """Most texts need no escaping: looking is quicker than asking."""
        harmless = " and ".join(f"{character!r} not in {variable}" for character in '&<>"')
        return f"({variable} if {harmless} else E({variable}))"

    def _element(self, place: Place, scope: Scope) -> Piece:
        uses = place.attributes.items()
        attributes = [(self._attribute(name, use, place, scope), use.bound) for name, use in uses]
        text = place.text
        inner: list[tuple[Piece | None, object]] = [(self.held(text, place, scope), text.bound)] if text else []
        inner += [(self._child(child, scope), child.valued) for child in place.children]
        parts = self._tagged(place, [piece for piece, _ in attributes if piece], [piece for piece, _ in inner if piece])
        valued = [piece for piece, valued in (*attributes, *inner) if piece and valued]
        if place.parent is None or not place.valued:
            valued.append(fixed(""))
        return self.present(parts, valued, "s")

    def _tagged(self, place: Place, attributes: list[Piece], inner: list[Piece]) -> list[Piece]:
        tag = self._tag(place.step.name)
        declared = self._declarations() if place.parent is None else ""
        opened = [fixed(f"<{tag}{declared}"), *attributes]
        return [*opened, fixed(">"), *inner, fixed(f"</{tag}>")] if inner else [*opened, fixed("/>")]

    def _child(self, place: Place, scope: Scope) -> Piece:
        if not place.many:
            return self._element(place, scope)
        joined = self.source.name_for("s")
        self.source.add(f"{joined} = ''.join({self.loop(place, scope, self._element)})")
        return Piece((joined,), joined)

    def _attribute(self, name: str, use: Use, place: Place, scope: Scope) -> Piece | None:
        held = self.held(use, place, scope)
        return held and self.present([fixed(f' {self._tag(name)}="'), held, fixed('"')], [held], "a")

    def _tag(self, name: str) -> str:
        """The name with the table's prefix for its namespace."""
        uri, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
        prefix = self.plan.table.prefixes.get(uri, "")
        return f"{prefix}:{local}" if prefix else local

    def _declarations(self) -> str:
        spaces = self.plan.table.namespaces.items()
        return "".join(f' xmlns{":" if prefix else ""}{prefix}="{escape_xml(uri)}"' for prefix, uri in spaces)
