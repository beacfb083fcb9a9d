"""What an operator is to do about each trouble; nothing is lost by any, and the relay goes on by itself afterwards."""

from collections.abc import Mapping

from adapter.findings import LASTING, Trouble, Unavailable

ADVICE: Mapping[Trouble, str] = {
    Trouble.AWAY: "see that it runs and lets this user in from here",
    Trouble.DENIED: "see user, password and what they are for: whether it is there, and this user may enter it",
    Trouble.FULL: "disk full: make room where it keeps its files",
    Trouble.FAILING: "its disk fails or is full: see the system's log, make room or replace it",
    Trouble.LOCKED: "another program holds it for writing: see which one, and let it end",
    Trouble.FORBIDDEN: "see that it is there and this user may write to it, and that it is no mere copy of another",
    Trouble.CROWDED: "it is short of memory or connections: give it more, or run fewer workers",
    Trouble.BLOCKED: "short of memory or disk: make room on the broker, see its own log or `rabbitmqctl status`",
    Trouble.MISSING: "make the queue, or let this user make it",
    Trouble.OUTPACED: "nothing: other workers are at it",
    Trouble.REFUSING: "see `trouble`, and whether its queue or endpoint has room and is emptied by whom it is for",
}


def advise(trouble: Unavailable) -> dict[str, str]:
    """For a line of the log: what is wrong and where, and what to do."""
    return {"trouble": str(trouble), "advice": advice(trouble.trouble)}


def advice(trouble: Trouble) -> str:
    """What to do, for a line of the log."""
    return f"{ADVICE[trouble]}; it goes on by itself{' once that is right' if trouble in LASTING else ''}"
