"""Ends the relay after a whole round when it is asked to."""

import signal
from types import FrameType, TracebackType
from typing import Any


class Stop:
    """While it is entered, SIGINT and SIGTERM are remembered, and a second one interrupts; call it to learn of them."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Stop":
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def __call__(self) -> bool:
        """Whether the relay is to end."""
        return self._asked

    def ask(self) -> None:
        """End after this round."""
        self._asked = True

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
