"""Pairs: each side undoes the other, and what cannot be undone is refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.certificate import Criterion
from adapter.mapping.codes import Unmappable, code_list
from adapter.mapping.pairs import FOR, LISTED, PAIRS, pair
from adapter.mapping.path import TableError

FORM = code_list(
    "criterion",
    {
        "source": "invented",
        "closed": False,
        "wholly_obtained": "WO",
        "product_specific": ["PSR", "PS"],
        "cth": "CTH",
        "cc": "CC",
        "rvc": "RVC",
        "qvc": "QVC",
    },
    "small.toml",
)
SEOUL = timezone(timedelta(hours=9))
DELHI = timezone(timedelta(hours=5, minutes=30))
MARQUESAS = timezone(-timedelta(hours=9, minutes=30))
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from([UTC, SEOUL]))
ANYWHERE = st.datetimes(
    datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from([UTC, SEOUL, DELHI, MARQUESAS])
)
VALUES = {
    "text": st.text(min_size=1),
    "number": st.decimals(0, 10**15, allow_nan=False, allow_infinity=False, places=8),
    "integer": st.integers(0, 10**8),
    "day": st.dates(),
    "moment": MOMENTS,
    "flag": st.booleans(),
    "date102": st.dates(),
    "date304": MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    "date304_minutes": ANYWHERE.map(lambda moment: moment.replace(microsecond=0)),
    "yes_no": st.booleans(),
    "yes": st.booleans(),
}
TEXTS = {
    "day": ["2025-01-31", "0001-01-01", "9999-12-31", "2024-02-29"],
    "moment": ["2025-01-31T09:30:00+09:00", "2025-01-31T09:30:00Z", "2025-01-31T09:30:00.123456-05:30"],
    "date102": ["20250131", "00010101", "20240229"],
    "date304": ["20250131093000Z", "20250131093000+09", "20250131093000-05"],
    "date304_minutes": ["20250131093000Z", "20250131093000+09", "20250131093000+0530", "20250131093000-0030"],
    "flag": ["true", "false"],
    "yes_no": ["Y", "N"],
    "yes": ["Y"],
}
WRONG = {
    "day": ["2025-02-30", "20250131", "2025-1-31", "2025-01-31Z", "2025-W05-5", "", "２０25-01-31"],
    "moment": ["2025-01-31T09:30:00", "2025-01-31", "now", "2025-13-31T09:30:00Z", "2025-01-31T09:30:00.1234567Z"],
    "date102": ["2025-01-31", "20250230", "2025013", "202501311", "２０２５0131", "20250131 "],
    "date304": ["20250131093000", "20250131093000+0900", "20250131093060Z", "20250131243000Z", "20250230093000Z"],
    "date304_minutes": ["20250131093000+0900", "20250131093000+0560", "20250131093000+24", "20250131093000+053"],
    "flag": ["yes", "TRUE", "", "2"],
    "yes_no": ["y", "J", "", "true"],
    "yes": ["N", "y", "1"],
}


def undone(one, value):
    """What comes back of a value, absence read as a flag that is not set."""
    text = one.write(value)
    return False if text is None else one.read(text)


@pytest.mark.parametrize("name", PAIRS)
@given(data=st.data())
def test_reading_undoes_writing(name, data):
    value = data.draw(VALUES[name])
    back = undone(PAIRS[name], value)
    assert str(back) == f"{value:f}" if isinstance(value, Decimal) else str(back) == str(value)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_writing_undoes_reading(name, text):
    assert PAIRS[name].write(PAIRS[name].read(text)) == text


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_text_that_could_not_be_written_back_is_refused(name, text):
    with pytest.raises(ValueError):
        PAIRS[name].read(text)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 1, 31, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2025, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2025, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=8, seconds=28))),
    ],
)
def test_a_moment_that_a_304_cannot_hold_is_refused(moment):
    with pytest.raises(Unmappable, match="fraction"):
        PAIRS["date304"].write(moment)


def test_a_number_keeps_its_scale_and_shows_no_exponent():
    assert [PAIRS["number"].write(Decimal(text)) for text in ("1.10", "0.00", "1E+2", "1E-8")] == [
        "1.10",
        "0.00",
        "100",
        "0.00000001",
    ]


def test_a_flag_that_is_not_set_may_be_absent():
    assert PAIRS["yes"].write(False) is None
    assert PAIRS["yes"].leaves_out


@pytest.mark.parametrize("kind", FOR)
def test_every_type_has_pairs_and_every_pair_a_type(kind):
    assert FOR[kind] <= set(PAIRS) | set(LISTED)
    assert set(PAIRS) <= set().union(*FOR.values())


@pytest.mark.parametrize(("name", "kind"), [("date102", "text"), ("yes", "day"), ("criterion", "text"), ("xx", "flag")])
def test_a_pair_that_does_not_fit_the_field_is_refused(name, kind):
    with pytest.raises(TableError, match="does not fit"):
        pair(name, kind, None)


@pytest.mark.parametrize(("name", "kind"), [("criterion", "part"), ("pointer", "text")])
def test_a_pair_that_is_made_of_a_list_needs_one(name, kind):
    with pytest.raises(TableError, match="codes"):
        pair(name, kind, None)


PRINTED = {
    "WO": Criterion(kind="wholly_obtained"),
    "CTH": Criterion(shift="cth"),
    "RVC 40%": Criterion(method="rvc", percent=Decimal("40")),
    "RVC 40.50%": Criterion(method="rvc", percent=Decimal("40.50")),
    "RVC": Criterion(method="rvc"),
    "CTH + RVC 40%": Criterion(shift="cth", method="rvc", percent=Decimal(40), combinator="and"),
    "CC or QVC 35%": Criterion(shift="cc", method="qvc", percent=Decimal(35), combinator="or"),
    "PSR (Annex 3)": Criterion(kind="product_specific", detail="Annex 3"),
    "Rule 12": Criterion(kind="?Rule 12"),
    "a + b": Criterion(kind="?a + b"),
    "CTH + WO": Criterion(kind="?CTH + WO"),
}


@pytest.mark.parametrize("text", PRINTED)
def test_a_printed_criterion_is_understood_and_printed_again(text):
    one = pair("criterion", "part", FORM)
    assert one.read(text) == PRINTED[text]
    assert one.write(PRINTED[text]) == text


def test_another_text_for_the_same_word_is_understood_and_printed_as_the_form_does():
    one = pair("criterion", "part", FORM)
    assert one.write(one.read("PS")) == "PSR"


@pytest.mark.parametrize(
    "value",
    [
        Criterion(kind="rule_6"),
        Criterion(kind="wholly_obtained", shift="cth"),
        Criterion(shift="cth", method="rvc", percent=Decimal(40)),
        Criterion(shift="cth", combinator="or"),
        Criterion(kind="wholly_obtained", percent=Decimal(40)),
        Criterion(percent=Decimal(40)),
        Criterion(combinator="and"),
        Criterion(kind="?WO"),
        Criterion(kind="product_specific", detail="a (b) or c)"),
    ],
    ids=str,
)
def test_a_criterion_that_would_read_back_otherwise_is_refused_never_dropped(value):
    one = pair("criterion", "part", FORM)
    try:
        text = one.write(value)
    except Unmappable:
        return
    assert text is not None and one.read(text) == value


def test_a_criterion_that_says_nothing_is_absent():
    assert pair("criterion", "part", FORM).write(Criterion()) is None


@pytest.mark.parametrize("text", ["WO", "CTH", "CTH+RVC 40%", "CTH OR RVC 40 %", "rvc 40%", "RVC40%", "RVC 040%"])
def test_what_is_understood_is_printed_so_that_it_is_understood_again(text):
    one = pair("criterion", "part", FORM)
    assert one.read(one.write(one.read(text))) == one.read(text)


def test_a_percentage_above_a_hundred_is_told_as_such():
    with pytest.raises(ValueError) as refused:
        pair("criterion", "part", FORM).read("RVC 140%")
    assert "100" in str(refused.value) + str(getattr(refused.value, "allowed", ""))


def test_a_closed_form_refuses_a_criterion_it_does_not_print():
    closed = code_list("criterion", {"source": "x", "closed": True, "wholly_obtained": "WO"}, "small.toml")
    with pytest.raises(Unmappable) as refused:
        pair("criterion", "part", closed).read("Rule 12")
    assert (refused.value.code, refused.value.allowed) == ("MAP-CODE", "WO")


def test_a_flag_may_be_a_code():
    codes = code_list("late", {"source": "x", "closed": True, "true": "LATE", "false": "INTIME"}, "small.toml")
    one = pair(None, "flag", codes)
    assert (one.read("LATE"), one.read("INTIME"), one.write(True), one.write(False)) == (True, False, "LATE", "INTIME")


def test_a_date_written_by_one_pair_is_no_date_of_another():
    with pytest.raises(Unmappable):
        PAIRS["date102"].read(PAIRS["day"].write(date(2025, 1, 31)))


POINTERS = {
    "source": "invented",
    "closed": False,
    "number": "42A/D014",
    "items[].hs": "42A/67A/68A[]/23A/21A/145",
    "items[].invoices[].number": "42A/67A/68A[]/78A[]/D016",
}


def pointers(**more):
    return pair("pointer", "text", code_list("pointers", POINTERS | more, "small.toml"))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("number", "42A/D014"),
        ("items[2].hs", "42A/67A/68A[3]/23A/21A/145"),
        ("items[0].invoices[10].number", "42A/67A/68A[1]/78A[11]/D016"),
        ("issued_at", "issued_at"),
        ("items[2].marks", "items[2].marks"),
        ("items[].hs", "items[].hs"),
    ],
)
def test_a_field_becomes_its_pointer_and_is_read_from_it(field, text):
    assert pointers().write(field) == text
    assert pointers().read(text) == field


@pytest.mark.parametrize("text", ["42A/67A/68A/23A/145", "42A/67A/68A[0]/23A/21A/145", "42A/67A/68A[02]/23A/21A/145"])
def test_what_is_no_pointer_of_the_list_is_kept_as_it_stands(text):
    assert pointers().write(pointers().read(text)) == text


def test_a_field_that_would_be_read_as_another_is_refused():
    with pytest.raises(Unmappable, match="reads back"):
        pointers().write("42A/D014")


def test_a_closed_list_of_pointers_refuses_any_other():
    for refused in (pointers(closed=True).read, pointers(closed=True).write):
        with pytest.raises(Unmappable) as told:
            refused("issued_at")
        assert told.value.code == "MAP-CODE"


def test_a_pointer_repeats_as_often_as_its_field():
    with pytest.raises(TableError, match="as many"):
        pointers(**{"items[].marks": "42A/67A/68A/93A/142"})
