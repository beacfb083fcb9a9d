"""Spans for OpenTelemetry: a round that did something, and in it what was taken, decided, written, sent and confirmed.

Only the extra `opentelemetry` has what this imports; nothing in a span but what was done and with how many.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, set_span_in_context

from adapter.relay.witness import Witness, Work

PATIENCE = 5.0
"""Seconds that whoever takes the spans has to answer."""
SERVICE = "eodes-relay"
COUNT = "eodes.count"

log = structlog.get_logger()


class Traces(Witness):
    """Makes the spans of one relay; a round in which nothing happened leaves none."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider, self._tracer = provider, provider.get_tracer(SERVICE)
        self._round: Span | None = None
        self._began, self._taken = 0, (0, 0)

    @contextmanager
    def work(self, work: Work, count: int = 0) -> Iterator[None]:
        """A span for this; the round's own, and the taking before it, begin late with the time at which they began."""
        began = time.time_ns()
        if work is Work.ROUND:
            self._began = began
            try:
                yield
            finally:
                self._end_round()
        elif work is Work.TAKE:
            yield
            self._taken = began, time.time_ns()
        else:
            context = set_span_in_context(self._round or self._begin_round())
            with self._tracer.start_as_current_span(work.value, context, attributes={COUNT: count}):
                yield

    def close(self) -> None:
        """Hand over what is left."""
        self._provider.shutdown()

    def _begin_round(self) -> Span:
        began, self._began = self._began or time.time_ns(), 0
        self._round = self._tracer.start_span(Work.ROUND.value, start_time=began)
        taken, until = self._taken
        if taken:
            context = set_span_in_context(self._round)
            self._tracer.start_span(Work.TAKE.value, context, start_time=taken).end(until)
        return self._round

    def _end_round(self) -> None:
        if self._round:
            self._round.end()
        self._round, self._began, self._taken = None, 0, (0, 0)


class Told(SpanExporter):
    """An exporter that tells in the log when what it hands over is not taken, and when it is again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter, self._is_told = exporter, False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand over; what is not taken is lost."""
        try:
            result, error = self._exporter.export(spans), "refused"
        except Exception as trouble:
            result, error = SpanExportResult.FAILURE, type(trouble).__name__
        if result is SpanExportResult.FAILURE and not self._is_told:
            log.warning("traces are not taken", error=error)
        elif result is SpanExportResult.SUCCESS and self._is_told:
            log.info("traces are taken again")
        self._is_told = result is SpanExportResult.FAILURE
        return result

    def shutdown(self) -> None:
        """Let go."""
        self._exporter.shutdown()


def open_traces(version: str) -> Traces:
    """Traces that go where OTEL_EXPORTER_OTLP_ENDPOINT says, handed over by a thread of their own."""
    for name in ("opentelemetry", "urllib3"):  # what they would say stands in the log already, in our words
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", SERVICE), "service.version": version}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Told(OTLPSpanExporter(timeout=PATIENCE))))
    return Traces(provider)
