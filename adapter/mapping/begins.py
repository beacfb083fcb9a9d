"""Whether a document begins as a table's do: that is how its table is found."""

from typing import Any

from adapter.mapping.locate import text_of
from adapter.mapping.path import Step
from adapter.mapping.table import Table


def begins(table: Table, root: Any) -> bool:
    """Whether a document begins as this table's do: the root's names and predicates."""
    if table.is_json != isinstance(root, dict):
        return False
    if table.is_json:
        return all(root.get(name) == value for step in table.root.steps for name, value in step.where)
    return root.tag == table.root.steps[0].name and _leads(table.root.steps, root)


def _leads(steps: tuple[Step, ...], element: Any) -> bool:
    """Whether the first step's predicates hold here, and the others lead on from here."""
    for name, value in steps[0].where:
        if (element.get(name[1:]) if name.startswith("@") else text_of(element, name)) != value:
            return False
    rest = steps[1:]
    return not rest or any(_leads(rest, child) for child in element.iterchildren(rest[0].name))


def beginning(table: Table) -> str:
    """How a document of the table begins; all common ones begin alike, and there are many."""
    return table.root.text.partition("/")[0] if table.common else table.root.text or "{…}"
