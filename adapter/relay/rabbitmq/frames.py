"""A message as AMQP 0-9-1 frames: the same bytes that pika writes and reads, with fewer detours."""

import struct
from collections.abc import Mapping
from functools import lru_cache

from pika import spec
from pika.data import decode_short_string  # type: ignore[import-untyped]
from pika.frame import Body, Frame, Header, Method, decode_frame

from adapter.relay.broker import OVERSIZED, UNREADABLE, Parcel

FRAME = struct.Struct(">BHI")
_PUBLISH = struct.pack(">IH", spec.Basic.Publish.INDEX, 0)
_MANDATORY = b"\1"
_DELIVER = struct.pack(">I", spec.Basic.Deliver.INDEX)
_HEADER = struct.Struct(">HxxQH")
_NUMBER = struct.Struct(">QB")
_FLAGS = spec.BasicProperties
_END = bytes((spec.FRAME_END,))


def parcel_frames(parcel: Parcel, channel: int, most: int) -> bytes:
    """All frames that publish a parcel, none larger than `most`; raises an exception for what AMQP cannot carry."""
    publish, header = _PUBLISH + _word(parcel.exchange) + _word(parcel.queue) + _MANDATORY, _header(parcel)
    room = most - FRAME.size - len(_END)
    if len(header) > room:
        raise ValueError("its headers are too large")
    frames = [_wrap(spec.FRAME_METHOD, channel, publish), _wrap(spec.FRAME_HEADER, channel, header)]
    for start in range(0, len(parcel.body), room):
        frames.append(_wrap(spec.FRAME_BODY, channel, parcel.body[start : start + room]))
    return b"".join(frames)


def read_frame(data: bytes) -> Frame | None:
    """One whole frame; where the properties of a message cannot be read, they say so instead."""
    kind, channel, _ = FRAME.unpack_from(data)
    if kind == spec.FRAME_BODY and data[-1] == spec.FRAME_END:
        return Body(channel, data[FRAME.size : -1])
    if kind == spec.FRAME_METHOD and data.startswith(_DELIVER, FRAME.size) and data[-1] == spec.FRAME_END:
        return Method(channel, _deliver(data))
    try:
        return decode_frame(data)[1]
    except Exception as error:
        if kind != spec.FRAME_HEADER:
            raise
        # pika stumbles over dates beyond the calendar, tables too deep and types it does not know. Whoever put those
        # there shall not end the connection for all others, again and again.
        (size,) = struct.unpack_from(">Q", data, FRAME.size + 4)
        return Header(channel, size, spec.BasicProperties(headers={UNREADABLE: type(error).__name__}))


def without_body(frame: Header) -> Header:
    """The same message as one without a body that says how large its body was."""
    said = frame.properties
    said.headers = {**(said.headers or {}), OVERSIZED: frame.body_size}
    return Header(frame.channel_number, 0, said)


def carries_message(frame: Frame | None) -> bool:
    """Whether the frame is part of a message that a consumer gets."""
    if isinstance(frame, Method):
        return isinstance(frame.method, spec.Basic.Deliver)
    return isinstance(frame, Body | Header)


def _deliver(data: bytes) -> spec.Basic.Deliver:
    consumer, at = decode_short_string(data, FRAME.size + len(_DELIVER))
    number, redelivered = _NUMBER.unpack_from(data, at)
    exchange, at = decode_short_string(data, at + _NUMBER.size)
    return spec.Basic.Deliver(consumer, number, bool(redelivered & 1), exchange, decode_short_string(data, at)[0])


def _header(parcel: Parcel) -> bytes:
    """The properties, in the order of their flags."""
    flags, pieces = _FLAGS.FLAG_DELIVERY_MODE | _FLAGS.FLAG_MESSAGE_ID, []
    if parcel.content_type is not None:
        flags |= _FLAGS.FLAG_CONTENT_TYPE
        pieces.append(_word(parcel.content_type))
    if parcel.headers:
        flags |= _FLAGS.FLAG_HEADERS
        pieces.append(_table(parcel.headers))
    pieces.append(b"\2" if parcel.persistent else b"\1")
    if parcel.correlation_id is not None:
        flags |= _FLAGS.FLAG_CORRELATION_ID
        pieces.append(_short(parcel.correlation_id))
    pieces.append(_short(parcel.message_id))
    if parcel.type is not None:
        flags |= _FLAGS.FLAG_TYPE
        pieces.append(_word(parcel.type))
    return _HEADER.pack(spec.BasicProperties.INDEX, len(parcel.body), flags) + b"".join(pieces)


def _table(headers: Mapping[str, str | int]) -> bytes:
    return _long(b"".join([_word(name) + _value(value) for name, value in headers.items()]))


def _value(value: str | int) -> bytes:
    return b"S" + _long(value.encode()) if isinstance(value, str) else b"l" + struct.pack(">q", value)


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes((len(data),)) + data


@lru_cache(maxsize=1024)
def _word(text: str) -> bytes:
    """A short text that is written again and again: a queue, a kind, the name of a header."""
    return _short(text)


def _long(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _wrap(kind: int, channel: int, payload: bytes) -> bytes:
    return FRAME.pack(kind, channel, len(payload)) + payload + _END
