"""What is told of the relay is bounded and public: no mark of a confidential value, no label that a sender chose."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import shelf
from post_office import PostOffice, calendar, catalogue, fixture
from printed_contacts import MARK, broken_contacts, marked, printed
from prometheus_client.parser import text_string_to_metric_families
from secrets_of import MARKS, broken

from adapter.certificate import match_key
from adapter.cli.log import configure_log
from adapter.ledger import Ledger, Position
from adapter.messages import Kind
from adapter.relay.embedded import Embedded
from adapter.relay.names import queue_names
from adapter.relay.witness import Witnesses, Work
from adapter.states import State
from adapter.watch.changes import Changes
from adapter.watch.events import Events
from adapter.watch.exposition import Exposition
from adapter.watch.station import Alone, Station
from adapter.watch.survey import Survey
from adapter.watch.tally import Tally
from adapter.words import ENGLISH, Language

DOMESTIC = [
    each
    for each in shelf.documents()
    if each.path.stem in ("kr-cn-1-item", "ik-cepa-1-item", "kr-in-1-item") and each.system.side == "domestic"
]
BAD = [each for each in shelf.bad_documents() if each.system.side == "domestic"]
EVENTS = Events.read()
FREE = {
    *("name", "line", "city", "description", "marks", "transport", "text", "place", "signatory", "remarks"),
    *("retroactive_reason", "person", "exporter", "issued_at"),
}
"""What is said in words of one's own, or of persons and goods."""
SAID = re.compile(r"Q\d\d\dZ")
WORDLESS = {Kind.ACKNOWLEDGEMENT, Kind.STATUS_QUERY, Kind.EXPORT_LINK, Kind.RECONCILIATION}
"""Kinds that are all numbers, days and codes."""


@contextmanager
def watched(folder: Path) -> Iterator[tuple[PostOffice, list[str]]]:
    """A relay that is watched; at the end its numbers are in the list."""
    configure_log()
    tally, page = Tally(), list[str]()
    witness = Witnesses(Changes(), tally)
    url = f"sqlite:///{folder / 'ledger.db'}"
    with closing(Embedded(folder / "queues.db")) as broker, closing(Ledger.open(url, told=witness.moved)) as ledger:
        office = PostOffice(broker, ledger, witness=witness)
        yield office, page
        office.work()
        survey = Survey(broker, url, catalogue(), calendar(), office.clock)
        page.append(Exposition(Station(Alone(tally), survey, "1")).page().decode())
        survey.close()
    sys.stderr.flush()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The log and the numbers of a relay that took good records, bad ones, broken secrets and strange names."""
    log = StringIO()
    with redirect_stderr(log), watched(tmp_path_factory.mktemp("told")) as (office, page):
        for each in [*DOMESTIC, *BAD]:
            office.put(each.system.code, each.body, f"m-{each}")
        for each in DOMESTIC:
            for nth, (_, body) in enumerate(list(broken(each))[::25]):
                office.put(each.system.code, body, f"b-{each}-{nth}")
        for each in printed():
            office.put(each.system.code, marked(each), f"p-{each}")
            for nth, (_, body) in enumerate(broken_contacts(each)):
                office.put(each.system.code, body, f"q-{each}-{nth}")
    return log.getvalue(), page[0]


def test_no_mark_is_in_the_log_or_the_numbers(told: tuple[str, str]) -> None:
    log, page = told
    assert "eodes_dead_now{" in page and '"dead"' in log and '"certificate changed"' in log
    for said in told:
        assert not MARKS.search(said)
        assert not MARK.search(said)


def test_no_text_of_any_message_of_any_system_is_in_the_log_or_the_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put = list[tuple[str, str]]()
    with watched(tmp_path) as (office, page):
        for nth, (code, kind, path) in enumerate(one_of_each()):
            if SAID.search(body := worded(path)):
                office.put(code, body.encode(), f"w-{nth}")
                put.append((code, kind))
    log = capsys.readouterr().err
    assert {code for code, _ in put} == set(catalogue().systems)
    assert {kind for _, kind in put} >= {*Kind} - WORDLESS
    assert '"certificate changed"' in log
    assert not SAID.search(log)
    assert not SAID.search(page[0])


def one_of_each() -> Iterator[tuple[str, str, Path]]:
    """A document of each kind for each system that exchanges it; a common one from whoever's agreement it is."""
    seen = set[tuple[str, str]]()
    for each in shelf.documents():
        issued_here = each.system.side == "partner" and each.kind == Kind.CERTIFICATE and "import" not in each.path.stem
        if each.kind in [*Kind] and not issued_here and (each.system.code, each.kind) not in seen:
            seen.add((each.system.code, each.kind))
            yield each.system.code, each.kind, each.path


def worded(path: Path) -> str:
    """The document with a text of ours in the place of each that is free, as its golden tells them."""
    body = path.read_text(encoding="utf-8")
    for nth, text in enumerate(sorted(set(_free(json.loads(path.with_suffix(".hub.json").read_text("utf-8")))))):
        body = re.sub(f'(?<=[>"]){re.escape(escape(text))}(?=[<"])', f"Q{nth:03}Z", body)
    return body


def _free(values: object, name: str = "") -> Iterator[str]:
    if isinstance(values, dict | list):
        for key, inner in values.items() if isinstance(values, dict) else ((name, inner) for inner in values):
            yield from _free(inner, key)
    elif isinstance(values, str) and name in FREE and not values.isdigit():
        yield values


def test_every_line_has_only_what_the_list_names(told: tuple[str, str]) -> None:
    for line in map(json.loads, told[0].splitlines()):
        event = EVENTS.by_name[line["event"]]
        assert set(line) <= {"event", "level", "timestamp", *event.fields}
        assert line["level"] == event.level
        assert event.name != "not listed"


def test_a_new_certificate_is_told_with_its_number_and_nothing_else_of_it(told: tuple[str, str]) -> None:
    lines = [line for line in map(json.loads, told[0].splitlines()) if line["event"] == "certificate changed"]
    numbers = {line["number"] for line in lines if "number" in line}
    known = {match_key(json.loads(fixture("kcci/certificate/ik-cepa-1-item.json"))["certificateNo"])}
    assert known <= {match_key(number) for number in numbers}
    assert {line["state"] for line in lines} <= {state.value for state in State}


def test_labels_are_codes_and_words_of_ours(told: tuple[str, str]) -> None:
    codes = set(catalogue().systems)
    allowed = {
        "source": codes, "receiver": codes, "partner": codes, "queue": set(queue_names(catalogue())),
        "kind": {kind.value for kind in Kind}, "fate": {"accepted", "dead", "held", "repeated"},
        "state": {state.value for state in State} | {position.value for position in Position},
        "work": {work.value for work in Work}, "part": {"broker", "database"}, "status": {"due", "overdue"},
        "what": {"acknowledgement", "response"}, "version": {"1"}, "code": set(Language(ENGLISH, catalogue().folders)),
        "stage": set(re.findall(r"[a-z]+", EVENTS.fields["stage"].partition(":")[2])) - {"or"},
    }  # fmt: skip
    for family in text_string_to_metric_families(told[1]):
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert label == "le" or value in allowed[label], (sample.name, label, value)
