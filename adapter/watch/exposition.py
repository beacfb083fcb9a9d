"""The numbers as Prometheus reads them."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from adapter.ledger import Position
from adapter.watch import metrics
from adapter.watch.metrics import SECONDS, Metric
from adapter.watch.station import Station
from adapter.watch.survey import Books
from adapter.watch.tally import Labels, Sheet


class Exposition(Collector):
    """What a station knows, collected each time somebody asks; it stands in a registry of its own."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def page(self) -> bytes:
        """All metrics as text."""
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Family]:
        """Names alone: registering must not look at anything."""
        return iter(())

    def collect(self) -> Iterator[Family]:
        """Every metric that can be told now."""
        report = self._station.relays.report()
        yield from _tallied(report.sheet)
        yield from self._looked()
        ages = self._station.ages(report)
        yield _gauge(metrics.PROCESSES, {(): len(ages)})
        yield _gauge(metrics.BEAT, {(): max(ages)} if ages else {})
        yield _gauge(metrics.BUILD, {(self._station.version,): 1})

    def _looked(self) -> Iterator[Family]:
        survey = self._station.survey
        depths, books, deadlines = survey.depths(), survey.books(), survey.deadlines()
        up = {("broker",): int(depths.trouble is None), ("database",): int(books.trouble is None)}
        yield _gauge(metrics.UP, up)
        yield _gauge(metrics.QUEUE, {(name,): count for name, count in (depths.value or {}).items()})
        if books.value:
            yield from _books(books.value, sorted(survey.catalogue.systems))
        yield _gauge(metrics.DEADLINES, deadlines.value or {})


def _tallied(sheet: Sheet) -> Iterator[Family]:
    for metric in metrics.TALLIED:
        if metric.kind == "histogram":
            yield _histogram(
                metric, {labels: row for (name, labels), row in sheet.spreads.items() if name == metric.name}
            )
        else:
            family = CounterMetricFamily(metric.name, metric.said, labels=metric.labels)
            for (name, labels), count in sheet.counts.items():
                if name == metric.name:
                    family.add_metric(labels, count)
            yield family


def _books(books: Books, receivers: list[str]) -> Iterator[Family]:
    """Every receiver has its numbers, also where nothing waits: an alert on what is absent never fires."""
    waits = {each.receiver: each for each in books.backlogs}
    ages = {code: (books.at - each.oldest).total_seconds() for code, each in waits.items() if each.oldest}
    yield _gauge(metrics.OPEN, {(code,): waits[code].open if code in waits else 0 for code in receivers})
    yield _gauge(metrics.DUE, {(code,): waits[code].due if code in waits else 0 for code in receivers})
    yield _gauge(metrics.OLDEST, {(code,): max(ages.get(code, 0.0), 0.0) for code in receivers})
    stands = {code: books.turns[code].position if code in books.turns else Position.CLOSED for code in receivers}
    turned = {(code, each.value): int(stands[code] is each) for code in receivers for each in Position}
    yield _gauge(metrics.BREAKER, turned)
    yield _gauge(metrics.HELD, {(source,): count for source, count in books.counts.held.items()})
    yield _gauge(metrics.DEAD_NOW, books.counts.dead)
    yield _gauge(metrics.SIZE, {(): books.counts.size})


def _gauge(metric: Metric, values: Mapping[Any, float]) -> Family:
    family = GaugeMetricFamily(metric.name, metric.said, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, rows: Mapping[Labels, list[float]]) -> Family:
    """Prometheus counts what fell under each bound together with all below it."""
    family = HistogramMetricFamily(metric.name, metric.said, labels=metric.labels)
    bounds = [*(str(bound) for bound in SECONDS), "+Inf"]
    for labels, row in rows.items():
        family.add_metric(labels, list(zip(bounds, accumulate(row[:-1]), strict=True)), row[-1])
    return family
