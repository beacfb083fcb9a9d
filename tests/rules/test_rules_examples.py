"""Every rule has a bad file that shows it: a document, or an example with the facts that it rests on."""

import json

import pytest
import shelf
from examples import examples, found, said
from goldens import settle

from adapter.rules import catalogue

CODES = sorted(entry.code for entry in catalogue())


def shown_by_documents() -> dict[str, str]:
    """The codes that bad documents are complained of with first, each with one that is."""
    shown: dict[str, str] = {}
    for fixture in shelf.bad_documents():
        told = json.loads(fixture.beside("complaint.json").read_text(encoding="utf-8"))["findings"]
        shown.setdefault(told[0]["code"], str(fixture))
    return shown


@pytest.mark.parametrize("code", CODES)
def test_a_rule_is_shown_by_a_bad_file_that_it_is_the_first_to_complain_of(code):
    assert code in shown_by_documents() or code in {path.stem for path in examples()}


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_an_example_is_complained_of_as_told(path, update):
    told = {**said(path), "findings": [finding.as_dict() for finding in found(path)]}
    settle(path, shelf.text(told), update)


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_an_example_shows_the_rule_that_it_is_named_after_first(path):
    assert found(path)[0].code == path.stem


def test_every_example_is_of_a_rule():
    assert {path.stem for path in examples()} <= set(CODES)
