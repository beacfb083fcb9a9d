"""Complaints: every bad document is complained of exactly as the file beside it says."""

import json
from collections import Counter

import pytest
import shelf
from complaints import complaint, receiver
from goldens import settle

BAD = shelf.bad_documents()


@pytest.mark.parametrize("fixture", BAD, ids=str)
def test_a_bad_document_is_complained_of_as_told(fixture, update):
    settle(fixture.beside("complaint.json"), shelf.text(complaint(fixture, receiver(fixture))), update)


def test_there_are_forty_bad_documents_or_more_and_no_two_of_a_system_show_the_same():
    first = Counter(_first(fixture) for fixture in BAD)
    assert len(first) >= 40
    assert [shown for shown, times in first.items() if times > 1] == []


@pytest.mark.parametrize("code", shelf.catalogue().systems)
def test_every_system_has_bad_documents(code):
    enough = 10 if shelf.catalogue().system(code).model == "push" else 4
    assert len([fixture for fixture in BAD if fixture.system.code == code]) >= enough


def test_no_complaint_stands_beside_nothing():
    assert set(shelf.FIXTURES.rglob("*.complaint.json")) == {fixture.beside("complaint.json") for fixture in BAD}


@pytest.mark.parametrize("fixture", BAD, ids=str)
def test_a_complaint_says_what_is_wrong_and_where(fixture):
    told = json.loads(fixture.beside("complaint.json").read_text(encoding="utf-8"))["findings"]
    assert told, "nothing is complained of"
    for finding in told:
        assert finding["code"] and finding["message"] and finding["severity"]
        assert any(name in finding for name in ("field", "path", "line")) or finding["code"].startswith("DOC-")


def _first(fixture):
    told = json.loads(fixture.beside("complaint.json").read_text(encoding="utf-8"))["findings"]
    field = told[0].get("field")
    return fixture.system.code, told[0]["code"], field, fixture.path.suffix if field is None else ""
