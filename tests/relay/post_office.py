"""A relay with its broker and ledger, a clock that stands still until told, and the hands of those it serves."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from adapter import translate
from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.start import cache_folder
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.ledger import Ledger
from adapter.messages import Acknowledgement, Feedback, Function, Header, ItemFeedback, Kind, Response
from adapter.relay.broker import Broker, Parcel
from adapter.relay.names import inbox, outbox
from adapter.relay.relay import Done, Relay

FIXTURES = Path(__file__).parents[2] / "fixtures"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return Catalogue.open(cache=cache_folder())


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    return Calendar()


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def record(number: str, name: str = "ik-cepa-1-item", **changes: object) -> bytes:
    """A chamber's record under this number, with these properties changed."""
    said = json.loads(fixture(f"kcci/certificate/{name}.json"))
    return json.dumps(said | {"certificateNo": number} | changes).encode()


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class PostOffice:
    def __init__(self, broker: Broker, ledger: Ledger, clock: Clock | None = None, **options: object) -> None:
        self.broker, self.ledger, self.clock = broker, ledger, clock or Clock()
        self._options = options
        self.relay = self.open(broker)
        self.relay.declare()

    def open(self, broker: Broker, **more: object) -> Relay:
        """A relay on the same ledger; another one plays a process started anew."""
        options: dict[str, object] = {
            "clock": self.clock,
            "calendar": calendar(),
            "chance": lambda: 1.0,
            **self._options,
            **more,
        }
        return Relay(broker, self.ledger, catalogue(), **options)  # type: ignore[arg-type]

    def put(self, code: str, body: bytes, message_id: str = "m-1", **headers: str) -> None:
        self.broker.send([Parcel(inbox(code), message_id, body, headers=headers)])
        while not self.broker.receipts(0.2):
            pass

    def work(self, at_least: int = 0) -> Done:
        """Rounds until nothing more happens, and at least so many are taken; what they did together."""
        total = [0] * 7
        for quiet in range(400):
            done = self.relay.step(0.05)
            counts = (done.taken, done.accepted, done.dead, done.repeated, done.sent, done.confirmed, done.deferred)
            total = [a + b for a, b in zip(total, counts, strict=True)]
            if not done and self.relay.settle(1) and quiet > 1 and total[0] >= at_least:
                break
        return Done(*total)

    def take(self, code: str) -> list[Delivery]:
        """What lies in the system's own queue; it is acknowledged."""
        return self.take_queue(outbox(code))

    def take_queue(self, queue: str) -> list[Delivery]:
        taken: list[Delivery] = []
        patience = 3.0 if self.broker.depths([queue]).get(queue) else 0.3  # a broker may count a moment late
        while window := self.broker.take([queue], 1000, 10**9, patience):
            self.broker.acknowledge(window)
            taken += window
            patience = 0.1
        return taken

    def states(self) -> dict[str, str]:
        return {each.number: each.state for each in self.ledger.standings(1000)}


def kinds(deliveries: list[Delivery]) -> list[str]:
    return [delivery.headers["type"] for delivery in deliveries]


def said(delivery: Delivery) -> dict[str, object]:
    document: dict[str, object] = json.loads(delivery.body)
    return document


def answer(office: PostOffice, code: str, content: Acknowledgement | Response | Feedback, id: str) -> None:
    """A partner says something about what it received."""
    kind = next(kind for kind in Kind if kind.value == type(content).__name__.lower())
    system, home = catalogue().system(code), "KR"
    at = office.clock.now.replace(microsecond=0)
    header = Header(id=id, kind=kind, function=Function.ANSWER, sender=code, receiver=home, sent_at=at)
    office.put(code, translate.write(content, system, catalogue(), header).body, id)


def respond(office: PostOffice, code: str, to: Delivery, outcome: str, id: str = "r-1") -> None:
    complaints = ({"code": "X-1", "severity": "error", "text": "not ours"},) if outcome == "rejected" else ()
    values = {"received": to.message_id, "number": to.headers["number"], "agreement": to.headers["agreement"]}
    response = Response.model_validate(
        values | {"outcome": outcome, "responded_at": office.clock.now, "complaints": complaints}
    )
    answer(office, code, response, id)


def acknowledge(office: PostOffice, code: str, to: Delivery, id: str = "a-1") -> None:
    content = Acknowledgement(received=str(to.message_id), received_at=office.clock.now, digest=digest(to.body))
    answer(office, code, content, id)


def issue(office: PostOffice, number: str, name: str = "ik-cepa-1-item", **changes: object) -> list[str]:
    """A chamber's record, and the kinds of what Indonesia got of it; certificates are acknowledged."""
    office.put("kcci", record(number, name, **changes), f"m-{number}-{len(changes)}")
    office.work()
    sent = office.take("ID")
    for each in sent:
        if each.headers["type"] == "certificate":
            acknowledge(office, "ID", each, f"a-{each.message_id}")
    office.work()
    return kinds(sent)


def feed_back(
    office: PostOffice, code: str, number: str, status: str, agreement: str = "ik-cepa", id: str = "f-1"
) -> None:
    items = (ItemFeedback.model_validate({"number": 1, "status": status, "reason": "other"}),)
    day = office.clock.now.date()
    answer(office, code, Feedback(number=number, agreement=agreement, decided_on=day, items=items), id)
