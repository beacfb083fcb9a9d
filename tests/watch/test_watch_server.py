"""The three pages, whoever asks; and that nobody keeps the server busy for long."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from adapter.watch import server
from adapter.watch.exposition import Exposition
from adapter.watch.glance import Seen
from adapter.watch.metrics import EVERY
from adapter.watch.server import THREADS, WatchServer
from adapter.watch.station import Report, Station
from adapter.watch.tally import Sheet

NOW = 1_000.0


@dataclass
class Fake:
    """Relays, and a survey of them, that are as a test says."""

    beats: list[float] = field(default_factory=lambda: [NOW])
    found: Seen[Any] = field(default_factory=lambda: Seen({"from.xa": 0, "to.xa": 3}))
    book: Seen[Any] = field(default_factory=lambda: Seen(None))
    queues: tuple[str, ...] = ("from.xa", "to.xa")
    catalogue: Any = field(default_factory=lambda: SimpleNamespace(systems={}))

    def report(self) -> Report:
        return Report(Sheet(Counter({("eodes_dead", ("xa", "read", 'A"\\\n')): 2})), self.beats)

    def depths(self) -> Seen[Any]:
        return self.found

    def books(self) -> Seen[Any]:
        return self.book

    def deadlines(self) -> Seen[Any]:
        return Seen({})


def station(fake: Fake) -> Station:
    return Station(fake, fake, "1.2", clock=lambda: NOW)  # type: ignore[arg-type]


@pytest.fixture
def served() -> Iterator[tuple[Fake, str, tuple[str, int]]]:
    fake = Fake()
    with closing(WatchServer(station(fake), "127.0.0.1", 0)) as made:
        yield fake, "http://{}:{}".format(*made.address), made.address


@pytest.mark.parametrize(
    "beats, well", [([NOW], True), ([NOW - 119], True), ([NOW - 121], False), ([NOW, NOW - 121], False), ([], False)]
)
def test_relays_live_while_each_began_a_round_not_long_ago(beats: list[float], well: bool) -> None:
    assert station(Fake(beats)).health()[0] is well


def test_a_clock_of_another_process_that_is_ahead_is_no_age() -> None:
    fake = Fake([NOW + 5])
    assert station(fake).ages(fake.report()) == [0.0]


@pytest.mark.parametrize(
    "fake, troubles",
    [
        (Fake(), {}),
        (Fake(found=Seen(trouble="denied")), {"broker": "denied"}),
        (Fake(found=Seen({"to.xa": 1})), {"queues": "missing: from.xa"}),
        (Fake(book=Seen(trouble="full")), {"database": "full"}),
        (Fake(beats=[]), {"relay": "no round for a long time"}),
    ],
)
def test_it_is_ready_while_messages_can_flow_and_else_says_why(fake: Fake, troubles: dict[str, str]) -> None:
    assert station(fake).ready() == (not troubles, {"ready": not troubles, "troubles": troubles})


def test_pages_answer_by_status_too(served: tuple[Fake, str, Any]) -> None:
    fake, url, _ = served
    assert [httpx.get(url + path).status_code for path in ("/health", "/ready", "/metrics", "/", "/metrics/")] == [
        200, 200, 200, 404, 404
    ]  # fmt: skip
    fake.beats = []
    assert [httpx.get(url + path).status_code for path in ("/health", "/ready", "/metrics")] == [503, 503, 200]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "GET2"])
def test_only_get_is_answered(served: tuple[Fake, str, Any], method: str) -> None:
    answer = httpx.request(method, served[1] + "/metrics")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_nothing_says_what_serves_it(served: tuple[Fake, str, Any]) -> None:
    assert httpx.get(served[1] + "/health").headers["Server"] == "eodes"


def test_a_page_that_fails_says_only_how(served: tuple[Fake, str, Any]) -> None:
    served[0].catalogue, served[0].book = None, Seen(SimpleNamespace())
    answer = httpx.get(served[1] + "/metrics")
    assert (answer.status_code, answer.text) == (500, "AttributeError\n")


def test_every_metric_is_shown_under_its_name() -> None:
    page = Exposition(station(Fake())).page().decode()
    looked_up_in_books = {
        "eodes_outbox_open", "eodes_outbox_due", "eodes_outbox_oldest_seconds", "eodes_breaker", "eodes_held",
        "eodes_dead_now", "eodes_ledger_bytes",
    }  # fmt: skip
    named = {line.split()[2].removesuffix("_total") for line in page.splitlines() if line.startswith("# TYPE")}
    assert named == {metric.name for metric in EVERY} - looked_up_in_books
    assert r'eodes_dead_total{code="A\"\\\n",source="xa",stage="read"} 2.0' in page


def test_who_sends_a_letter_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LONGEST", 0.3)
    with closing(WatchServer(station(Fake()), "127.0.0.1", 0)) as made:
        slow = [socket.create_connection(made.address, timeout=60) for _ in range(THREADS)]
        for each in slow:
            each.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        late = time.monotonic() + 60
        while slow and time.monotonic() < late:
            time.sleep(0.05)
            slow = [each for each in slow if drips(each)]
        assert slow == []
        assert httpx.get("http://{}:{}/health".format(*made.address)).status_code == 200


def drips(client: socket.socket) -> bool:
    """Whether one more letter was taken."""
    try:
        client.sendall(b"a")
        client.setblocking(False)
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        client.setblocking(True)
