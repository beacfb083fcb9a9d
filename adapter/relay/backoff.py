"""How long to wait before trying again."""

from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=15)


def back_off(attempts: int, chance: Callable[[], float]) -> timedelta:
    """Twice as long after each attempt, up to the longest; half of it by chance, so that not all come at once."""
    whole: timedelta = min(LONGEST, FIRST * 2 ** min(attempts, 20))
    return whole * (0.5 + chance() / 2)
