"""What is put into the queues to do harm: each delivery with the code that it is to die of."""

from collections.abc import Mapping
from typing import NamedTuple

import hostile
from deadly import KILLS
from post_office import fixture, record

from adapter.relay.broker import Parcel
from adapter.relay.names import inbox
from adapter.schema import Limits


class Poison(NamedTuple):
    """Who puts it in, what it is, and the code that it dies of."""

    sender: str
    body: bytes
    code: str
    headers: Mapping[str, str | int] = {}

    def parcel(self, name: str) -> Parcel:
        return Parcel(inbox(self.sender), name, self.body, headers=self.headers)


NO_TABLE = "DOC-ROOT"
"""No message of this system begins like that."""


def _documents(sender: str, documents: dict[str, tuple[bytes, str]]) -> dict[str, Poison]:
    """Those that are small enough to be taken in at all."""
    takeable = {name: case for name, case in documents.items() if len(case[0]) <= Limits().size}
    return {f"{sender}: {name}": Poison(sender, body, code) for name, (body, code) in takeable.items()}


OF_ANOTHER_VERSION = fixture("id/certificate/ik-cepa-import-3-items.xml").replace(
    b"datamodel:ID:COO:1", b"datamodel:ID:COO:9"
)
MESSAGES = {
    "our own certificate, replayed by the partner": Poison(
        "ID", fixture("id/certificate/ik-cepa-1-item.xml"), "PTY-02"
    ),
    "another partner's certificate, replayed": Poison(
        "ID", fixture("cn/certificate/kr-cn-import-1-item.xml"), NO_TABLE
    ),
    "an unknown version": Poison("ID", OF_ANOTHER_VERSION, NO_TABLE),
    "for an unknown partner": Poison("kcci", record("K001-25-9000001"), "ROU-01", {"receiver": "XX"}),
    "for a partner that the agreement does not lead to": Poison(
        "kcci", record("K001-25-9000002"), "ROU-01", {"receiver": "CN"}
    ),
    "the death of each worker that reads it": Poison("kcci", KILLS, "REL-02"),
}

POISONS: dict[str, Poison] = {
    **_documents("ID", hostile.XML | {name: (body, NO_TABLE) for name, (body, _) in hostile.WRONG_SCHEMA.items()}),
    **_documents("kcci", hostile.JSON),
    **MESSAGES,
}
