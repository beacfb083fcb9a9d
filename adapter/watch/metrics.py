"""Every metric there is: its name, what it counts, and the labels that it is told apart by.

Labels are codes of systems, words of ours and codes of findings: never a number, a name or anything a sender wrote.
"""

from dataclasses import dataclass
from typing import Literal

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0)
"""Upper bounds of what is measured: from a few milliseconds to a day in the outbox."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, as Prometheus is told of it."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    said: str
    labels: tuple[str, ...] = ()


DELIVERIES = Metric(
    "eodes_deliveries", "counter",
    "Deliveries that the ledger owns. fate: accepted, dead, held, repeated (it was here before).",
    ("source", "fate"),
)  # fmt: skip
DEAD = Metric("eodes_dead", "counter", "Deliveries that died, by where and why.", ("source", "stage", "code"))
OWNED = Metric(
    "eodes_delivery_seconds", "histogram", "From taking a delivery off its queue until the ledger owns what came of it."
)  # fmt: skip
SENT = Metric("eodes_sent", "counter", "Messages that were handed over, each try counted.", ("receiver", "kind"))
CONFIRMED = Metric("eodes_confirmed", "counter", "Messages that their receiver has.", ("receiver", "kind"))
DEFERRED = Metric(
    "eodes_deferred", "counter", "Messages that did not get away and are tried again.", ("receiver", "kind")
)  # fmt: skip
CONFIRM = Metric(
    "eodes_confirm_seconds", "histogram",
    "The confirm lag: from when the ledger owns a message until its receiver has it, tries and rests in between.",
    ("receiver",),
)  # fmt: skip
STATES = Metric("eodes_certificate_states", "counter", "Certificates that came into a state.", ("state",))
WORK = Metric(
    "eodes_work_seconds", "histogram",
    "What a part of a window took. work: take (and wait), decide, write, send, confirm; round: all of it.",
    ("work",),
)  # fmt: skip
TALLIED = (DELIVERIES, DEAD, OWNED, SENT, CONFIRMED, DEFERRED, CONFIRM, STATES, WORK)
"""What a relay counts itself, since it began."""

UP = Metric("eodes_up", "gauge", "1 where it answers, 0 where it does not: broker, database.", ("part",))
QUEUE = Metric("eodes_queue_messages", "gauge", "Messages that wait untaken in a queue of the broker.", ("queue",))
OPEN = Metric("eodes_outbox_open", "gauge", "Messages in the outbox that are not confirmed.", ("receiver",))
DUE = Metric("eodes_outbox_due", "gauge", "Messages in the outbox that are to leave now.", ("receiver",))
OLDEST = Metric("eodes_outbox_oldest_seconds", "gauge", "Age of the oldest open message, 0 without one.", ("receiver",))
BREAKER = Metric(
    "eodes_breaker", "gauge", "1 for how the receiver's breaker stands: closed, open, probing.", ("receiver", "state")
)  # fmt: skip
HELD = Metric(
    "eodes_held", "gauge", "Deliveries that wait for the certificate or state that they are about.", ("source",)
)  # fmt: skip
DEAD_NOW = Metric("eodes_dead_now", "gauge", "Deliveries that are dead in the ledger.", ("source", "stage", "code"))
DEADLINES = Metric(
    "eodes_deadlines", "gauge",
    "Answers that are owed, and verifications: overdue, or due within a week. what: as in eodes deadlines.",
    ("partner", "what", "status"),
)  # fmt: skip
SIZE = Metric("eodes_ledger_bytes", "gauge", "Bytes that the ledger's database takes.")
LOOKED = (UP, QUEUE, OPEN, DUE, OLDEST, BREAKER, HELD, DEAD_NOW, DEADLINES, SIZE)
"""What is looked up in broker and ledger when somebody asks; what does not answer has no numbers."""

PROCESSES = Metric("eodes_relay_processes", "gauge", "Relay processes that run.")
BEAT = Metric(
    "eodes_beat_age_seconds", "gauge", "Since the relay began a round, or told that it waits; of the slowest process."
)  # fmt: skip
BUILD = Metric("eodes_build", "gauge", "1, with the version of the program.", ("version",))
PRESENT = (PROCESSES, BEAT, BUILD)

EVERY = (*TALLIED, *LOOKED, *PRESENT)
