"""Proof that a table can be trusted: what `eodes check` says of it before any message goes through."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from adapter.findings import Finding
from adapter.mapping.codes import CodeList, Unmappable
from adapter.mapping.fields import leaves
from adapter.mapping.fit import error, fitting, told
from adapter.mapping.plan import Bound, Plan
from adapter.mapping.table import Table
from adapter.messages import MODELS


@dataclass(frozen=True, slots=True)
class Proof:
    """One table and what was found in it: errors make it unfit, the rest are decisions and limits to know of."""

    table: Table
    findings: tuple[Finding, ...]


def prove(plan: Plan) -> Proof:
    """Checks a table that was bound to the hub and to its schema."""
    findings = [
        *_withheld(plan), *_required_fields(plan), *fitting(plan), *_codes(plan), *_one_way(plan),
    ]  # fmt: skip
    return Proof(plan.table, tuple(findings))


def _withheld(plan: Plan) -> Iterator[Finding]:
    """Every field of the model is mapped or withheld with a reason, and never both."""
    model = MODELS[plan.table.message]
    mapped = {bound.field.path for bound in plan.rows if bound.row.section == "fields"}
    if plan.agreed:
        mapped.add("agreement")
    known = set(leaves(model))
    for path in sorted(known):
        covered = _covers(plan.table.withheld, path)
        if not covered and not _covers(mapped, path):
            yield error("LINT-UNDECLARED", "is neither mapped nor in [withheld]", path)
    for path, reason in plan.table.withheld.items():
        if not any(_covers({path}, leaf) for leaf in known):
            yield error("LINT-WITHHELD", "is withheld but is no field of the model", path)
        if any(_covers({path}, field) for field in mapped):
            yield error("LINT-WITHHELD", "is withheld and mapped", path)
        if not str(reason).strip():
            yield error("LINT-WITHHELD", "is withheld without a reason", path)


def _covers(paths: object, field: str) -> bool:
    """Whether the field, or a part or list it lies in, is among the paths."""
    names = field.split(".")
    heads = [".".join(names[: place + 1]) for place in range(len(names))]
    return any(head in paths or head.removesuffix("[]") in paths for head in heads)  # type: ignore[operator]


def _required_fields(plan: Plan) -> Iterator[Finding]:
    """What the model must have can be read, unless the table is only ever written."""
    if plan.table.direction == "out":
        return
    readable = {bound.field.path for bound in plan.rows if bound.row.only != "write"} | (
        {"agreement"} if plan.agreed else set()
    )
    for path in _needed(MODELS[plan.table.message]):
        if not any(field == path or field.startswith((f"{path}.", f"{path}[]")) for field in readable):
            yield error("LINT-NEEDED", "must be there in the hub, and no row reads it", path)


def _needed(model: type[BaseModel]) -> Iterator[str]:
    return (name for name, info in model.model_fields.items() if info.is_required())


def _codes(plan: Plan) -> Iterator[Finding]:
    """Code lists invert, name only our words, and lists on recalled facts are open."""
    for bound in plan.rows:
        codes = bound.row.codes
        if codes is None:
            continue
        if bound.field.choices and (strange := [word for word in codes.texts if word not in bound.field.choices]):
            yield error(
                "LINT-WORD",
                f"code list {codes.name} has words that the field cannot hold: {', '.join(strange)}",
                bound.row.field,
            )
        if bound.field.choices and (lacking := [word for word in bound.field.choices if word not in codes.texts]):
            yield told(
                "LINT-LACKS",
                f"code list {codes.name} has no text for {', '.join(lacking)}: writing those is refused",
                bound.row.field,
            )
        yield from _inverts(bound, codes)


def _inverts(bound: Bound, codes: CodeList) -> Iterator[Finding]:
    for word, texts in codes.texts.items():
        if codes.read(texts[0]) != word:
            yield told(
                "LINT-PREFERRED",
                f"{word} is written {texts[0]!r}, which reads as {codes.read(texts[0])}",
                bound.row.field,
            )
        for text in texts[1:]:
            yield told("LINT-PREFERRED", f"{text!r} is read as {word} and written {texts[0]!r}", bound.row.field)
    if bound.row.convert == "criterion":
        yield from _criteria(bound, codes)


def _criteria(bound: Bound, codes: CodeList) -> Iterator[Finding]:
    for text in codes.words:
        try:
            if codes.read(text) not in ("and", "or") and bound.pair.write(bound.pair.read(text)) is None:
                yield error("LINT-PAIR", f"{text!r} is read and not written back", bound.row.field)
        except Unmappable as refusal:
            yield error("LINT-PAIR", f"{text!r} cannot be read and written back: {refusal.message}", bound.row.field)


def _one_way(plan: Plan) -> Iterator[Finding]:
    """Rows that go one way only are decisions, so they are listed."""
    for bound in plan.rows:
        if bound.row.only:
            yield told(
                "LINT-ONLY",
                f"is only {'read' if bound.row.only == 'read' else 'written'}",
                bound.row.field,
                bound.path,
            )
