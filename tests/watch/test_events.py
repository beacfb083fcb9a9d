"""What the log lets out: the lines that its list names, with the fields that are listed, and nothing else."""

import json
import sys

import pytest
import structlog

from adapter.cli.log import configure_log
from adapter.watch.events import LONGEST, Events


@pytest.fixture
def written(capsys):
    """Writes lines as the relay does; what they are as JSON."""

    def write(*lines):
        configure_log()
        for level, event, said in lines:
            getattr(structlog.get_logger(), level)(event, **said)
        sys.stderr.flush()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return write


def test_a_field_that_is_not_listed_does_not_leave(written):
    (line,) = written(("warning", "dead", {"id": "1", "exporter": "SECRET", "body": b"SECRET"}))
    assert set(line) == {"event", "level", "timestamp", "id"}


def test_a_line_that_is_not_listed_says_only_that_it_was_to_be_written(written):
    (line,) = written(("error", "the exporter SECRET failed", {"id": "SECRET"}))
    assert "SECRET" not in json.dumps(line)
    assert (line["event"], line["level"]) == ("not listed", "error")


def test_several_of_a_kind_are_a_line_each(written):
    each = [
        {"certificate": "c1", "state": "issued", "cause": "d", "number": "N-1"},
        {"certificate": "c2", "owner": "SECRET"},
    ]
    one, other = written(("info", "certificate changed", {"each": each}))
    assert (one["number"], other["certificate"]) == ("N-1", "c2")
    assert "owner" not in other
    assert {one["event"], other["event"]} == {"certificate changed"}


def test_the_lists_of_several_are_shown_whole(written):
    each = [{"certificate": str(place), "state": "sent", "cause": "d"} for place in range(700)]
    assert len(written(("info", "certificate changed", {"each": each}))) == 700


def test_passwords_are_masked_wherever_they_stand(written):
    url = "amqp://me:hush@host/vhost"
    (line, other) = written(
        ("warning", "waiting", {"trouble": f"broker at {url}", "advice": "none"}),
        ("warning", "others on this machine may read certificates", {"files": [url], "advice": url}),
    )
    assert "hush" not in json.dumps([line, other])


def test_a_value_that_is_no_text_or_number_is_told_by_its_kind(written):
    (line,) = written(("warning", "waiting", {"trouble": {"exporter": "SECRET"}, "advice": b"SECRET"}))
    assert (line["trouble"], line["advice"]) == ("<dict>", "<bytes>")


def test_a_text_as_long_as_a_book_is_cut(written):
    (line,) = written(("warning", "waiting", {"trouble": "x" * 100_000}))
    assert len(line["trouble"]) == LONGEST + 1


def test_no_line_may_name_what_the_form_says():
    private = {
        "exporter",
        "importer",
        "producer",
        "name",
        "address_of",
        "body",
        "value",
        "found",
        "findings",
        "description",
    }
    assert not private & set(Events.read().fields)
