"""A partner's folder: each message a file, complete as soon as its name can be seen."""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints.label import label

SIDECAR = ".headers.json"
"""How the file's name ends that says what is written on a message: `<id>.headers.json` is there before `<id>.xml`."""
ENDINGS = {"application/xml": ".xml", "application/json": ".json"}
OTHER = ".body"


class Folder:
    """Puts messages into a folder that the partner empties; the same message again is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(self, parcels: Sequence[Parcel]) -> Iterator[Receipt]:
        """Write both files of each to the disk and give them their names, the body's last."""
        return map(self._carry, parcels)

    def _carry(self, parcel: Parcel) -> Receipt:
        try:
            self._put(parcel)
        except OSError as error:
            reason = f"{self._folder}: {os.strerror(error.errno or errno.EIO)}"
            return Receipt(parcel.message_id, parcel.queue, Outcome.REFUSED, reason, own=True)
        return Receipt(parcel.message_id, parcel.queue, Outcome.CONFIRMED)

    def _put(self, parcel: Parcel) -> None:
        name = file_name(parcel.message_id)
        put_file(self._folder / f"{name}{SIDECAR}", json.dumps(label(parcel), ensure_ascii=False, indent=1).encode())
        put_file(self._folder / f"{name}{ENDINGS.get(parcel.content_type or '', OTHER)}", parcel.body)
        keep_names(self._folder)


def file_name(message_id: str) -> str:
    """The id as the name of a file that is not hidden: what no name should hold is written as in a URL."""
    quoted = quote(message_id, safe="")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted


def put_file(place: Path, data: bytes) -> None:
    """Write a file under a hidden name, to the disk, and only then give it its own; raises OSError.

    Nobody can know that name before: a link that lies in wait under it would lead us to write somewhere else.
    """
    hidden = place.parent / f".{place.name}.{token_hex(8)}.part"
    try:
        with hidden.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(place)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise


def keep_names(folder: Path) -> None:
    """Have the folder's names on the disk too; raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
