"""The names of the relay's queues."""

from adapter.catalogue import Catalogue

DEAD = "dead"
"""What could not even be taken in, with the reason in its headers."""
UNKNOWN = "unknown"
"""What was put in for a queue that does not exist, as it came; also the exchange that leads there."""
ENTRANCE = "from"
"""The exchange for those who put things in; a queue's name is its routing key."""


def inbox(code: str) -> str:
    """The queue that a system puts its records and messages into."""
    return f"from.{code.lower()}"


def outbox(code: str) -> str:
    """The queue that a system takes its messages from."""
    return f"to.{code.lower()}"


def queue_names(catalogue: Catalogue) -> list[str]:
    """Every queue of the relay: two for each system, what names no queue, and the dead."""
    pairs = ([inbox(code), outbox(code)] for code in sorted(catalogue.systems))
    return [*(name for pair in pairs for name in pair), UNKNOWN, DEAD]
