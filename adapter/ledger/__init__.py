"""The ledger: raw originals, certificates with their state, and every message that is to leave."""

from adapter.ledger.destinations import Due, Position, Turn
from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import (
    DONE,
    Backlog,
    Change,
    Dead,
    Entry,
    Known,
    Outcome,
    Post,
    Sent,
    Standing,
    Step,
    Waiting,
)  # fmt: skip
from adapter.ledger.ledger import Ledger
from adapter.ledger.window import Outpaced

__all__ = [
    "DONE", "Backlog", "Change", "Dead", "Due", "Entry", "Known", "Ledger", "Outcome", "Outpaced", "Position", "Post",
    "Sent", "Standing", "Step", "Turn", "Waiting", "micros", "moment",
]  # fmt: skip
