"""Queues on RabbitMQ: declared as durable quorum queues, counted, looked for; each question on a channel of its own."""

from concurrent.futures import Future
from functools import partial
from typing import Any

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.wire import Wire

NO_PERMISSION, NO_QUEUE, OTHER_PROPERTIES = 403, 404, 406
QUORUM = {"x-queue-type": "quorum"}
# From RabbitMQ 4 on a message is dropped after 20 deliveries unless the queue says otherwise. Earlier releases know no
# limit, and must not be asked for this one: they read -1 as 0.
UNLIMITED = QUORUM | {"x-delivery-limit": -1}


def declare_queue(link: Link, queue: str) -> bool:
    """Make the queue unless it exists, and say whether it has our properties; raises Unavailable if it cannot be."""
    for arguments in (UNLIMITED, QUORUM) if _version(link) >= 4 else (QUORUM,):
        try:
            link.ask(partial(_declare, queue, {"durable": True, "arguments": arguments}))
            return True
        except ChannelClosedByBroker as closed:
            if closed.reply_code == NO_PERMISSION:
                break
            if closed.reply_code != OTHER_PROPERTIES:
                raise link.unavailable(closed.reply_text) from None
    require_queue(link, queue)
    return False


def require_queue(link: Link, queue: str) -> None:
    """Raise Unavailable if there is no such queue."""
    if queue_depth(link, queue) is None:
        raise link.unavailable(f"there is no queue {queue}; declare it, or let this user do so")


def queue_depth(link: Link, queue: str) -> int | None:
    """How many messages wait in the queue; nothing if it does not exist."""
    try:
        depth: int = link.ask(partial(_declare, queue, {"passive": True}))
        return depth
    except ChannelClosedByBroker as closed:
        if closed.reply_code == NO_QUEUE:
            return None
        raise link.unavailable(closed.reply_text) from None


def _version(link: Link) -> int:
    def ask(wire: Wire, answer: "Future[str]") -> None:
        answer.set_result(str((wire.server_properties or {}).get("version", "")))

    major = link.ask(ask).partition(".")[0]
    return int(major) if major.isdigit() else 0


def _declare(queue: str, how: dict[str, Any], wire: Wire, answer: "Future[int]") -> None:
    """Ask on a channel of its own: the broker closes it when the answer is no."""

    def opened(channel: Channel) -> None:
        channel.queue_declare(queue, callback=partial(declared, channel), **how)

    def declared(channel: Channel, frame: Any) -> None:
        answer.set_result(frame.method.message_count)
        channel.close()

    def closed(_: Channel, reason: Exception) -> None:
        if not answer.done():
            answer.set_exception(reason)

    wire.channel(on_open_callback=opened).add_on_close_callback(closed)
