"""The header that a message travels under: its id, made from what it says, and what becomes of it on the wire."""

import hashlib
from datetime import datetime

from adapter.certificate import Certificate
from adapter.delivery import Message
from adapter.messages import FUNCTION_OF_FORM, FUNCTION_OF_KIND, MODELS, Content, Function, Header, Kind
from adapter.system import System

KINDS = {model: kind for kind, model in MODELS.items()}


def digest(body: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def kind_of(content: Content) -> Kind:
    """The kind of message that carries this content."""
    return KINDS[type(content)]


def function_of(content: Content) -> Function:
    """What is done with this content when it is sent for the first time."""
    if isinstance(content, Certificate):
        return FUNCTION_OF_FORM[content.form]
    return FUNCTION_OF_KIND.get(kind_of(content), Function.ANSWER)


def message_id(kind: Kind, function: Function, sender: str, receiver: str, cause: str) -> str:
    """The same id whenever the same cause makes the same sender say something to the same receiver.

    A UUID of version 8 (RFC 9562), made from SHA-256.
    """
    found = hashlib.sha256(f"{kind}\n{function}\n{sender}\n{receiver}\n{cause}".encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-8{found[13:16]}-a{found[17:20]}-{found[20:32]}"


def address(
    content: Content, sender: System, receiver: System, at: datetime,
    *, cause: str | None = None, function: Function | None = None, answers: str | None = None,
) -> Header:  # fmt: skip
    """The header of a new message; towards a partner our side is known by its country.

    `cause` is what makes it be sent, such as the digest of a delivery; without one it is what the content says.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of sending needs its offset from UTC")
    does = function or function_of(content)
    kind = kind_of(content)
    name = sender.country if sender.side == "domestic" and receiver.side == "partner" else sender.code
    made = message_id(kind, does, name, receiver.code, cause or digest(content.as_json().encode()))
    return Header(
        id=made,
        kind=kind,
        function=does,
        sender=name,
        receiver=receiver.code,
        sent_at=at.replace(microsecond=0),
        answers=answers,
    )


def seal(header: Header, content: Content, body: bytes, content_type: str) -> Message:
    """A validated document under its header: what may leave."""
    assert header.id and header.kind and header.function and header.sender and header.receiver
    number = getattr(content, "number", None)
    return Message(
        id=header.id, kind=header.kind, function=header.function, sender=header.sender, receiver=header.receiver,
        body=body, content_type=content_type, agreement=getattr(content, "agreement", None),
        number=number, key=getattr(content, "key", None), answers=header.answers, digest=digest(body),
    )  # fmt: skip
