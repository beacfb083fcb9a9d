"""The words for codes, and the page on rules: complete, with nothing in them that no code needs."""

import ast
import importlib.util
import re
import tomllib

import pytest
import shelf
from goldens import settle

from adapter.cli.examples import example
from adapter.rules import catalogue
from adapter.words import ENGLISH, Language

SOURCES = sorted((shelf.ROOT / "adapter").rglob("*.py"))
CODE = re.compile(r"(?!UTF)[A-Z]{2,4}-(?:[0-9]{2}|[A-Z]+)")
RULES = {entry.code for entry in catalogue()}
WORDS = Language(ENGLISH, shelf.catalogue().folders)
ROWS = tomllib.loads((shelf.ROOT / "docs" / "rules.toml").read_text(encoding="utf-8"))


def codes_of_the_sources() -> set[str]:
    """Every literal of the sources that is a code."""
    literals = (
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {literal for literal in literals if CODE.fullmatch(literal)}


def page_maker():
    """docs/make_rules.py."""
    spec = importlib.util.spec_from_file_location("make_rules", shelf.ROOT / "docs" / "make_rules.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker


def test_every_code_that_the_sources_give_has_words():
    assert sorted(codes_of_the_sources() - set(WORDS)) == []


def test_no_words_are_of_a_code_that_the_sources_do_not_give():
    assert sorted(set(WORDS) - codes_of_the_sources()) == []


def test_a_title_is_said_once_by_the_rule_or_by_the_words():
    assert sorted(code for code, words in WORDS.items() if (words.title is None) != (code in RULES)) == []


@pytest.mark.parametrize("code", sorted(WORDS))
def test_words_say_what_it_means_what_to_do_and_how_it_looks(code):
    words = WORDS[code]
    assert words.explanation.endswith(".")
    assert words.remedy.endswith(".")
    shown = example(code, shelf.catalogue().folders)
    said = str(shown) if shown else words.example
    assert said and re.match(rf"(error|undecided|warning|info) {code}\b", said)


def test_another_language_goes_before_and_lacks_nothing(tmp_path):
    folder = tmp_path / "mappings" / "words"
    folder.mkdir(parents=True)
    (folder / "xx.toml").write_text('[ISS-01]\ntitle = "T"\nexplanation = "E."\nremedy = "R."\n')
    theirs = Language("xx", [tmp_path, *shelf.catalogue().folders])
    assert (theirs["ISS-01"].title, theirs["ISS-02"]) == ("T", WORDS["ISS-02"])
    assert set(theirs) == set(WORDS)


@pytest.mark.parametrize("language", ["xx", "../words/en", ""])
def test_a_language_that_is_not_there_is_refused(language):
    with pytest.raises(LookupError, match="there are en"):
        Language(language, shelf.catalogue().folders)


def test_the_page_on_rules_tells_of_the_rules_as_they_are(update):
    maker = page_maker()
    settle(maker.PAGE, maker.page(), update)


def test_the_rows_of_the_agreements_text_name_rules_that_exist():
    assert sorted({code for row in ROWS.values() for code in row.get("codes", ())} - RULES) == []


def test_a_row_that_asks_for_a_rule_names_one():
    assert [code for code, row in ROWS.items() if "V" in row["kind"] and not row.get("codes")] == []
