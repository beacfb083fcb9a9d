"""Reads JSON: each property by its name."""

from adapter.mapping.plan import Place
from adapter.mapping.read import Gathered, Reader


class JsonReader(Reader):
    """Reads JSON: each property by its name."""

    as_they_are = frozenset({"text", "number", "integer", "flag"})
    name = ""
    """Of the property that is read at the moment."""

    def plain(self, kind: str, expression: str, element: str) -> str:
        """The expression of a value that the hub takes as it is; a number as its digits, which are read faster."""
        return f"str({expression})" if kind == "number" else self.present(expression, element)

    def present(self, expression: str, element: str) -> str:
        """The expression of a value, None (and noted) where it is an empty text."""
        name = self.source.bind("Q", self.name)
        return f"{expression} if {expression} != '' else n.empty({element}, {name})"

    def stripped(self, expression: str, element: str) -> str:
        """The expression of a value to convert: its schema says how texts are spelled."""
        return self.present(expression, element)

    def visit(self, place: Place, variable: str, gathered: Gathered) -> None:
        """Adds the look-ups of an object's properties."""
        if place.text and not place.children:
            self.take(place.text, variable, variable, gathered)
            return
        names = list(dict.fromkeys(child.step.name for child in place.children))
        claimed = self.source.bind("Q", frozenset(names))
        self.source.add(f"if not {claimed}.issuperset({variable}): n.some({variable}, {claimed})")
        for name in names:
            value = self.source.name_for("e")
            self.source.add(f"{value} = {variable}.get({self.source.bind('Q', name)})")
            with self.source.block(f"if {value} is not None:", name):
                self._property(
                    [child for child in place.children if child.step.name == name], value, variable, gathered
                )

    def _property(self, places: list[Place], value: str, holder: str, gathered: Gathered) -> None:
        """Adds what reads one property; an array whose objects are told apart by predicates is walked."""
        place = places[0]
        if place.many or place.step.where:
            item = self.source.name_for("e")
            with self.source.block(f"for {item} in {value}:"):
                self._alike(places, item, gathered)
        elif place.children:
            self.visit(place, value, gathered)
        elif place.text:
            self.name = place.step.name
            self.take(place.text, value, holder, gathered)

    def _alike(self, places: list[Place], item: str, gathered: Gathered) -> None:
        for nth, place in enumerate(sorted(places, key=lambda place: not place.step.where)):
            tests = [
                f"{item}.get({self.source.bind('Q', name)}) == {self.source.bind('K', value)}"
                for name, value in place.step.where
            ]
            head = f"{'el' if nth else ''}if {' and '.join(tests)}:" if tests else ("else:" if nth else "if True:")
            with self.source.block(head):
                if place.many:
                    self.inner(place, item, gathered)
                else:
                    self.visit(place, item, gathered)
        if all(place.step.where for place in places):
            with self.source.block("else:"):
                self.source.add(f"n.left({item})")
