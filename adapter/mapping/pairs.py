"""Pairs: how a value is read from a document's text and written back, side by side, each undoing the other."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from adapter.mapping.codes import UNKNOWN, CodeList, Unmappable
from adapter.mapping.criterion import criterion
from adapter.mapping.pair import Pair
from adapter.mapping.path import TableError
from adapter.mapping.pointer import pointer
from adapter.text import plain_number

FINER = re.compile(r"[.,][0-9]{6}[0-9]")


def _same(text: str) -> str:
    return text


def _iso_day(text: str) -> date:
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise Unmappable("not a date", "a date such as 2026-01-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unmappable("not a date", "a date such as 2026-01-31") from None


def _iso_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unmappable("not a date and time", "such as 2026-01-31T09:30:00+09:00") from None
    if moment.tzinfo is None:
        raise Unmappable("no offset from UTC", "such as 2026-01-31T09:30:00+09:00")
    if FINER.search(text):
        raise Unmappable("finer than a millionth of a second", "at most 6 decimals of a second")
    return moment


def _write_iso_moment(moment: datetime) -> str:
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _read_102(text: str) -> date:
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        raise Unmappable("not a date", "CCYYMMDD")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise Unmappable("no such day", "CCYYMMDD") from None


def _write_102(day: date) -> str:
    return day.isoformat().replace("-", "")


MOMENT_304 = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})(?:Z|([+-])(\d{2})(\d{2})?)", re.ASCII)
SHAPE_304 = "CCYYMMDDHHMMSS followed by Z or +hh"
SHAPE_304_MINUTES = "CCYYMMDDHHMMSS followed by Z, +hh, or +hhmm where the minutes are not 00"


def _read_304(text: str) -> datetime:
    return _moment_of(text, SHAPE_304, minutes=False)


def _read_304_minutes(text: str) -> datetime:
    return _moment_of(text, SHAPE_304_MINUTES, minutes=True)


def _moment_of(text: str, shape: str, minutes: bool) -> datetime:
    found = MOMENT_304.fullmatch(text)
    if not found or (found[7] and (not minutes or not "00" < found[7] < "60")):
        raise Unmappable("not a date and time", shape)
    day = _read_102(found[1])
    offset = timedelta(hours=int(found[6] or 0), minutes=int(found[7] or 0))
    try:
        zone = timezone(-offset if found[5] == "-" else offset) if offset else UTC
        return datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), int(found[4]), tzinfo=zone)
    except ValueError:
        raise Unmappable("no such time", shape) from None


def _write_304(moment: datetime) -> str:
    text = _write_304_minutes(moment)
    if len(text) > 17:  # 20260131093000+09
        raise Unmappable("a fraction of an hour's offset cannot be written here", "whole hours")
    return text


def _write_304_minutes(moment: datetime) -> str:
    text = moment.isoformat()  # 2026-01-31T09:30:00+09:00
    if len(text) != 25:
        raise Unmappable("a fraction of a second or of a minute's offset cannot be written here", "whole seconds")
    digits = text[:19].replace("-", "").replace("T", "").replace(":", "")
    return digits + ("Z" if text[19:] == "+00:00" else text[19:].replace(":", "").removesuffix("00"))


def _word(words: Mapping[str, bool], shape: str) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text not in words:
            raise Unmappable("not a yes or no", shape)
        return words[text]

    return read


PAIRS: Mapping[str, Pair] = {
    "text": Pair(_same, _same, "text", fails=False),
    "number": Pair(_same, plain_number, "a number", fails=False),
    "integer": Pair(_same, str, "a whole number", fails=False),
    "day": Pair(_iso_day, date.isoformat, "a date such as 2026-01-31", fails=False),
    "moment": Pair(_iso_moment, _write_iso_moment, "a date and time with offset", fails=False),
    "flag": Pair(
        _word({"true": True, "1": True, "false": False, "0": False}, "true, false"),
        lambda value: "true" if value else "false",
        "true, false",
        fails=False,
    ),
    "date102": Pair(_read_102, _write_102, "CCYYMMDD", fails=False),
    "date304": Pair(_read_304, _write_304, SHAPE_304),
    "date304_minutes": Pair(_read_304_minutes, _write_304_minutes, SHAPE_304_MINUTES),
    "yes_no": Pair(_word({"Y": True, "N": False}, "Y, N"), lambda value: "Y" if value else "N", "Y, N", fails=False),
    "yes": Pair(
        _word({"Y": True}, "Y, or absent"),
        lambda value: "Y" if value else None,
        "Y, or absent",
        fails=False,
        leaves_out=True,
    ),
}
"""The pairs by the name that a table's `as` gives; a field without `as` takes the pair of its type."""

FOR: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "pointer"}),
    "number": frozenset({"number"}),
    "integer": frozenset({"integer"}),
    "day": frozenset({"day", "date102"}),
    "moment": frozenset({"moment", "date304", "date304_minutes"}),
    "flag": frozenset({"flag", "yes_no", "yes"}),
    "part": frozenset({"criterion"}),
}
"""Which pairs fit which type of field."""

LISTED: Mapping[str, tuple[Callable[[CodeList], Pair], str]] = {
    "criterion": (criterion, "the words that the form prints"),
    "pointer": (pointer, "the Pointer of each of our fields"),
}
"""The pairs that are made of a code list, and what the list has."""


def pair(name: str | None, kind: str, codes: CodeList | None) -> Pair:
    """The pair of a row: by name, else by the field's type; a pair that does not fit the type is a TableError."""
    chosen = name or kind
    if chosen not in FOR[kind]:
        raise TableError(f"pair {chosen!r} does not fit a {kind} field; fitting: {', '.join(sorted(FOR[kind]))}")
    if chosen in LISTED:
        make, what = LISTED[chosen]
        if codes is None:
            raise TableError(f"pair {chosen} needs `codes`: {what}")
        return make(codes)
    return coded(codes, kind) if codes else PAIRS[chosen]


def coded(codes: CodeList, kind: str) -> Pair:
    """A field whose text is a code: our word on one side, the document's on the other."""

    def read(text: str) -> Any:
        word = codes.read(text)
        if word is not None:
            return word == "true" if kind == "flag" else word
        if codes.closed or kind != "text":
            raise Unmappable("not a code of this list", codes.allowed_texts, "MAP-CODE")
        return UNKNOWN + text

    if kind == "flag":
        return Pair(read, lambda value: codes.write("true" if value else "false"), codes.allowed_texts)
    return Pair(read, codes.write, codes.allowed_texts)
