"""Days that have not come: whoever writes a date may be a day ahead of us, and no more."""

from collections.abc import Sequence
from datetime import date, timedelta

from adapter.rules.rule import KEPT, Breach, Facts


def yet_to_come(
    field: str, day: date | None, facts: Facts, message: str = "a day that has not come"
) -> Sequence[Breach]:
    """The breach that a day lies in the future; dates are local to whoever writes them."""
    if day is None or facts.today is None or day <= facts.today:
        return KEPT
    latest = facts.today + timedelta(days=1)
    if day <= latest:
        return KEPT
    return (Breach(message=message, field=field, found=day, allowed=f"at the latest {latest}"),)
