"""The ledger: raw originals, certificates with their state, and every message that is to leave."""

from adapter.ledger.destinations import Due, Position, Turn
from adapter.ledger.engine import NoLedger, micros, moment
from adapter.ledger.entries import (
    CORRECTED,
    DISMISSED,
    DONE,
    HELD,
    LIVING,
    SETTLED,
    Change,
    Deed,
    Entry,
    Hold,
    Kin,
    Moved,
    Outcome,
    Outpaced,
    Post,
    Sent,
    Standing,
    Step,
    Waiting,
)
from adapter.ledger.interventions import Intervention
from adapter.ledger.known import DayAsked, DayBook, Exchanged, Known, Paper, Question, Rare
from adapter.ledger.ledger import Ledger, tell_nobody
from adapter.ledger.looks import Looks
from adapter.ledger.originals import Original
from adapter.ledger.shown import Arrived, Backlog, Dead, Place, Posted
from adapter.ledger.steps import ItemStep, Part, VerificationStep
from adapter.ledger.verifications import Verification

__all__ = [
    "CORRECTED", "DISMISSED", "DONE", "HELD", "LIVING", "SETTLED", "Arrived", "Backlog", "Change", "DayAsked",
    "DayBook", "Dead", "Deed", "Due", "Entry", "Exchanged", "Hold", "Intervention", "ItemStep", "Kin", "Known",
    "Ledger", "Looks", "Moved", "NoLedger", "Original", "Outcome", "Outpaced", "Paper", "Part", "Place", "Position",
    "Post", "Posted", "Question", "Rare", "Sent", "Standing", "Step", "Turn", "Verification", "VerificationStep",
    "Waiting", "micros", "moment", "tell_nobody",
]  # fmt: skip
