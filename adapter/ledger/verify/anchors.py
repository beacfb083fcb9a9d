"""Every anchor, and that the chains still hold what it holds fast."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from adapter.findings import Finding
from adapter.ledger.anchors import GENESIS, seal_anchor, unpack_heads
from adapter.ledger.proof import ANCHORS, JOURNAL
from adapter.ledger.verify.findings import ALTERED_ANCHOR, BROKEN_ANCHORS, CUT_CHAIN, as_stored, found

AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor as it may be noted elsewhere."""

    number: int
    day: str
    hash: str


def check_anchors(
    connection: Connection, noted: str | None, count: Callable[[str, int, int], None]
) -> Generator[Finding, None, Anchor | None]:
    """Each anchor has its hash, follows the one before it, and holds; returns the last of them."""
    of = connection.execute(select(func.count()).select_from(ANCHORS)).scalar_one()
    number, before, last = 0, GENESIS, None
    chosen = select(*as_stored(ANCHORS, *ANCHORS.c.keys())).order_by(ANCHORS.c.number)
    for done, row in enumerate(connection.execute(chosen, execution_options={"yield_per": AT_ONCE}), 1):
        if (row.number, row.previous) != (number + 1, before):
            yield found(BROKEN_ANCHORS, "anchors", row.number)
        yield from _check(connection, row)
        number, before, last = row.number, row.hash, Anchor(row.number, row.day, row.hash)
        count("anchors", done, of)
    if noted and not connection.execute(select(ANCHORS.c.number).where(ANCHORS.c.hash == noted)).first():
        yield found(CUT_CHAIN, "anchors", value=noted)
    return last


def _check(connection: Connection, row: Any) -> Iterator[Finding]:
    try:
        heads = unpack_heads(row.heads)
        is_whole = seal_anchor(row.number, row.day, row.at, row.previous, row.heads) == row.hash
    except (ValueError, TypeError):
        heads, is_whole = {}, False
    if not is_whole:
        yield found(ALTERED_ANCHOR, "anchors", row.number)
    for chain, (link, sealed) in heads.items():
        there = select(JOURNAL.c.hash).where(JOURNAL.c.chain == chain, JOURNAL.c.link == link)
        if connection.execute(there).scalar() != sealed:
            yield found(CUT_CHAIN, "journal", chain, link)
