"""Reads XML: each element's children in the order of the schema, told apart by their names and predicates."""

from adapter.mapping.locate import text_of
from adapter.mapping.plan import Place
from adapter.mapping.read import Gathered, Reader


class End:
    """What stands behind an element's last child."""

    tag = None


class XmlReader(Reader):
    """Reads XML: each element's children in the order of the schema, told apart by their names and predicates."""

    def visit(self, place: Place, variable: str, gathered: Gathered) -> None:
        """Adds the passes over an element's children, after its own text and attributes."""
        for name, use in place.attributes.items():
            if not use.selects:
                with self.source.block(f"if (y := {variable}.get({self.source.bind('Q', name)})) is not None:"):
                    self.take(use, "y", variable, gathered)
        self._unclaimed(place, variable)
        if place.text and not place.children:
            self.take(place.text, f"{variable}.text", variable, gathered)
            return
        self._children(place, variable, gathered)

    def _children(self, place: Place, variable: str, gathered: Gathered) -> None:
        """Adds the passes over an element's children: each meets those that stand in the order of the schema.

        A valid document needs one pass. What no row claims is stepped over, and begins another.
        """
        child, tag, children, at = (self.source.name_for(stem) for stem in "etci")
        # All children at once: lxml makes a list of them a third faster than it steps from one to the next.
        begin = f"{children} = {variable}[:]; {children}.append({self.source.bind('END', End)}); {at} = 0"
        ahead = f"{child} = {children}[{at}]; {tag} = {child}.tag"
        self.source.add(f"{begin}; {ahead}")
        names = list(dict.fromkeys(inner.step.name for inner in place.children))
        with self.source.block(f"while {tag} is not None:"):
            for name in names:
                like = [inner for inner in place.children if inner.step.name == name]
                again = any(inner.step.where or inner.node.at_most != 1 for inner in like)
                head = f"{'while' if again else 'if'} {tag} == {self.source.bind('N', name)}:"
                with self.source.block(head, name.rpartition("}")[2]):
                    self._alike(like, child, gathered)
                    self.source.add(f"{at} += 1; {ahead}")
            with self.source.block(f"if {tag} is not None and {tag} not in {self.source.bind('N', frozenset(names))}:"):
                self.source.add(f"n.left({child}); {at} += 1; {ahead}")

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
