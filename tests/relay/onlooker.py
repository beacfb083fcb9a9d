"""Whoever looks on at a relay that runs: asks its pages, and reads its numbers."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from at_work import AtWork
from prometheus_client.parser import text_string_to_metric_families

Numbers = dict[tuple[str, ...], float]


class Onlooker:
    """Asks the port that the relay's log names."""

    def __init__(self, relay: AtWork) -> None:
        self.relay = relay
        self.host, _, port = relay.line("watched")["address"].rpartition(":")
        self.port = int(port)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://{self.host}:{self.port}{path}", timeout=60)

    def said(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a page."""
        answer = self.get(path)
        return answer.status_code, json.loads(answer.text)

    def numbers(self, sample: str, *labels: str) -> Numbers:
        """The values of a metric that are not 0, by these labels in this order."""
        return numbers(self.get("/metrics").text, sample, *labels)

    def until(self, sample: str, is_so: Callable[[float], object]) -> None:
        """Wait until the sum of a metric is so."""
        self.relay.until(lambda: is_so(sum(self.numbers(sample).values())))


def numbers(page: str, sample: str, *labels: str) -> Numbers:
    found: Numbers = {}
    for family in text_string_to_metric_families(page):
        for each in family.samples:
            if each.name == sample and each.value:
                chosen = tuple(each.labels[label] for label in labels or sorted(each.labels))
                found[chosen] = found.get(chosen, 0.0) + each.value
    return found
