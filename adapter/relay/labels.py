"""What is written on a message beside its body: the properties and headers that are read, and those that are set."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adapter.messages import Function, Kind
from adapter.relay.arrival import LONGEST_REFERENCE
from adapter.relay.exchange import RELAY


@dataclass(frozen=True, slots=True)
class Label:
    """A property or header: what it means, whether it is always there, and what it may say."""

    name: str
    meaning: str
    always: bool = False
    values: tuple[str, ...] = ()
    pattern: str | None = None
    number: int | None = None
    """The one number that it may be, where it is a number."""


READ_PROPERTIES = (
    Label(
        "message_id", "What its sender calls it, a new one for each message; answers refer to it.",
        pattern=f"^[!-~]{{1,{LONGEST_REFERENCE}}}$",
    ),
    Label("delivery_mode", "2, so that it survives a restart of the broker.", number=2),
)  # fmt: skip
READ_HEADERS = (Label("receiver", "The code of the partner that a record is for; else by agreement and destination."),)
SET_PROPERTIES = (
    Label("message_id", "The relay's id: the same message always has the same id and the same bytes.", always=True),
    Label("type", "What the message is about.", always=True, values=tuple(kind.value for kind in Kind)),
    Label("content_type", "How the body is written.", always=True, values=("application/json", "application/xml")),
    Label("correlation_id", "On answers: the id of the message that is answered."),
)
SET_HEADERS = (
    Label("sender", f"{RELAY} where the relay itself speaks; else a partner's code, or our country.", always=True),
    Label(
        "function", "What is done with the content.", always=True,
        # A record that is sent again goes on under the function that it had.
        values=tuple(each.value for each in Function if each is not Function.RESEND),
    ),
    Label("agreement", "The agreement of the certificate that it is about, where it is about one."),
    Label("number", "The number of the certificate that it is about, where it is about one."),
)  # fmt: skip
DEAD_HEADERS = (
    Label("source", "The queue that it came from.", always=True),
    Label("reason", "The code of what is wrong with it.", always=True),
    Label("message_id", "Its message_id as it came.", always=True),
)


def label_schema(labels: Iterable[Label]) -> dict[str, Any]:
    """The labels as a JSON Schema; others than these are not read, and never set."""
    every = tuple(labels)
    properties = {each.name: _label(each) for each in every}
    required = [each.name for each in every if each.always]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _label(label: Label) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "string", "description": label.meaning}
    if label.number is not None:
        said |= {"type": "integer", "const": label.number}
    if label.values:
        said["enum"] = list(label.values)
    if label.pattern:
        said["pattern"] = label.pattern
    return said
