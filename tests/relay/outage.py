"""A partner that is down for three days while messages for it pile up: `python outage.py FOLDER COUNT`.

A process of its own, so that its memory is its own. It leaves broker and ledger in the folder, what the partner took
in the end line by line in `taken`, and tells its peak of memory in KB and how often the partner was asked meanwhile.
"""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from post_office import Clock, PostOffice, fixture, record
from test_dispatch import Moody

from adapter.ledger import Ledger
from adapter.relay.breaker import TRIPS_AT
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox, outbox

LASTS, STEP = timedelta(days=3), timedelta(hours=1)
STEPS = LASTS // STEP
TOGETHER = 250
CANCELLATION = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))

Batch = Sequence[Parcel]


def number(place: int) -> str:
    return f"K001-25-{place:07d}"


def certificate(place: int) -> Parcel:
    return Parcel(inbox("kcci"), f"k-{place}", record(number(place)))


def cancellation(place: int) -> Parcel:
    return Parcel(inbox("kcci"), f"c-{place}", json.dumps(CANCELLATION | {"certificateNo": number(place)}).encode())


class Outage:
    """The broker is real; it refuses what is for the partner."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.broker = Embedded(folder / "broker.db", clock=lambda: self.clock.now.timestamp())
        self.moody = Moody(self.broker, outbox("ID"))
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.office = PostOffice(self.moody, self.ledger, self.clock)  # type: ignore[arg-type]

    def begin(self) -> None:
        """The first messages that it refuses open the breaker."""
        self.moody.mood = Outcome.REFUSED
        self.put([certificate(place) for place in range(TRIPS_AT)])
        self.office.work()

    def last(self, certificates: int) -> None:
        """Over its days come the other certificates, then the cancellation of each."""
        waiting = batches(certificate, TRIPS_AT, certificates) + batches(cancellation, 0, certificates)
        for step in range(STEPS):
            for batch in waiting[step * len(waiting) // STEPS : (step + 1) * len(waiting) // STEPS]:
                self.put(batch())
            self.clock.now += STEP
            assert self.office.relay.settle()

    def end(self, taken: TextIO) -> None:
        """It takes messages again."""
        self.moody.mood = None
        while self.ledger.queue(self.clock.now):
            self.clock.now += STEP
            assert self.office.relay.settle()
            while window := self.broker.take([outbox("ID")], TOGETHER, 10**9, 0):
                self.broker.acknowledge(window)
                taken.writelines(
                    f"{each.headers['number']} {each.headers['type']} {each.message_id}\n" for each in window
                )

    def put(self, parcels: Batch) -> None:
        self.broker.send(parcels)
        self.broker.receipts(0)


def batches(make: Callable[[int], Parcel], start: int, end: int) -> list[Callable[[], Batch]]:
    """Made only when they are put: the peak of memory is to be the relay's."""
    starts = range(start, end, TOGETHER)
    return [lambda first=first: [make(place) for place in range(first, min(first + TOGETHER, end))] for first in starts]


def main(folder: Path, count: int) -> None:
    outage = Outage(folder)
    outage.begin()
    outage.last(count // 2)
    asked = outage.moody.asked
    with (folder / "taken").open("w") as taken:
        outage.end(taken)
    print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "asked": asked}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
