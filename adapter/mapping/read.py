"""Compiles readers: one function per list of the hub, which gathers values and builds the dict of its part."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from adapter.mapping.fields import Level, depth
from adapter.mapping.plan import Bound, Place, Plan, Use
from adapter.mapping.source import Source

Gain = tuple[tuple[Level, ...], str]
"""The levels that lead to a value, and its variable."""


@dataclass(slots=True)
class Gathered:
    """What one function of the reader gathers: the variable of each row's value and of each inner list's values."""

    scope: str
    values: dict[int, str] = field(default_factory=dict)
    """Variable by row index; a row's further paths are gathered beside it."""
    further: list[tuple[int, str]] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    """Variables that start as None."""


class Reader(ABC):
    """Turns a plan into the source of `read(root, notes)`, which gives the header's and the content's values."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.source = Source(f"{plan.table.name} read")
        self._waiting: list[tuple[str, Place]] = []

    def compile(self) -> Source:
        """The source of the functions."""
        self._function("read", self.plan.root, "")
        while self._waiting:
            name, place = self._waiting.pop(0)
            self._function(name, place, place.many or "")
        return self.source

    def _function(self, name: str, place: Place, scope: str) -> None:
        """Adds the function that reads one element of a list, or the whole document."""
        gathered = Gathered(scope)
        with self.source.block(f"def {name}(e, n):"):
            start = len(self.source.lines)
            self.visit(place, "e", gathered)
            for variable in gathered.lists.values():
                self.source.insert(start, f"{variable} = []")
            if gathered.fresh:
                self.source.insert(start, f"{' = '.join(gathered.fresh)} = None")
            for index, variable in gathered.further:
                first = gathered.values.get(index, "None")
                with self.source.block(f"if {variable} is not None and {variable} != {first}:"):
                    self.source.add(f"n.differs({index}, e)")
            self._return(scope, gathered)

    @abstractmethod
    def visit(self, place: Place, variable: str, gathered: Gathered) -> None:
        """Adds the lines that read a place and all below it."""

    def take(self, use: Use, expression: str, element: str, gathered: Gathered) -> None:
        """Adds the lines that keep a value; a second one is noted, never dropped."""
        if use.bound is None:
            if not use.selects:
                constant = self.source.bind("K", use.constant)
                with self.source.block(f"if {expression} != {constant} and str({expression}).strip() != {constant}:"):
                    self.source.add(f"n.constant({constant}, {element})")
            return
        if use.bound.row.only == "write":
            if use.bound.field.computed and not gathered.scope:
                self.source.add(f"n.computed.append(({use.bound.index}, {expression}, {element}))")
            return
        name = self._variable(use, gathered)
        with self.source.block(f"if {name} is not None:"):
            self.source.add(f"n.again({element})")
        self._convert(use.bound, name, expression, element)

    def _variable(self, use: Use, gathered: Gathered) -> str:
        bound = use.bound
        assert bound is not None
        name = self.source.name_for("v")
        gathered.fresh.append(name)
        if use.further:
            gathered.further.append((bound.index, name))
        else:
            gathered.values[bound.index] = name
        return name

    def _convert(self, bound: Bound, name: str, expression: str, element: str) -> None:
        kind, codes, note = bound.field.type, bound.row.codes, bound.row.field
        if codes is None and bound.row.convert is None and kind in self.as_they_are:
            self.source.add(f"{name} = {self.plain(kind, expression, element)}", note)
            return
        text = self.source.name_for("x")
        self.source.add(f"{text} = {self.stripped(expression, element)}", note)
        guard = f"if {text} is not None:"
        if codes is not None and bound.row.convert is None and kind == "text":
            self.source.add(f"{name} = {self.source.bind('T', dict(codes.words))}.get({text})")
            guard = f"if {name} is None and {text} is not None:"
        read = f"{self.source.bind('R', bound.pair.read)}({text})"
        with self.source.block(guard):
            with self.source.block("try:"):
                self.source.add(f"{name} = n.kept({read}, {bound.index}, {element})" if codes else f"{name} = {read}")
            with self.source.block("except ValueError as error:"):
                self.source.add(f"{name} = n.fail(error, {bound.index}, {element})")

    def plain(self, kind: str, expression: str, element: str) -> str:
        """The expression of a value that the hub takes as it is."""
        return self.present(expression, element)

    def stripped(self, expression: str, element: str) -> str:
        """The expression of a text to convert: blanks around it say nothing."""
        return f"({expression} or '').strip() or n.empty({element})"

    def present(self, expression: str, element: str) -> str:
        """The expression of a text, None (and noted) where it is empty."""
        return self.stripped(expression, element)

    as_they_are: frozenset[str] = frozenset({"text", "number", "integer"})

    def inner(self, place: Place, element: str, gathered: Gathered) -> None:
        """Adds the call that reads one element of an inner list."""
        path = place.many or ""
        values = gathered.lists.setdefault(path, self.source.name_for("l"))
        name = self.source.name_for("read_")
        self._waiting.append((name, place))
        self.source.add(f"{values}.append({name}({element}, n))", path)

    def _return(self, scope: str, gathered: Gathered) -> None:
        rows = {bound.row.field: variable for bound in self.plan.rows if (variable := gathered.values.get(bound.index))}
        if scope in rows:  # a list of plain values
            self.source.add(f"return {rows[scope]}")
            return
        values, header = self.source.name_for("d"), self.source.name_for("d")
        self._assemble(values, self._gains("fields", gathered))
        if scope:
            self.source.add(f"return {values}")
            return
        if self.plan.agreed:
            self.source.add(f"{values}['agreement'] = {self.source.bind('A', self.plan.table.agreement)}")
        self._assemble(header, self._gains("header", gathered))
        self.source.add(f"return {header}, {values}")

    def _gains(self, section: str, gathered: Gathered) -> list[Gain]:
        """What was gathered, by the levels that lead to it in the dict to build."""
        below = depth(gathered.scope)
        rows = [bound for bound in self.plan.rows if bound.row.section == section]
        values = [
            (bound.field.levels[below:], gathered.values[bound.index])
            for bound in rows
            if bound.index in gathered.values
        ]
        lists = [
            (next(bound for bound in rows if path in bound.field.lists).field.levels[below : depth(path)], variable)
            for path, variable in gathered.lists.items()
            if section == "fields"
        ]
        return values + lists

    def _assemble(self, name: str, gains: list[Gain]) -> None:
        """Adds the lines that build the dict of a part; what has a default of its own is left out when absent."""
        leaves = [(levels[0], variable) for levels, variable in gains if len(levels) == 1]
        plain = ", ".join(
            f"'{level.name}': {variable}" for level, variable in leaves if not level.defaulted and not level.many
        )
        self.source.add(f"{name} = {{{plain}}}")
        for level, variable in leaves:
            if level.defaulted or level.many:
                self.source.add(f"if {_there(level, variable)}: {name}['{level.name}'] = {variable}")
        for level in dict.fromkeys(levels[0] for levels, _ in gains if len(levels) > 1):
            inner = [(levels[1:], variable) for levels, variable in gains if len(levels) > 1 and levels[0] == level]
            self._part(name, level, inner)

    def _part(self, holder: str, level: Level, gains: list[Gain]) -> None:
        part = self.source.name_for("d")
        there = " or ".join(_there(levels[-1], variable) for levels, variable in gains)
        with self.source.block(f"if {there}:" if level.optional else "if True:"):
            self._assemble(part, gains)
            self.source.add(f"{holder}['{level.name}'] = {part}")


def _there(level: Level, variable: str) -> str:
    return variable if level.many else f"{variable} is not None"
