"""Writes XML: an element is written where a value below it is there, or where it holds constants only."""

from adapter.mapping.access import Scope
from adapter.mapping.plan import Place, Use
from adapter.mapping.write import Built, Writer

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escape_xml(text: str) -> str:
    """Text as XML character data or attribute value."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text


class XmlWriter(Writer):
    """Builds an XML document from the inside out."""

    escape = staticmethod(escape_xml)

    def document(self, root: Place, scope: Scope) -> str:
        """The XML declaration and the root element with all namespaces."""
        text, _ = self._element(root, scope)
        return f"{self.source.bind('D', DECLARATION)} + {text}"

    def _element(self, place: Place, scope: Scope) -> Built:
        pieces: list[Built] = []
        attributes = [self._attribute(name, use, place, scope, pieces) for name, use in place.attributes.items()]
        inner = []
        held = self.use(place.text, scope, place) if place.text else None
        if held and place.text:
            inner.append(held[0])
            pieces += [held] if place.text.bound else []
        for child in place.children:
            built = self._many(child, scope) if child.many else self._element(child, scope)
            inner.append(built[0])
            pieces += [built] if child.valued else []
        if place.parent is None:
            attributes.insert(0, self.source.bind("N", self._declarations()))
        always = place.parent is None or not place.valued or any(there for _, there in pieces)
        return self._assign(self._tag(place.step.name), attributes, inner, pieces, always)

    def _assign(self, tag: str, attributes: list[str], inner: list[str], pieces: list[Built], always: bool) -> Built:
        held = "".join(f"{{{name}}}" for name in inner)
        tag = "{" + self.source.bind("G", tag) + "}"
        opened = f"<{tag}{''.join(f'{{{name}}}' for name in attributes if name)}"
        text = f"{opened}>{held}</{tag}>" if inner else f"{opened}/>"
        variable = self.source.name_for("s")
        present = "" if always else f" if {' or '.join(name for name, _ in pieces) or 'False'} else ''"
        self.source.add(f"{variable} = f'''{text}'''{present}")
        return variable, always

    def _many(self, place: Place, scope: Scope) -> Built:
        texts = self.loop(place, scope, self._element)
        joined = self.source.name_for("s")
        self.source.add(f"{joined} = ''.join({texts})")
        return joined, False

    def _attribute(self, name: str, use: Use, place: Place, scope: Scope, pieces: list[Built]) -> str:
        held = self.use(use, scope, place)
        if held is None:
            return ""
        value, always = held
        pieces += [held] if use.bound else []
        text = self.source.name_for("a")
        self.source.add(
            f"{text} = f''' {self._tag(name)}=\"{{{value}}}\"'''" + ("" if always else f" if {value} else ''")
        )
        return text

    def _tag(self, name: str) -> str:
        """The name with the table's prefix for its namespace."""
        uri, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
        prefix = self.plan.table.prefixes.get(uri, "")
        return f"{prefix}:{local}" if prefix else local

    def _declarations(self) -> str:
        spaces = self.plan.table.namespaces.items()
        return "".join(f' xmlns{":" if prefix else ""}{prefix}="{escape_xml(uri)}"' for prefix, uri in spaces)
