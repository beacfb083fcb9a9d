"""Values worth trying for a field, the common and the extreme, whether or not either side admits them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from adapter.certificate import Criterion
from adapter.mapping.criterion import METHODS
from adapter.mapping.plan import Bound
from adapter.text import normal

MARKUP = "& < > \" ' ]]> <!-- &amp; {x} ''' \\ %s"
COMBINING = "q\u0303 Z\u0308\u0301 \u1112\u1161\u11ab"
"""A letter that has no composed form, one with two marks, and a Hangul syllable in parts."""


def texts_of(longest: int) -> Iterator[str]:
    """Texts that break careless writers, the last of them as long as may be."""
    yield "A"
    yield "0"
    for text in (
        MARKUP,
        COMBINING,
        "]]>",
        "]]",
        "'''",
        "{}",
        "\U0001f6a2 國 가",
        "a.b-c_d",
        "HANBIT & SONS <CO.> \"X\" 'Y'",
    ):
        yield normal(text)[:longest].strip()
    for filler in (normal(MARKUP + " " + COMBINING + " "), "]]>&", "X", "8", "'"):
        yield (filler * longest)[: longest - 1].rstrip().ljust(longest, "]")


def candidates(bound: Bound, longest: int) -> Iterator[Any]:
    """Values of the field's kind, the common and the extreme, whether or not either side admits them."""
    if bound.row.codes and bound.field.type == "text":
        yield from _coded(bound)
    elif bound.field.choices:
        yield from bound.field.choices
    elif bound.field.type == "text":
        for length in dict.fromkeys((min(20, longest), longest, longest + 1, 512, 4_000)):
            yield from texts_of(length)
        yield from ("AB", "ABC", "KRPUS", "A" * 5, "123456", "0" * 10, "12345678", "f" * 64, "007", "A1B2", "?X Y")
        yield from ("kr-cn", "a1-b2-" + "c" * 34)
        yield "a.b@c-d.example"
    elif bound.field.type == "part":
        yield from _criteria(bound)
    else:
        yield from EXTREMES[bound.field.type]


def _coded(bound: Bound) -> Iterator[Any]:
    codes = bound.row.codes
    assert codes is not None
    yield from codes.texts
    yield from (text.replace("[]", f"[{place}]") for text in codes.texts if "[]" in text for place in (0, 11))
    yield from ("?QX", "?Q9", "?Z", "?98", "?7 7", "?<&>\"'", f"?{'Q' * 6}", f"?{'Q' * 63}", "no_word_of_ours", "?]]>")
    yield from (f"?{text}" for text in codes.words)
    yield from bound.field.choices


def _criteria(bound: Bound) -> Iterator[Criterion]:
    codes = bound.row.codes
    assert codes is not None
    words = set(codes.texts) - {"and", "or"}
    shifts = sorted(words & {"ctc", "cc", "cth", "ctsh"})
    methods = sorted(words & METHODS)
    kinds = sorted(words - set(shifts) - set(methods))
    percents = [Decimal(text) for text in ("0", "35", "40.5", "99.99", "100", "45.10", "0.00000001")]
    details = ["Annex 3", "(as amended) [x] & <y>", "x" * 20, "x" * 30, "x" * 300, "a or b + c"]
    yield from (Criterion(kind=kind) for kind in [*kinds, "?Rule 12", "?a+b", "?A & <B>", "no_word"])
    yield from (Criterion(shift=shift) for shift in shifts)
    for method in methods:
        yield Criterion(method=method)
        yield from (Criterion(method=method, percent=percent) for percent in percents)
        for shift in shifts:
            yield Criterion(shift=shift, method=method, percent=Decimal(40), combinator="and")
            yield Criterion(shift=shift, method=method, percent=Decimal("35.5"), combinator="or", detail="Annex 3")
            yield Criterion(shift=shift, method=method, percent=Decimal(35))
    for base in [Criterion(kind=kind) for kind in kinds] + [Criterion(shift=shift) for shift in shifts]:
        yield from (base.model_copy(update={"detail": detail}) for detail in details)
    yield Criterion(percent=Decimal(40))
    yield Criterion(combinator="or")
    yield Criterion(kind=(kinds or ["x"])[0], shift=(shifts or ["cth"])[0])


NUMBERS = (
    "0", "1", "0.10", "1.10", "100", "45.5", "1000.000", "99.9999", "9999999999", "999999999999",
    "9999999999.999", "1234567890123.456", "0.001", "0.000001", "0.0001", "0.00000001", "9" * 16,
    "9" * 13 + ".999", "1234567890.123456", "1" + "0" * 15, "9999999999999999.99999999",
    "99999999999999.1", "7" * 12 + ".1234",
)  # fmt: skip
EXTREMES: dict[str, tuple[Any, ...]] = {
    "number": tuple(Decimal(text) for text in NUMBERS),
    "integer": (1, 2, 7, 999, 1988, 2022, 2099, 99_999, 99_999_999, 0),
    "flag": (True, False),
    "day": tuple(date(*said) for said in [
        (2024, 2, 29), (2000, 1, 1), (2099, 12, 31), (1999, 12, 31), (1, 1, 1), (9999, 12, 31),
    ]),
    "moment": (
        datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(2025, 1, 1, 0, 0, 0, tzinfo=timezone(timedelta(hours=9))),
        datetime(2025, 1, 1, 12, 30, 0, tzinfo=timezone(timedelta(hours=-5))),
        datetime(2025, 1, 1, 12, 30, 0, 120000, tzinfo=timezone(timedelta(hours=7))),
        datetime(2025, 1, 1, 12, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2025, 1, 1, 12, 30, tzinfo=timezone(timedelta(hours=23))),
        datetime(2025, 1, 1, 12, 30, tzinfo=timezone(timedelta(hours=8, seconds=28))),
        datetime(1, 1, 1, tzinfo=UTC),
    ),
}  # fmt: skip
