"""What is told of metrics and log lines is what there is: in the docs, the dashboard, the alerts and the sources."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from adapter.relay.relay import Done
from adapter.watch.events import ALWAYS, UNLISTED, Events
from adapter.watch.metrics import EVERY

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "adapter").rglob("*.py"))
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
ADVISED = {"trouble", "advice"}
"""What `**advise(...)` gives, and the names under which it is passed on."""
EVENTS = Events.read()
DASHBOARD = json.loads((ROOT / "deploy/grafana/eodes.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
LABELS = {metric.name: set(metric.labels) for metric in EVERY}


def maker():
    """docs/make_watch.py."""
    spec = importlib.util.spec_from_file_location("make_watch", ROOT / "docs/make_watch.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def samples():
    """The names under which Prometheus has each metric."""
    for metric in EVERY:
        if metric.kind == "histogram":
            yield from ((f"{metric.name}_{end}", metric) for end in ("bucket", "sum", "count"))
        else:
            yield f"{metric.name}_total" if metric.kind == "counter" else metric.name, metric


def log_calls():
    """Each call that writes a line: where, at what level, by which name, with which fields."""
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "log." in source else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level)) if level in LEVELS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", level, names(node.args[0]), fields(node)


def names(said):
    """The event's name, or each where there is a choice; nothing where it is made up as it goes."""
    match said:
        case ast.Constant(value=str(name)):
            return [name]
        case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
            return [one, other]
    return []


def fields(call):
    """The fields of a call; None among them where they cannot be seen."""
    found = set()
    for keyword in call.keywords:
        if keyword.arg == "each":
            continue
        found |= {keyword.arg} if keyword.arg else spread(keyword.value)
    return found


def spread(value):
    match value:
        case ast.Call(func=ast.Name(id="advise")) | ast.Name(id="said"):
            return ADVISED
        case ast.DictComp():
            return set()  # a round's counts
    return {None}


CALLS = list(log_calls())


@pytest.mark.parametrize("page, made", [("metrics.md", "metrics_page"), ("log.md", "log_page")])
def test_the_page_is_as_the_program_would_write_it(page, made):
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == getattr(maker(), made)(), "run `make docs`"


def test_the_sources_write_lines():
    assert len(CALLS) > 20


@pytest.mark.parametrize("place, level, named, given", CALLS, ids=[place for place, *_ in CALLS])
def test_every_line_of_the_sources_is_listed_with_its_level_and_fields(place, level, named, given):
    assert named, f"{place}: its name cannot be seen"
    for name in named:
        event = EVENTS.by_name[name]
        assert level == event.level
        assert given <= set(event.fields), f"{place}: not listed: {given - set(event.fields)}"


def test_nothing_writes_lines_but_what_is_called_log():
    made = [(path, line) for path in SOURCES for line in path.read_text().splitlines() if "get_logger" in line]
    assert made and {line for _, line in made} == {"log = structlog.get_logger()"}


def test_a_round_tells_all_that_is_counted_in_it():
    assert set(EVENTS.by_name["round"].fields) == set(Done.__slots__)


def test_every_listed_line_is_written_somewhere():
    written = {name for _, _, named, _ in CALLS for name in named}
    assert set(EVENTS.by_name) - {UNLISTED} == written


def test_every_field_means_something_and_belongs_to_a_line():
    assert {*ALWAYS, *(name for event in EVENTS.by_name.values() for name in event.fields)} == set(EVENTS.fields)


def test_the_lists_of_fields_hold_all_that_the_calls_give():
    given = {}
    for _, _, named, fields_given in CALLS:
        for name in named:
            given.setdefault(name, set()).update(fields_given)
    counted = {"round", "certificate changed"}  # theirs are counted out of a value, and seen by other tests
    assert {n: set(EVENTS.by_name[n].fields) for n in given if n not in counted} == {
        name: fields_given for name, fields_given in given.items() if name not in counted
    }


def expressions():
    """Every expression of the dashboard and the alerts, and where it stands."""
    for panel in DASHBOARD["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", ()))
    for group in ALERTS["groups"]:
        yield from ((rule["alert"], rule["expr"]) for rule in group["rules"])


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize("where, expression", EXPRESSIONS)
def test_every_metric_and_label_that_is_asked_for_exists(where, expression):
    known = dict(samples())
    named = re.findall(r"\beodes_\w+", expression)
    assert named and set(named) <= set(known)
    labels = {label for name in named for label in known[name].labels} | {"instance", "le"}
    asked = re.findall(r"(\w+)(?:=~|=|!=|!~)\"", expression)
    grouped = [name.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for name in group.split(",")]
    assert set(asked) | set(grouped) <= labels
    assert expression.count("(") == expression.count(")") and expression.count("{") == expression.count("}")


def test_every_metric_is_on_the_dashboard():
    asked = {
        name
        for panel in DASHBOARD["panels"]
        for t in panel.get("targets", ())
        for name in re.findall(r"eodes_\w+", t["expr"])
    }
    shown = {metric.name for name, metric in samples() if name in asked}
    assert shown == {metric.name for metric in EVERY}


def test_legends_and_annotations_name_only_labels_that_the_expression_keeps():
    said = [(t["expr"], t["legendFormat"]) for p in DASHBOARD["panels"] for t in p.get("targets", ())]
    said += [(r["expr"], str(r["annotations"])) for g in ALERTS["groups"] for r in g["rules"]]
    for expression, text in said:
        named = set(re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", text))
        kept = {each.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for each in group.split(",")}
        assert named <= kept, (expression, text)


def test_panels_do_not_lie_upon_each_other():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken and max(x for x, _ in cells) < 24
        taken |= cells


def test_every_alert_says_how_grave_it_is_and_what_to_do():
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "do"}
