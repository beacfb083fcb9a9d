"""A field as WCO Pointers: class ids from the declaration down, `[3]` behind one that repeats, an attribute id last."""

import re
from collections.abc import Sequence

from adapter.mapping.codes import CodeList, Unmappable
from adapter.mapping.pair import Pair
from adapter.mapping.path import TableError

PLACE = re.compile(r"\[(0|[1-9][0-9]{0,5})\]")
LIST = "[]"


def pointer(codes: CodeList) -> Pair:
    """The pair of a finding's field: `items[2].hs` is `42A/67A/68A[3]/23A/21A/145`; the list has both with `[]`.

    We count from 0, Pointers from 1. An open list lets through, as it is named, a field that has no Pointer.
    """
    for word, texts in codes.texts.items():
        if any(text.count(LIST) != word.count(LIST) for text in texts):
            raise TableError(f"code list {codes.name}: {word!r} and its Pointer must have as many `[]`")

    def read(text: str) -> str:
        word, places = codes.read(PLACE.sub(LIST, text)), _places(text, first=1)
        if word is not None and min(places, default=0) >= 0 and word.count(LIST) == len(places):
            return _numbered(word, places, first=0)
        if codes.closed:
            raise Unmappable("not a Pointer of this list", codes.allowed_texts, "MAP-CODE")
        return text

    def write(field: str) -> str:
        word, places = PLACE.sub(LIST, field), _places(field, first=0)
        known = word in codes.texts and word.count(LIST) == len(places)
        text = _numbered(codes.texts[word][0], places, first=1) if known else field
        if read(text) != field:
            raise Unmappable("cannot be written so that it reads back the same", codes.allowed_words, "MAP-CODE")
        return text

    return Pair(read, write, f"Pointers: {codes.allowed_texts}")


def _places(text: str, first: int) -> list[int]:
    return [int(place) - first for place in PLACE.findall(text)]


def _numbered(path: str, places: Sequence[int], first: int) -> str:
    for place in places:
        path = path.replace(LIST, f"[{place + first}]", 1)
    return path
