"""Whether a document begins as a table's do: that is how its table is found."""

from typing import Any

from adapter.mapping.locate import text_of
from adapter.mapping.path import Step
from adapter.mapping.table import Table


class Beginning:
    """How one document begins: what is looked up for one table is known for the next."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._said: dict[tuple[Any, str], str | None] = {}

    def fits(self, table: Table) -> bool:
        """Whether it is as this table's documents begin: the root's names and predicates."""
        root, steps = self._root, table.root.steps
        if table.is_json != isinstance(root, dict):
            return False
        if isinstance(root, dict):
            return all(root.get(name) == value for step in steps for name, value in step.where)
        return root.tag == steps[0].name and self._leads(steps, root)

    def _leads(self, steps: tuple[Step, ...], element: Any) -> bool:
        """Whether the first step's predicates hold here, and the others lead on from here."""
        for name, value in steps[0].where:
            if self._says(element, name) != value:
                return False
        rest = steps[1:]
        return not rest or any(self._leads(rest, child) for child in element.iterchildren(rest[0].name))

    def _says(self, element: Any, name: str) -> str | None:
        asked = element, name
        if asked not in self._said:
            self._said[asked] = element.get(name[1:]) if name.startswith("@") else text_of(element, name)
        return self._said[asked]


def begins(table: Table, root: Any) -> bool:
    """Whether a document begins as this table's do."""
    return Beginning(root).fits(table)


def beginning(table: Table) -> str:
    """How a document of the table begins; all common ones begin alike, and there are many."""
    return table.root.text.partition("/")[0] if table.common else table.root.text or "{…}"
