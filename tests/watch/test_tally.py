"""Numbers of relays: added up, written down by workers, gathered by the crew, and shown as Prometheus has them."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.ledger import Moved
from adapter.relay.witness import UnderWay, Work
from adapter.watch import metrics
from adapter.watch.metrics import SECONDS
from adapter.watch.sheets import Sheets, Written
from adapter.watch.tally import Sheet, Tally

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def moved(state, count=1):
    return [Moved("c", state, "d", None)] * count


def test_a_message_is_confirmed_as_late_as_its_receiver_took():
    tally = Tally()
    gone = [UnderWay(0, "XA", "certificate", AT - timedelta(seconds=lag)) for lag in (0.001, 0.3, 0.3)]
    tally.confirmed(gone, AT)
    row = tally.copy().spreads[metrics.CONFIRM.name, ("XA",)]
    assert (row[SECONDS.index(0.005)], row[SECONDS.index(0.5)], round(row[-1], 3)) == (1, 2, 0.601)
    assert tally.copy().counts[metrics.CONFIRMED.name, ("XA", "certificate")] == 3


def test_a_clock_that_was_put_back_makes_no_negative_lag():
    tally = Tally()
    tally.confirmed([UnderWay(0, "XA", "certificate", AT + timedelta(hours=1))], AT)
    assert tally.copy().spreads[metrics.CONFIRM.name, ("XA",)][-1] == 0


def test_what_must_not_leave_has_no_receiver_and_is_not_counted():
    tally = Tally()
    tally.put_off([UnderWay(3, ""), UnderWay(1, "XA", "response")])
    assert dict(tally.copy().counts) == {(metrics.DEFERRED.name, ("XA", "response")): 1}


def test_work_that_fails_is_measured_too():
    now = [0.0]
    tally = Tally(clock=lambda: now[0])
    with pytest.raises(ValueError), tally.work(Work.SEND, 5):
        now[0] += 0.2
        raise ValueError
    assert tally.copy().spreads[metrics.WORK.name, ("send",)][-1] == 0.2


def test_a_copy_stays_as_it_was():
    tally = Tally()
    tally.moved(moved("issued"))
    copy = tally.copy()
    tally.moved(moved("issued", 7))
    assert copy.counts[metrics.STATES.name, ("issued",)] == 1


SHEETS = st.builds(
    Sheet,
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.tuples(st.sampled_from("xy"))), st.integers(0, 99)).map(
        lambda d: __import__("collections").Counter(d)
    ),
    st.dictionaries(
        st.tuples(st.sampled_from("cd"), st.tuples(st.sampled_from("xy"))),
        st.lists(st.integers(0, 99).map(float), min_size=len(SECONDS) + 2, max_size=len(SECONDS) + 2),
    ),
)


@given(SHEETS)
def test_what_was_written_as_json_is_read_again(sheet):
    import json

    assert Sheet.from_json(json.loads(json.dumps(sheet.as_json()))) == sheet


@given(SHEETS, SHEETS)
def test_two_sheets_are_added_number_by_number(one, other):
    total = Sheet()
    total.add(one)
    total.add(other)
    assert all(total.counts[cell] == one.counts[cell] + other.counts[cell] for cell in (one.counts | other.counts))
    assert sum(row[-1] for row in total.spreads.values()) == sum(
        row[-1] for sheet in (one, other) for row in sheet.spreads.values()
    )


def test_a_worker_writes_its_numbers_once_a_second(tmp_path):
    now = [0.0]
    written = Written(tmp_path, clock=lambda: now[0])
    written.moved(moved("issued"))
    now[0] = 0.9
    written.beat()
    assert not Sheets(tmp_path).report().sheet.counts
    now[0] = 1.0
    written.beat()
    report = Sheets(tmp_path).report()
    assert report.sheet.counts[metrics.STATES.name, ("issued",)] == 1
    assert report.beats == [1.0]


WORKER = """
import sys
from pathlib import Path
from adapter.ledger import Moved
from adapter.watch.sheets import Written
written = Written(Path(sys.argv[1]))
written.moved([Moved("c", "issued", "d", None)] * 3)
written._write()
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_worker_wrote_is_kept_and_counted_once(tmp_path):
    sheets, cell = Sheets(tmp_path), (metrics.STATES.name, ("issued",))
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    for round in (1, 2):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)], **streams)
        assert worker.stdout.readline() == b"ready\n"
        assert (sheets.report().sheet.counts[cell], len(sheets.report().beats)) == (3 * round, 1)
        worker.kill()
        worker.communicate()
        assert (sheets.report().sheet.counts[cell], len(sheets.report().beats)) == (3 * round, 0)
        assert sheets.report().sheet.counts[cell] == 3 * round
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_gone_stops_no_worker(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    written = Written(folder)
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    written.close()
