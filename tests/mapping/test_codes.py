"""Code lists: open and closed, many texts for one word, one text for many words."""

import pytest

from adapter.mapping.codes import Unmappable, code_list
from adapter.mapping.path import TableError


def listed(closed=False, **rows):
    return code_list("unit", {"source": "invented", "closed": closed, **rows}, "small.toml")


def test_a_word_is_written_as_its_first_text_and_every_text_is_read():
    codes = listed(CT=["CARTONS", "CTNS"])
    assert (codes.write("CT"), codes.read("CTNS"), codes.read("CARTONS")) == ("CARTONS", "CT", "CT")


def test_a_text_that_is_not_there_reads_as_nothing():
    assert listed(CT="CARTONS").read("BOXES") is None


def test_case_and_blanks_count():
    assert listed(CT="CARTONS").read("cartons") is None


def test_an_open_list_writes_back_what_it_kept():
    assert listed(CT="CARTONS").write("?BOXES") == "BOXES"


def test_a_closed_list_writes_only_its_own_words():
    with pytest.raises(Unmappable) as refused:
        listed(closed=True, CT="CARTONS").write("?BOXES")
    assert (refused.value.code, refused.value.allowed) == ("MAP-CODE", "CT")


def test_a_word_nobody_listed_is_refused_by_an_open_list_too():
    with pytest.raises(Unmappable):
        listed(CT="CARTONS").write("BX")


def test_a_kept_code_that_would_read_back_as_a_word_of_ours_is_refused():
    with pytest.raises(Unmappable):
        listed(CT="CARTONS").write("?CARTONS")


def test_one_text_for_two_words_needs_a_preference():
    with pytest.raises(TableError, match=r"'PCE' stands for 'H87' and 'C62'.*prefer"):
        listed(H87="PCE", C62="PCE")


def test_a_preference_says_which_word_is_meant_on_reading():
    codes = listed(H87="PCE", C62="PCE", prefer={"PCE": "C62"})
    assert (codes.read("PCE"), codes.write("H87"), codes.write("C62")) == ("C62", "PCE", "PCE")


@pytest.mark.parametrize("prefer", [{"PCE": "KGM"}, {"PCS": "H87"}])
def test_a_preference_for_what_is_not_listed_is_refused(prefer):
    with pytest.raises(TableError, match="prefer"):
        listed(H87="PCE", KGM="KG", prefer=prefer)


@pytest.mark.parametrize("missing", ["source", "closed"])
def test_a_list_says_its_source_and_whether_it_is_closed(missing):
    rows = {"source": "invented", "closed": True, "CT": "C"}
    del rows[missing]
    with pytest.raises(TableError, match=missing):
        code_list("unit", rows, "small.toml")


@pytest.mark.parametrize("value", [5, [], ["A", 5], {"a": "b"}, True])
def test_a_word_stands_for_a_text_or_for_texts(value):
    with pytest.raises(TableError, match="CT"):
        listed(CT=value)
