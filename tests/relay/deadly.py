"""The adapter's command with one fault planted in it: whoever reads a document with this mark in it is killed.

A library that crashes does the same. The fault is planted on import, so that processes of its own have it too.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any

from adapter import translate
from adapter.cli import main

KILLS, HANGS, KILLS_ONCE = b"KILLS ITS READER", b"KEEPS ITS READER", b"KILLS ITS FIRST READER"
NOTE = "DEADLY_NOTE"
"""Names the file that says that it has."""
_recognise = translate.recognise


def _recognise_or_die(body: bytes, *rest: Any, **more: Any) -> Any:
    if KILLS in body:
        os.kill(os.getpid(), signal.SIGKILL)
    if KILLS_ONCE in body and not Path(os.environ[NOTE]).exists():
        Path(os.environ[NOTE]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if HANGS in body:
        time.sleep(3600)
    return _recognise(body, *rest, **more)


translate.recognise = _recognise_or_die

if __name__ == "__main__":
    main()
