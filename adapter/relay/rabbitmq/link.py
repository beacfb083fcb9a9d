"""One connection to RabbitMQ with one channel, made again with patience whenever it is lost."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog
from pika.channel import Channel
from pika.connection import Parameters
from pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from adapter.findings import Trouble, Unavailable
from adapter.relay.advice import advise
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.wire import Tap, Wire

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 15.0
FAREWELL = 3.0
"""Seconds that a broker has to say goodbye; one that is short of memory does not."""
_REFUSALS = (AuthenticationError, ProbableAccessDeniedError, ProbableAuthenticationError)

T = TypeVar("T")
log = structlog.get_logger()


class Link:
    """Calls `opened` with each new channel and `lost` with the reason when it is gone, under the lock of the pump.

    Where there are several places, it goes on to the next whenever one fails or is lost.
    """

    def __init__(
        self,
        pump: Pump,
        places: Sequence[Parameters],
        opened: Callable[[Channel], None],
        lost: Callable[[str], None],
        patience: float,
        most: int | None = None,
    ) -> None:
        self.pump, self.patience, self._most = pump, patience, most
        self._places, self._opened, self._lost = places, opened, lost
        self.channel: Channel | None = None
        self._trouble, self._refused, self._closing = "it does not answer", False, False
        self._failures, self._told, self._turn = 0, False, 0
        self._away_since = time.monotonic()
        self._connect()

    def is_open(self, seconds: float) -> bool:
        """Whether it is open, within these seconds; raises Unavailable when it has been away for too long."""
        if self.channel or self.pump.turn_until(self._is_settled, seconds):
            if self.channel:
                return True
            raise self.unavailable(self._trouble, self._kind)
        if time.monotonic() - self._away_since >= self.patience:
            raise self.unavailable(self._trouble, self._kind)
        return False

    def _is_settled(self) -> bool:
        """Whether waiting any longer for the channel would not help."""
        return bool(self.channel or self._refused or self._closing or self.pump.until())

    def require(self) -> Channel:
        """The channel, as soon as it is open; raises Unavailable when that takes too long."""
        if self.is_open(self.patience) and self.channel:
            return self.channel
        raise self.unavailable(self._trouble, self._kind)

    def ask(self, question: Callable[[Wire, "Future[T]"], None]) -> T:
        """Put a question and wait for the answer; raises Unavailable, or ChannelClosedByBroker for a no."""
        self.require()
        answer: Future[T] = Future()
        question(self.wire, answer)
        if not self.pump.turn_until(answer.done, self.patience):
            raise self.unavailable("it does not answer")
        try:
            return answer.result()
        except ChannelClosedByBroker:
            raise
        except AMQPError as error:
            raise self.unavailable(f"{type(error).__name__}: {error}") from error

    def unavailable(self, trouble: str, kind: Trouble = Trouble.AWAY) -> Unavailable:
        """The exception that says where and what; the password is in neither."""
        hosts, vhost = " or ".join(map(_host, self._places)), self._places[0].virtual_host
        return Unavailable(f"RabbitMQ at {hosts}, virtual host {vhost}: {trouble}", kind)

    @property
    def _kind(self) -> Trouble:
        return Trouble.DENIED if self._refused else Trouble.AWAY

    @property
    def _place(self) -> Parameters:
        """The host whose turn it is."""
        return self._places[self._turn % len(self._places)]

    @property
    def frame_max(self) -> int:
        """Bytes that one frame may have, as agreed with the broker."""
        parameters: Any = self.wire.params
        return int(parameters.frame_max)

    def pause(self) -> None:
        """Read nothing for a while: a quarter of the silence after which the connection would be taken for dead."""
        self.tap.pause()
        silence: Any = self.wire.params and self.wire.params.heartbeat
        self.pump.loop.call_later((silence or 60) / 4, self.tap.resume)

    def renew(self, reason: str) -> None:
        """End the connection and make another, to the next place where there are several."""
        if self.channel:
            self._lose(ConnectionError(reason))
            self._end()

    def close(self) -> None:
        """End the connection, after what was asked before."""
        self._closing, self._trouble = True, "its connection was closed on this side"
        self.tap.resume()  # or the goodbye is not read
        farewell = min(self.patience, FAREWELL)
        # pika stumbles when a connection is ended that is still opening; one that never opens ends with the pump.
        if self.pump.turn_until(lambda: self.wire.is_open or self.wire.is_closed, farewell):
            self._end()
            self.pump.turn_until(lambda: self.wire.is_closed, farewell)

    def _connect(self) -> None:
        self._told = False
        self.tap = Tap(self.pump.loop)
        events: dict[str, Any] = {
            "on_open_callback": self._on_open,
            "on_open_error_callback": self._on_end,
            "on_close_callback": self._on_end,
        }
        self.wire = Wire(self._place, custom_ioloop=self.tap, **events)
        self.wire.most = self._most

    def _on_open(self, wire: Any) -> None:
        wire.add_on_connection_blocked_callback(self._on_blocked)
        wire.add_on_connection_unblocked_callback(self._on_unblocked)
        wire.channel(on_open_callback=self._on_channel)

    def _on_blocked(self, _: Any, frame: Any) -> None:
        """An alarm: the broker reads nothing more from whoever publishes, and says so once."""
        trouble = self.unavailable(frame.method.reason, Trouble.BLOCKED)
        log.warning("the broker takes no messages for now; they wait in the ledger", **advise(trouble))

    def _on_unblocked(self, _: Any, __: Any) -> None:
        log.info("the broker takes messages again", broker=_host(self._place))

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_channel_end)
        self._opened(channel)
        self.channel, self._refused, self._failures = channel, False, 0

    def _on_channel_end(self, _: Channel, reason: Exception) -> None:
        self._lose(reason)
        self._end()

    def _on_end(self, _: Any, error: Any) -> None:
        self._lose(error)
        if not self._closing:
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._failures // len(self._places)))
            self._failures += 1
            self._turn += 1
            self.pump.loop.call_later(random.uniform(longest / 2, longest), self._connect)

    def _lose(self, error: Any) -> None:
        was_open, self.channel = self.channel is not None, None
        if not self._told and not self._closing:
            cause, self._told = _cause(error), True
            self._trouble, self._refused = f"{type(cause).__name__}: {cause}", isinstance(cause, _REFUSALS)
        if was_open:
            self._away_since = time.monotonic()
            self._lost(self._trouble)

    def _end(self) -> None:
        if not (self.wire.is_closing or self.wire.is_closed):
            self.wire.close()


def _host(place: Parameters) -> str:
    return f"{place.host}:{place.port}"


def _cause(error: Any) -> Any:
    """The innermost exception: pika wraps a refused connection three times."""
    while True:
        inner = [*getattr(error, "exceptions", ()), getattr(error, "exception", None), *getattr(error, "args", ())]
        inner = [each for each in inner if isinstance(each, BaseException)]
        if not inner:
            return error
        error = inner[-1]
