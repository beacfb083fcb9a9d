"""pika's connection with habits of our own: it can pause reading, writes in bulk and survives unreadable headers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pika import SelectConnection
from pika.adapters.utils.selector_ioloop_adapter import SelectorIOServicesAdapter
from pika.frame import Body, Frame, Header

from adapter.relay.rabbitmq.frames import FRAME, carries_message, read_frame, without_body

READ_BYTES = 64 * 1024
WRITE_BYTES = 128 * 1024


class Tap(SelectorIOServicesAdapter):  # type: ignore[type-arg]
    """A connection's access to the loop, which can leave what arrives in the socket: then the broker's side waits."""

    paused = False
    _readers: dict[Any, Callable[[], None]]

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self._readers = {}

    def set_reader(self, fd: Any, on_readable: Callable[[], None]) -> None:
        """Tell when there is something to read, or as soon as reading goes on."""
        self._readers[fd] = on_readable
        if not self.paused:
            super().set_reader(fd, on_readable)

    def remove_reader(self, fd: Any) -> bool:
        """Tell no longer."""
        known = self._readers.pop(fd, None) is not None
        return super().remove_reader(fd) or known

    def pause(self) -> None:
        """Read nothing, not even that the connection has ended."""
        self.paused = True
        for fd in self._readers:
            super().remove_reader(fd)

    def resume(self) -> None:
        """Read again."""
        if self.paused:
            self.paused = False
            for fd, on_readable in self._readers.items():
                super().set_reader(fd, on_readable)


class Wire(SelectConnection):
    """A connection that exchanges many frames per system call.

    It reaches into pika's internals, which have stayed as they are since 1.0; the tests notice when they change.
    """

    most: int | None = None
    """Bytes of the largest body that is let in; of a larger one only what stands beside it is, and its size."""
    _left_out = 0
    """Bytes still to come of a body that is not let in."""
    _frame_buffer: bytes
    _held: list[bytes] | None = None
    _held_bytes = 0

    def write(self, frames: bytes) -> None:
        """Send whole frames."""
        self._output_marshaled_frames([frames])

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all frames of this block in bulk."""
        self._held = []
        try:
            yield
        finally:
            self._flush()
            self._held = None

    def _output_marshaled_frames(self, frames: Sequence[bytes]) -> None:
        if self._held is None:
            super()._output_marshaled_frames(frames)  # type: ignore[misc]
            return
        self._held += frames
        self._held_bytes += sum(map(len, frames))
        if self._held_bytes > WRITE_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            super()._output_marshaled_frames([b"".join(self._held)])  # type: ignore[misc]
        self._held, self._held_bytes = [], 0

    def _proto_connection_made(self, transport: Any) -> None:
        # One read in each turn: else a pause would begin only after the next, with one more message held.
        transport._MAX_RECV_BYTES = transport._MAX_CONSUME_BYTES = READ_BYTES
        super()._proto_connection_made(transport)  # type: ignore[misc]

    def _on_data_available(self, data: bytes) -> None:
        if not self.is_open:
            super()._on_data_available(data)  # type: ignore[misc]
            return
        data = self._frame_buffer + data
        start = 0
        while len(data) - start >= FRAME.size:
            end = start + FRAME.size + FRAME.unpack_from(data, start)[2] + 1
            if end > len(data):
                break
            self._pass_on(read_frame(data[start:end]))
            start = end
        self._frame_buffer = data[start:]
        self.bytes_received += start

    def _pass_on(self, frame: Frame | None) -> None:
        if isinstance(frame, Body) and self._left_out > 0:
            self._left_out -= len(frame.fragment)
            return
        if isinstance(frame, Header) and self.most is not None and frame.body_size > self.most:
            self._left_out = frame.body_size
            frame = without_body(frame)
        if carries_message(frame):  # then nobody waits for it but its channel
            self._deliver_frame_to_channel(frame)  # type: ignore[attr-defined]
        else:
            self._process_frame(frame)  # type: ignore[attr-defined]
