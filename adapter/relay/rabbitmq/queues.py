"""Queues on RabbitMQ: declared as durable quorum queues, counted, looked for; each question on a channel of its own."""

from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

from adapter.findings import Trouble
from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.question import NO_PERMISSION, NOT_FOUND, OTHER_PROPERTIES, Answered, put
from adapter.relay.rabbitmq.wire import Wire

QUORUM: dict[str, object] = {"x-queue-type": "quorum"}
# From RabbitMQ 4 on a message is dropped after 20 deliveries unless the queue says otherwise. Earlier releases know no
# limit, and must not be asked for this one: they read -1 as 0.
UNLIMITED = QUORUM | {"x-delivery-limit": -1}


def declare_queue(link: Link, queue: str) -> bool:
    """Make the queue unless it exists, and say whether it has our properties; raises Unavailable if it cannot be."""
    for arguments in (UNLIMITED, QUORUM) if _version(link) >= 4 else (QUORUM,):
        try:
            put(link, partial(_declare, queue, arguments))
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
        raise link.unavailable(f"there is no queue {queue}; declare it, or let this user do so", Trouble.MISSING)


def queue_depth(link: Link, queue: str) -> int | None:
    """How many messages wait in the queue; nothing if it does not exist."""
    try:
        depth: int = put(link, partial(_look, queue)).method.message_count
        return depth
    except ChannelClosedByBroker as closed:
        if closed.reply_code == NOT_FOUND:
            return None
        kind = Trouble.DENIED if closed.reply_code == NO_PERMISSION else Trouble.AWAY
        raise link.unavailable(closed.reply_text, kind) from None


def queue_depths(link: Link, queues: Iterable[str]) -> dict[str, int]:
    """How many messages wait in each queue that exists."""
    depths = {queue: queue_depth(link, queue) for queue in queues}
    return {queue: depth for queue, depth in depths.items() if depth is not None}


def _version(link: Link) -> int:
    def ask(wire: Wire, answer: "Future[str]") -> None:
        answer.set_result(str((wire.server_properties or {}).get("version", "")))

    major = link.ask(ask).partition(".")[0]
    return int(major) if major.isdigit() else 0


def _declare(queue: str, arguments: dict[str, object], channel: Channel, answered: Answered) -> None:
    channel.queue_declare(queue, durable=True, arguments=arguments, callback=answered)


def _look(queue: str, channel: Channel, answered: Answered) -> None:
    channel.queue_declare(queue, passive=True, callback=answered)
