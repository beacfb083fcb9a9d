"""Anchors: once a day the heads of all chains are held fast, each anchor over the one before it."""

import hashlib
import json
import zlib
from contextlib import suppress

from sqlalchemy import Connection, Select, func, select

from adapter.ledger.many import put_new
from adapter.ledger.proof import ANCHORS, JOURNAL

ANCHOR = ("number", "day", "at", "previous", "hash", "heads")
GENESIS = "0" * 64
"""What stands before the first link of a chain and before the first anchor."""
DAY = 86_400_000_000
"""Microseconds. A chain that rested since the day before the last anchor is held fast by an earlier one."""

Heads = dict[str, tuple[int, str]]
"""The last link of each chain and its hash."""


def put_anchor(connection: Connection, day: str, at: int) -> bool:
    """The anchor of this day (UTC), unless there is one or nothing to hold; of several workers one is first.

    False where the anchor of another day was faster, as of a worker whose clock is behind: then the day has none yet.
    """
    if connection.execute(select(ANCHORS.c.number).where(ANCHORS.c.day == day)).first():
        return True
    last = connection.execute(
        select(ANCHORS.c.number, ANCHORS.c.hash, ANCHORS.c.at).order_by(ANCHORS.c.number.desc()).limit(1)
    ).first()
    number, previous, before = (last.number + 1, last.hash, last.at) if last else (1, GENESIS, 0)
    moved = connection.execute(_heads()).all()
    held = _held(connection)
    fresh = [row for row in moved if row.at >= before - DAY or held.get(row.chain) != row.link]
    heads = pack_heads({row.chain: (row.link, row.hash) for row in fresh})
    if not moved:
        return True
    row = (number, day, at, previous, seal_anchor(number, day, at, previous, heads), heads)
    return put_new(connection, ANCHORS, ANCHOR, [row]) == 1


def seal_anchor(number: int, day: str, at: int, previous: str, heads: bytes) -> str:
    """The hash of an anchor."""
    inner = hashlib.sha256(heads).hexdigest()
    return hashlib.sha256(f"anchor\n{number}\n{day}\n{at}\n{previous}\n{inner}".encode()).hexdigest()


def pack_heads(heads: Heads) -> bytes:
    """Canonical JSON, compressed."""
    return zlib.compress(json.dumps(heads, separators=(",", ":"), sort_keys=True).encode())


def unpack_heads(blob: bytes) -> Heads:
    """What an anchor holds; ValueError for what was not written here."""
    try:
        said = json.loads(zlib.decompress(blob))
        return {str(chain): (int(link), str(sealed)) for chain, (link, sealed) in said.items()}
    except (zlib.error, AttributeError, TypeError) as error:
        raise ValueError("not what an anchor holds") from error


def _held(connection: Connection) -> dict[str, int]:
    """The last link of each chain that an anchor holds: a worker whose clock is behind writes links that look old."""
    held: dict[str, int] = {}
    for (blob,) in connection.execute(select(ANCHORS.c.heads).order_by(ANCHORS.c.number)):
        with suppress(ValueError):  # damaged: `verify` tells it
            held |= {chain: link for chain, (link, _) in unpack_heads(blob).items()}
    return held


def _heads() -> Select[str, int, str, int]:
    """Each chain's last link, found from chain to chain: the index is not read through."""
    chains = select(func.min(JOURNAL.c.chain).label("chain")).cte("chains", recursive=True)
    following = select(func.min(JOURNAL.c.chain)).where(JOURNAL.c.chain > chains.c.chain).scalar_subquery()
    chains = chains.union_all(select(following).where(chains.c.chain.is_not(None)))
    others = JOURNAL.alias("others")
    last = select(func.max(others.c.link)).where(others.c.chain == chains.c.chain).scalar_subquery()
    return select(JOURNAL.c.chain, JOURNAL.c.link, JOURNAL.c.hash, JOURNAL.c.at).where(
        JOURNAL.c.chain == chains.c.chain, JOURNAL.c.link == last
    )
