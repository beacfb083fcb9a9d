"""What is written on a message beside its body, as headers of HTTP and as the sidecar of a file."""

from collections.abc import Mapping
from typing import Any

from adapter.relay.broker import Parcel

ID, CORRELATION = "message_id", "correlation_id"
PROPERTIES = (ID, "type", "content_type", CORRELATION)
HEADERS = ("sender", "function", "agreement", "number", "receiver")
LONGEST = 255
"""Bytes of one value: AMQP's properties carry no more."""


def label(parcel: Parcel) -> dict[str, str]:
    """Everything that is written on it, by name; what says nothing is left out."""
    said: dict[str, str | int | None] = {name: getattr(parcel, name) for name in PROPERTIES}
    said |= {name: parcel.headers.get(name) for name in HEADERS}
    return {name: str(value) for name, value in said.items() if value is not None}


def parcel_of(said: Mapping[str, Any], queue: str, body: bytes, message_id: str) -> Parcel:
    """What arrived, for one of our own queues: of what is written on it, what we read and nothing else."""
    told = {name: value for name, value in said.items() if isinstance(value, str) and _can_be_carried(value)}
    headers: dict[str, str | int] = {name: told[name] for name in HEADERS if name in told}
    return Parcel(
        queue, message_id, body, told.get("content_type"), told.get("type"), told.get(CORRELATION), headers
    )  # fmt: skip


def _can_be_carried(value: str) -> bool:
    """Whether every broker of ours takes it; what does not would come again for ever, and hold up all behind it."""
    try:
        return len(value.encode()) <= LONGEST
    except UnicodeEncodeError:  # half a character, as JSON can write it
        return False
