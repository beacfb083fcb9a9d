"""What two tellings of one certificate differ in: what its issuer shows or a true copy says, and what came first."""

from collections.abc import Iterator

from adapter.enquiry import KeyInformation, KeyItem
from adapter.findings import Severity
from adapter.rules.rule import Breach


def unlike(theirs: KeyInformation, own: KeyInformation, than: str) -> Iterator[Breach]:
    """A breach for each of the six in which they differ, by its place in theirs; another spelling weighs nothing."""
    for field, said, before in _compared(theirs, own):
        if said == before:
            continue
        slight = isinstance(said, str) and _plain(said) == _plain(str(before))  # 1.5 and 15 are spelled alike
        message = f"differs from {than}" + (" in its spelling only" if slight else "")
        severity = Severity.INFO if slight else None
        yield Breach(message=message, field=field, found=said, allowed=str(before), severity=severity)


def _compared(theirs: KeyInformation, own: KeyInformation) -> Iterator[tuple[str, object, object]]:
    """The six of both sides, each with its field; an item that one side lacks differs as a whole."""
    yield "number", theirs.number, own.number
    yield "issued_on", theirs.issued_on, own.issued_on
    yield "exporter", theirs.exporter, own.exporter
    known = {item.number: item for item in own.items}
    yield "items", sorted(item.number for item in theirs.items), sorted(known)
    for place, item in enumerate(theirs.items):
        if item.number in known:
            yield from _goods(f"items[{place}]", item, known[item.number])


def _goods(field: str, item: KeyItem, other: KeyItem) -> Iterator[tuple[str, object, object]]:
    yield f"{field}.hs", item.hs, other.hs
    yield f"{field}.description", item.description, other.description
    if item.quantity is not None and other.quantity is not None:
        yield f"{field}.quantity.value", item.quantity.value, other.quantity.value
        yield f"{field}.quantity.unit", item.quantity.unit, other.quantity.unit


def _plain(text: str) -> str:
    """A text without what typing errors of no weight make differ: case, blanks, punctuation."""
    return "".join(filter(str.isalnum, text.casefold()))
