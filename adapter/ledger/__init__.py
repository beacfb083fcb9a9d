"""The ledger: raw originals, certificates with their state, and every message that is to leave."""

from adapter.ledger.destinations import Due, Position, Turn
from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import (
    DONE,
    HELD,
    Change,
    Entry,
    Hold,
    ItemStep,
    Moved,
    Outcome,
    Outpaced,
    Part,
    Post,
    Sent,
    Standing,
    Step,
    VerificationStep,
    Waiting,
)
from adapter.ledger.holds import Held
from adapter.ledger.known import DayAsked, DayBook, Exchanged, Known, Paper, Question, Rare
from adapter.ledger.ledger import Ledger
from adapter.ledger.looks import Looks
from adapter.ledger.shown import Arrived, Backlog, Dead, Place, Posted
from adapter.ledger.verifications import Verification

__all__ = [
    "DONE", "HELD", "Arrived", "Backlog", "Change", "DayAsked", "DayBook", "Dead", "Due", "Entry", "Exchanged", "Held",
    "Hold", "ItemStep", "Known", "Ledger", "Looks", "Moved", "Outcome", "Outpaced", "Paper", "Part", "Place",
    "Position", "Post", "Posted", "Question", "Rare", "Sent", "Standing", "Step", "Turn", "Verification",
    "VerificationStep", "Waiting", "micros", "moment",
]  # fmt: skip
