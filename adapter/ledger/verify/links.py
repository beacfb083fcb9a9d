"""Every chain of the journal, link by link."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from adapter.findings import Finding
from adapter.ledger.anchors import GENESIS
from adapter.ledger.facts import unpack
from adapter.ledger.journal import seal
from adapter.ledger.proof import JOURNAL
from adapter.ledger.verify.findings import ALTERED_LINK, BROKEN_CHAIN, as_stored, found
from adapter.ledger.verify.scratch import Scratch

AT_ONCE = 32


def check_links(connection: Connection, scratch: Scratch, count: Callable[[str, int, int], None]) -> Iterator[Finding]:
    """Each link has its hash and follows the one before it; what they say is learnt."""
    of = connection.execute(select(func.count()).select_from(JOURNAL)).scalar_one()
    chosen = select(*as_stored(JOURNAL, *JOURNAL.c.keys())).order_by(JOURNAL.c.chain, JOURNAL.c.link)
    chain, link, before = "", 0, GENESIS
    for done, row in enumerate(connection.execute(chosen, execution_options={"yield_per": AT_ONCE}), 1):
        if row.chain != chain:
            chain, link, before = row.chain, 0, GENESIS
        if (row.link, row.previous) != (link + 1, before):
            yield found(BROKEN_CHAIN, "journal", row.chain, row.link)
        if not _is_whole(row, scratch):
            yield found(ALTERED_LINK, "journal", row.chain, row.link)
        link, before = row.link, row.hash
        count("links", done, of)


def _is_whole(row: Any, scratch: Scratch) -> bool:
    """Whether the link has its hash; what it says is learnt in any case, as far as it says something."""
    try:
        scratch.learn(unpack(row.facts))
    except (ValueError, TypeError):
        return False
    sealed: str = row.hash
    return seal(row.chain, row.link, row.at, row.previous, row.facts) == sealed
