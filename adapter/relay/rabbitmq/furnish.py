"""What a vhost is furnished with: its queues, and the exchanges that lead to them."""

from collections.abc import Iterable
from functools import partial

from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker
from pika.exchange_type import ExchangeType

from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.question import NO_PERMISSION, NOT_FOUND, OTHER_PROPERTIES, Answered, put
from adapter.relay.rabbitmq.queues import declare_queue
from adapter.relay.topology import Binding, Exchange, Vhost


def furnish(link: Link, queues: Iterable[str], vhost: Vhost | None) -> list[str]:
    """Make what there is not yet; names what is there with other properties, or may not be made by this user.

    Raises Unavailable where a queue is missing in the end: the relay cannot do without, but it can without exchanges.
    """
    there = list(queues)
    other = [queue for queue in there if not declare_queue(link, queue)]
    if vhost is None:
        return other
    other += [f"exchange {each.name}" for each in vhost.exchanges if not _may(link, partial(_declare, each))]
    led = (each for each in vhost.bindings if each.queue in there)
    return other + [f"exchange {each.exchange} to {each.queue}" for each in led if not _may(link, partial(_bind, each))]


def _may(link: Link, question: "partial[None]") -> bool:
    try:
        put(link, question)
        return True
    except ChannelClosedByBroker as closed:
        if closed.reply_code in (NO_PERMISSION, NOT_FOUND, OTHER_PROPERTIES):
            return False
        raise link.unavailable(closed.reply_text) from None


def _declare(exchange: Exchange, channel: Channel, answered: Answered) -> None:
    arguments = {"alternate-exchange": exchange.alternate} if exchange.alternate else None
    kind = ExchangeType(exchange.kind)
    channel.exchange_declare(exchange.name, kind, durable=True, arguments=arguments, callback=answered)


def _bind(binding: Binding, channel: Channel, answered: Answered) -> None:
    channel.queue_bind(binding.queue, binding.exchange, binding.key, callback=answered)
