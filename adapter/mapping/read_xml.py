"""Reads XML: each element's children in one loop, told apart by their names and predicates."""

from adapter.mapping.locate import text_of
from adapter.mapping.plan import Place
from adapter.mapping.read import Gathered, Reader


class XmlReader(Reader):
    """Reads XML: each element's children in one loop, told apart by their names and predicates."""

    def visit(self, place: Place, variable: str, gathered: Gathered) -> None:
        """Adds the loop over an element's children, after its own text and attributes."""
        for name, use in place.attributes.items():
            if not use.selects:
                with self.source.block(f"if (y := {variable}.get({self.source.bind('Q', name)})) is not None:"):
                    self.take(use, "y", variable, gathered)
        self._unclaimed(place, variable)
        if place.text and not place.children:
            self.take(place.text, f"{variable}.text", variable, gathered)
            return
        child, number = self.source.name_for("e"), self.source.name_for("k")
        names = list(dict.fromkeys(inner.step.name for inner in place.children))
        table = self.source.bind("N", {name: nth for nth, name in enumerate(names)})
        # All children at once: lxml makes a list of them a third faster than it steps from one to the next.
        with self.source.block(f"for {child} in {variable}[:]:"):
            self.source.add(f"{number} = {table}.get({child}.tag, -1)")
            for nth, name in enumerate(names):
                like = [inner for inner in place.children if inner.step.name == name]
                with self.source.block(f"{'el' if nth else ''}if {number} == {nth}:", name.rpartition("}")[2]):
                    self._alike(like, child, gathered)
            with self.source.block("else:" if names else "if True:"):
                self.source.add(f"n.left({child})")

    def _alike(self, places: list[Place], child: str, gathered: Gathered) -> None:
        """Adds the choice among places of one name: those with predicates first, then the one without."""
        chosen = sorted(places, key=lambda place: not place.step.where)
        selecting = {name: self.source.name_for("q") for place in places for name, _ in place.step.where}
        for name, variable in selecting.items():
            self.source.add(f"{variable} = {self._selecting(child, name)}")
        for nth, place in enumerate(chosen):
            tests = [f"{selecting[name]} == {self.source.bind('K', value)}" for name, value in place.step.where]
            head = f"{'el' if nth else ''}if {' and '.join(tests)}:" if tests else ("else:" if nth else "if True:")
            with self.source.block(head):
                self._one(place, child, gathered)
        if chosen[-1].step.where:
            with self.source.block("else:"):
                self.source.add(f"n.left({child})")

    def _selecting(self, child: str, name: str) -> str:
        """The expression of what a predicate looks at."""
        if name.startswith("@"):
            return f"{child}.get({self.source.bind('Q', name[1:])})"
        return f"{self.source.bind('F', text_of)}({child}, {self.source.bind('Q', name)})"

    def _one(self, place: Place, child: str, gathered: Gathered) -> None:
        if place.many:
            self.inner(place, child, gathered)
            return
        if place.children and (place.node.at_most != 1 or place.step.where):
            seen = self.source.name_for("v")
            gathered.fresh.append(seen)
            self.source.add(f"if {seen}: n.again({child})")
            self.source.add(f"{seen} = True")
        self.visit(place, child, gathered)

    def _unclaimed(self, place: Place, variable: str) -> None:
        """Attributes that the schema allows here and no row names are left over."""
        if any(attribute.name not in place.attributes for attribute in place.node.type.attributes):
            claimed = self.source.bind("Q", frozenset(place.attributes))
            with self.source.block(f"if {variable}.attrib and not {claimed}.issuperset({variable}.attrib):"):
                self.source.add(f"n.some({variable}, {claimed})")
