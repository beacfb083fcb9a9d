"""Writes docs/metrics.md and docs/log.md: every metric and every line of the log there is, from what the program has.

`make docs` runs it; a test fails where a page is older than what it tells of.
"""

from collections.abc import Iterator
from pathlib import Path

from adapter.watch.events import ALWAYS, Events
from adapter.watch.metrics import EVERY, LOOKED, PRESENT, SECONDS, TALLIED, Metric

HERE = Path(__file__).parent
METRICS, LOG = HERE / "metrics.md", HERE / "log.md"
METRICS_HEAD = """# Watching the relay

<!-- Written by `make docs` from adapter/watch/metrics.py: change that and docs/make_watch.py, not this. -->

    eodes relay --watch 9464

serves three pages on this machine alone; `--watch HOST:PORT`, or `EODES_WATCH`, lets others in.

- `/health`: 200 while every relay process began a round, or told that it waits, in the last two minutes; else 503:
  start it again. A broker or database that is away is no reason to.
- `/ready`: 200 while broker and database answer, every queue is there and `/health` is well; else 503 and why.
- `/metrics`: the numbers, as Prometheus reads them.

They answer GET alone, without a password: let nobody but your monitoring reach the port. A port that is taken ends the
relay with exit code 2. Nobody waits longer than two seconds for a broker or database that hangs: it is told as away.

With `--workers` there is one port for the whole crew. Each worker writes its numbers into a file once a second, the
crew adds them up: a worker that is killed leaves what it wrote last, so that no number goes back, and only what it did
in its last second is not counted. Several relays, on one machine or on many, have a port each: add up what they count,
and take `max` of what they look up in the same broker and ledger.

`deploy/grafana/eodes.json` is a dashboard for Grafana, `deploy/prometheus/alerts.yml` are rules for Prometheus.

Labels are codes of systems, words listed here, and codes of findings (`eodes explain CODE`): no number of a
certificate, and nobody's name.
"""
TALLIED_HEAD = f"""
## What the relay counts

Since it began. Histograms have these bounds, in seconds:
{", ".join(f"{bound:g}" for bound in SECONDS)}.
"""
LOOKED_HEAD = """
## What is looked up

In broker and ledger when somebody asks, at most once in five seconds (`eodes_deadlines`: once in a minute), over
connections of its own that keep the relay from nothing. What does not answer has no numbers but `eodes_up`.
`eodes_queue_messages` leaves out what is handed out and not acknowledged.
"""
PRESENT_HEAD = """
## What runs
"""
TRACES = """
## Traces

With the extra (`.venv/bin/pip install -c constraints.txt -e '.[opentelemetry]'`) and `OTEL_EXPORTER_OTLP_ENDPOINT` in
its environment the relay hands spans over, by HTTP: `round` for each round that did something, in it `take`, `decide`,
`write`, `send` and `confirm` with their `eodes.count`. Without that setting there are none; without the extra it is
refused (exit code 2). Numbers are for Prometheus alone, and messages carry no trace.
"""
LOG_HEAD = f"""# The relay's log

<!-- Written by `make docs` from adapter/watch/events.toml: change that and docs/make_watch.py, not this. -->

JSON lines on standard error, lines to read on a terminal. `event` is a sentence that stays the same.
Every line has {", ".join(f"`{name}`" for name in ALWAYS)}; what else it may have stands here, and nothing else leaves:
neither another field nor a line that is not listed. Passwords in URLs are masked. A certificate's number is shown, for
it is on the form that both sides have; what else the form says is not.

A text longer than 1 000 characters is cut, and of a list the first 100 are shown.
"""


def metrics_page() -> str:
    """docs/metrics.md."""
    parts = [METRICS_HEAD]
    for head, metrics in ((TALLIED_HEAD, TALLIED), (LOOKED_HEAD, LOOKED), (PRESENT_HEAD, PRESENT)):
        parts += [head, "\n| metric | kind | labels | |\n|---|---|---|---|\n", *map(_metric, metrics)]
    assert {*TALLIED, *LOOKED, *PRESENT} == {*EVERY}
    return "".join([*parts, TRACES])


def log_page() -> str:
    """docs/log.md."""
    events = Events.read()
    return "".join([LOG_HEAD, *_events(events), "\n## Fields\n\n| field | |\n|---|---|\n", *_fields(events)])


def _metric(metric: Metric) -> str:
    name = f"{metric.name}_total" if metric.kind == "counter" else metric.name
    return f"| `{name}` | {metric.kind} | {', '.join(metric.labels)} | {metric.said} |\n"


def _events(events: Events) -> Iterator[str]:
    for event in events.by_name.values():
        fields = ", ".join(f"`{name}`" for name in event.fields)
        yield f"\n**{event.name}** · {event.level}{' · ' if fields else ''}{fields}  \n{event.means}\n"
        yield f"*{event.do}*\n" if event.do else ""


def _fields(events: Events) -> Iterator[str]:
    for name, said in sorted(events.fields.items()):
        yield f"| `{name}` | {said} |\n"


if __name__ == "__main__":
    METRICS.write_text(metrics_page(), encoding="utf-8")
    LOG.write_text(log_page(), encoding="utf-8")
