"""Spans: of rounds that did something, with what was done and how many; and what happens where nobody takes them."""

import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from at_work import environment
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from post_office import PostOffice, record
from processes import end, spawn, wait_until

from adapter.ledger import Ledger
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox
from adapter.watch.traces import COUNT, Traces

ROOT = Path(__file__).parents[2]


@pytest.fixture
def spans(tmp_path: Path):
    """The finished spans of a relay that took three records, and of idle rounds before and after."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(Embedded(tmp_path / "queues.db")) as broker, closing(Ledger.open(url)) as ledger:
        office = PostOffice(broker, ledger, witness=Traces(provider))
        office.relay.step()
        assert kept.get_finished_spans() == ()
        for nth in range(3):
            office.put("kcci", record(f"K001-25-000000{nth}"), f"m-{nth}")
        office.work()
        before = len(kept.get_finished_spans())
        office.relay.step()
        assert len(kept.get_finished_spans()) == before
    return kept.get_finished_spans()


def test_a_round_holds_what_was_done_in_it(spans) -> None:
    rounds = {span.context.span_id: span for span in spans if span.name == "round"}
    inner = [span for span in spans if span.name != "round"]
    assert {span.name for span in inner} == {"take", "decide", "write", "send", "confirm"}
    for span in inner:
        held = rounds[span.parent.span_id]
        assert held.start_time <= span.start_time <= span.end_time <= held.end_time
        assert held.context.trace_id == span.context.trace_id
    assert all(span.parent is None for span in rounds.values())


def test_spans_say_how_many_and_nothing_else(spans) -> None:
    for span in spans:
        assert set(span.attributes) <= {COUNT}
        assert not span.events and span.status.description is None
    assert sum(span.attributes[COUNT] for span in spans if span.name == "decide") == 3


def relay(folder: Path, **more: str) -> subprocess.Popen[bytes]:
    """`eodes relay` on one machine, in this environment."""
    urls = f"embedded://{folder / 'queues.db'}", f"sqlite:///{folder / 'ledger.db'}"
    command = [sys.executable, "-m", "adapter", "relay"]
    return spawn(command, folder, environment(*urls) | more)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def put(folder: Path) -> None:
    with closing(Embedded(folder / "queues.db")) as broker:
        from adapter.relay.broker import Parcel

        broker.send([Parcel(inbox("kcci"), "m-1", record("K001-25-0000001"))])


def test_traces_go_where_they_are_wanted(tmp_path: Path) -> None:
    asked = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Taker) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        process = relay(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_port}")
        try:
            wait_until(lambda: b"relaying" in (tmp_path / "log").read_bytes(), process, tmp_path)
            put(tmp_path)
            wait_until(lambda: b'"confirmed"' in (tmp_path / "log").read_bytes(), process, tmp_path)
        finally:
            end(process, 15)
            server.shutdown()
            thread.join()
    assert process.returncode == 0
    assert {path for path, _ in asked} == {"/v1/traces"}
    body = b"".join(body for _, body in asked)
    assert b"eodes-relay" in body and b"decide" in body and b"K001-25-0000001" not in body
    assert not [line for line in lines(tmp_path) if "traces" in str(line["event"])]


def test_where_nobody_takes_them_that_is_told_once_and_the_relay_works_on(tmp_path: Path) -> None:
    process = relay(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://user:hush@127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY="100")
    try:
        wait_until(lambda: b"relaying" in (tmp_path / "log").read_bytes(), process, tmp_path)
        put(tmp_path)
        wait_until(lambda: b"traces are not taken" in (tmp_path / "log").read_bytes(), process, tmp_path)
    finally:
        end(process, 15)
    assert process.returncode == 0
    events = [line["event"] for line in lines(tmp_path)]  # nothing else writes into the log, not even a library
    assert events.count("traces are not taken") == 1
    assert "hush" not in (tmp_path / "log").read_text()


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "opentelemetry").mkdir()
    (tmp_path / "opentelemetry/__init__.py").write_text("raise ImportError('not here')\n")
    more = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }
    process = relay(tmp_path, **more)
    assert process.wait(60) == 2
    assert f"{sys.executable} -m pip install -c constraints.txt -e '.[opentelemetry]'" in (tmp_path / "log").read_text()
