"""The daily comparison of what one side sent with what the other received."""

from typing import Annotated, Literal

from pydantic import Field

from adapter.certificate import Part
from adapter.text import Code, Day, Name

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""
Count = Annotated[int, Field(ge=0, le=99_999_999)]


class Counted(Part):
    """One message of the day."""

    id: Name
    digest: Digest
    """SHA-256 of its bytes."""


class Tally(Part):
    """How many messages of a kind went one way on the day, and which."""

    kind: Code
    direction: Literal["sent", "received"]
    """As the sender of the reconciliation sees it."""
    count: Count
    messages: tuple[Counted, ...] = ()


class Reconciliation(Part):
    """What one side says it sent and received on a day; a long list comes in parts."""

    day: Day
    part: Annotated[int, Field(ge=1, le=9_999)] = 1
    parts: Annotated[int, Field(ge=1, le=9_999)] = 1
    tallies: tuple[Tally, ...] = ()
