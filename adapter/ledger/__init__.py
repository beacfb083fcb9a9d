"""The ledger: raw originals, certificates with their state, and every message that is to leave."""

from adapter.ledger.destinations import Due, Position, Turn
from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import DONE, HELD, Change, Entry, Hold, Known, Outcome, Post, Sent, Standing, Step, Waiting
from adapter.ledger.holds import Held
from adapter.ledger.ledger import Ledger
from adapter.ledger.shown import Arrived, Backlog, Dead, Place, Posted
from adapter.ledger.window import Outpaced

__all__ = [
    "DONE", "HELD", "Arrived", "Backlog", "Change", "Dead", "Due", "Entry", "Held", "Hold", "Known", "Ledger",
    "Outcome", "Outpaced", "Place", "Position", "Post", "Posted", "Sent", "Standing", "Step", "Turn", "Waiting",
    "micros", "moment",
]  # fmt: skip
