"""What comes off a queue, trusted in nothing, and what may leave: a message that passed every check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapter.messages import Function, Kind


@dataclass(frozen=True, slots=True)
class Delivery:
    """Raw bytes and headers as a queue, a file or an endpoint gave them."""

    body: bytes
    source: str
    """Code of the system that the bytes came from: of the queue or file, never of what the bytes say."""
    message_id: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    """How often it was delivered, this time included."""
    tag: Any = None
    """The broker's own handle, to acknowledge or release it."""


class Message(NamedTuple):
    """A validated document with its header: the only thing that can be handed to a partner or a domestic system."""

    id: str
    kind: Kind
    function: Function
    sender: str
    receiver: str
    body: bytes
    content_type: str
    agreement: str | None = None
    number: str | None = None
    key: str | None = None
    answers: str | None = None
    digest: str = ""
    """SHA-256 of the body, in hexadecimal."""
