"""The tables that prove what the others hold: the journal in hash chains, and its daily anchors."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from adapter.ledger.schema import METADATA

__all__ = ["ANCHORS", "JOURNAL", "METADATA"]

JOURNAL = Table(
    "journal",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("link", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),
)
"""One link for each transaction that wrote something: what it wrote, by ids and digests; only added to."""

ANCHORS = Table(
    "anchors",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Text, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("heads", LargeBinary, nullable=False),
)
"""One anchor for each day on which something was written: the last links of the chains as they were; only added to."""
