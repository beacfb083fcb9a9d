"""A table flattened into plain values, with what its schema says beside each row."""

from collections.abc import Iterator
from typing import Any

from adapter.catalogue import Catalogue
from adapter.mapping.codes import CodeList
from adapter.mapping.path import Path
from adapter.mapping.plan import Plan
from adapter.mapping.table import Table
from adapter.schema.model import Node
from adapter.schema.outline import Outline


def told(catalogue: Catalogue, table: Table) -> dict[str, Any]:
    """A table's rows, constants and withheld fields, with its schema's file."""
    plan, outline = catalogue.plan(table), catalogue.outline(table)
    schema = catalogue.find(f"xsd/{table.schema}")
    return {
        "table": table.name, "system": table.system, "message": str(table.message), "version": table.version,
        "agreement": table.agreement, "direction": table.direction, "root": table.root.text,
        "namespaces": dict(table.namespaces),
        "rows": list(_rows(plan, outline)),
        "constants": [{"path": path.text, "value": value} for path, value in table.constants],
        "withheld": dict(table.withheld),
        "schema": {"file": table.schema, "text": schema.read_text(encoding="utf-8") if schema else None},
    }  # fmt: skip


def _rows(plan: Plan, outline: Outline) -> Iterator[dict[str, Any]]:
    for bound in plan.rows:
        node = outline.find(_names(plan.table, bound.row.paths[0]))
        yield {
            "section": bound.row.section, "field": bound.row.field, "private": bound.field.private,
            "paths": [path.text for path in bound.row.paths], "pair": bound.row.convert or bound.field.type,
            "only": bound.row.only, "codes": _codes(bound.row.codes), **(_schema(node) if node else {}),
        }  # fmt: skip


def _names(table: Table, path: Path) -> list[str]:
    """The names from the document's root to a row's place."""
    steps = path.steps if path.absolute else (*table.root.steps, *path.steps)
    return [*(step.name for step in steps if step.name), *([f"@{path.attribute}"] if path.attribute else [])]


def _codes(codes: CodeList | None) -> dict[str, Any] | None:
    if codes is None:
        return None
    return {"name": codes.name, "closed": codes.closed, "source": codes.source, "texts": dict(codes.texts)}


def _schema(node: Node) -> dict[str, Any]:
    facets = {name: value for name, value in node.type.facets._asdict().items() if value not in (None, ())}
    return {
        "type": {"name": node.type.name.rpartition("}")[2] or None, "value": node.type.value, "facets": facets},
        "at_least": node.at_least, "at_most": node.at_most,
        "wco_id": node.note.get("id"), "wco_class": node.note.get("class"),
        "documentation": node.note.get("documentation"),
    }  # fmt: skip
