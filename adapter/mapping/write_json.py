"""Writes JSON: a property is written where it has a value."""

from collections.abc import Callable
from json.encoder import encode_basestring

from adapter.mapping.access import Scope
from adapter.mapping.plan import Place
from adapter.mapping.write import Built, Writer, as_it_is


class JsonWriter(Writer):
    """Builds a JSON document: a property is written where it has a value."""

    escape = staticmethod(encode_basestring)

    def document(self, root: Place, scope: Scope) -> str:
        """The object."""
        return self._object(root, scope)[0]

    def _object(self, place: Place, scope: Scope) -> Built:
        """An object, or the plain value of a place in a list."""
        if place.text:
            return self.use(place.text, scope, place) or (self.source.bind("Z", ""), False)
        groups: dict[str, list[Place]] = {}
        for child in place.children:
            groups.setdefault(child.step.name, []).append(child)
        members = [(self._property(alike, scope), any(child.valued for child in alike)) for alike in groups.values()]
        pieces = [member for member, valued in members if valued]
        always = place.parent is None or not place.valued or any(there for _, there in pieces)
        variable = self.source.name_for("s")
        present = "" if always else f" if {' or '.join(name for name, _ in pieces)} else ''"
        joined = " + ".join(name for (name, _), _ in members) or "''"
        self.source.add(f"{variable} = '{{' + ({joined})[:-1] + '}}'{present}")
        return variable, always

    def _property(self, alike: list[Place], scope: Scope) -> Built:
        """One property; objects told apart by predicates stand together in an array."""
        if not alike[0].many and not alike[0].step.where:
            return self._member(alike[0], self._object(alike[0], scope))
        texts = self.source.name_for("t")
        self.source.add(f"{texts} = []")
        for place in alike:
            added = self.loop(place, scope, self._object) if place.many else f"[{self._object(place, scope)[0]}]"
            self.source.add(f"{texts} += filter(None, {added})")
        joined = self.source.name_for("s")
        self.source.add(f"{joined} = f\"[{{','.join({texts})}}]\" if {texts} else ''")
        return self._member(alike[0], (joined, False))

    def _member(self, child: Place, built: Built) -> Built:
        text, always = built
        name = self.source.name_for("m")
        self.source.add(
            f"{name} = f'''\"{child.step.name}\":{{{text}}},'''" + ("" if always else f" if {text} else ''")
        )
        return name, always

    def escaped(self, place: Place) -> Callable[[str], str]:
        """Texts and dates are quoted; numbers and truth values stand as they are."""
        return encode_basestring if self.quoted(place) else as_it_is

    def quoted(self, place: Place) -> bool:
        """Whether the schema wants a text here."""
        return place.node.type.value in ("text", "date", "datetime")
