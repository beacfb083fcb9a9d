"""A question to RabbitMQ on a channel of its own: the broker closes the channel when the answer is no."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pika.channel import Channel

from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.wire import Wire

NO_PERMISSION, NOT_FOUND, OTHER_PROPERTIES = 403, 404, 406

Answered = Callable[[Any], None]


def put(link: Link, question: Callable[[Channel, Answered], None]) -> Any:
    """The broker's answer; raises ChannelClosedByBroker for a no, and Unavailable where none comes."""

    def ask(wire: Wire, answer: "Future[Any]") -> None:
        def opened(channel: Channel) -> None:
            def answered(frame: Any) -> None:
                answer.set_result(frame)
                channel.close()

            question(channel, answered)

        def closed(_: Channel, reason: Exception) -> None:
            if not answer.done():
                answer.set_exception(reason)

        wire.channel(on_open_callback=opened).add_on_close_callback(closed)

    return link.ask(ask)
