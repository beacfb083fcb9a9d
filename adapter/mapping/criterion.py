"""The origin criterion as a form prints it: `WO`, `CTH + RVC 40%`, `CTC or RVC 35%`."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from adapter.certificate import Criterion
from adapter.mapping.codes import UNKNOWN, CodeList, Unmappable
from adapter.mapping.pair import Pair

SHIFTS = frozenset({"ctc", "cc", "cth", "ctsh"})
"""The hub's words for a change in tariff classification."""
METHODS = frozenset({"rvc", "qvc", "build_down", "build_up", "max_non_originating", "net_cost", "value_added"})
"""The hub's words for how value content is computed."""
JOINS = {"and": " + ", "or": " or "}
"""How a form joins two demands, unless its code list says `and` or `or` otherwise."""
PRINTED = re.compile(
    r"(?P<first>.*?)(?:(?P<between> ?\+ ?| or | and )(?P<second>.*?))?(?: \((?P<detail>.+)\))?", re.IGNORECASE
)
VALUE = re.compile(r"(?P<method>.*?) ?(?P<percent>(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,8})?)%")


class Vocabulary(NamedTuple):
    """The words that one form prints for kinds, shifts and methods, from its code list."""

    codes: CodeList

    def word(self, text: str) -> dict[str, Any]:
        """What one demand says: a kind, a shift, or a method with its percentage."""
        value = VALUE.fullmatch(text)
        known = self.codes.read(value["method"] if value else text)
        if known in METHODS:
            if value and Decimal(value["percent"]) > 100:
                raise Unmappable("a percentage above 100", "from 0% to 100%")
            return {"method": known, "percent": value["percent"] if value else None}
        if value is None and known in SHIFTS:
            return {"shift": known}
        if value is None and known is not None and known not in JOINS:
            return {"kind": known}
        if self.codes.closed:
            raise Unmappable("not a criterion of this form", self.codes.allowed_texts, "MAP-CODE")
        return {"kind": UNKNOWN + text}

    def read(self, text: str) -> dict[str, Any]:
        """What the printed text says, one demand or two joined."""
        found = PRINTED.fullmatch(text)
        if found is None:
            return self.word(text)
        if not found["between"]:
            return {**self.word(found["first"]), "detail": found["detail"]}
        both = {**self.word(found["first"]), **self.word(found["second"])}
        if not {"shift", "method"} <= set(both):
            return self.word(text)
        join = "and" if found["between"].strip().lower() in ("+", "and") else "or"
        return {**both, "combinator": join, "detail": found["detail"]}

    def write(self, value: Criterion) -> str | None:
        """The text as the form prints it; None for a criterion that says nothing."""
        words = [self.codes.write(part) for part in (value.kind, value.shift) if part]
        if value.method:
            percent = "" if value.percent is None else f" {value.percent:f}%"
            words.append(self.codes.write(value.method) + percent)
        if not words and not value.detail:
            if value == Criterion():
                return None
            raise Unmappable("a percentage or combinator without what it belongs to", self.codes.allowed_words)
        join = value.combinator or "and"
        joined = (self.codes.texts.get(join, (JOINS[join],))[0] if len(words) > 1 else " ").join(words)
        return f"{joined} ({value.detail})" if value.detail else joined


def criterion(codes: CodeList) -> Pair:
    """The pair of a form's criterion box; a criterion that would read back otherwise is refused, never printed."""
    vocabulary = Vocabulary(codes)

    # A certificate's items mostly share a few criteria, so each is understood and printed once.
    @lru_cache(maxsize=512)
    def read(text: str) -> Criterion:
        return Criterion.model_validate(vocabulary.read(text))

    # By its exact text: 40 and 40.00 are equal, and still two ways to print a percentage.
    @lru_cache(maxsize=512)
    def printed(value: Criterion, percent: str) -> str | None:
        text = vocabulary.write(value)
        if text is not None and read(text).as_json() != value.as_json():
            raise Unmappable("cannot be printed so that it reads back the same", codes.allowed_words)
        return text

    def write(value: Criterion) -> str | None:
        return printed(value, str(value.percent))

    return Pair(read, write, f"words of the form: {codes.allowed_texts}", leaves_out=True)
