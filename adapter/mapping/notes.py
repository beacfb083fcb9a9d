"""What a reader notes on its way, turned into findings only when there is something to say."""

from collections.abc import Iterator, Set
from typing import Any, Literal

from adapter.mapping.codes import UNKNOWN, Unmappable

Kind = Literal["value", "unknown", "again", "constant", "differs"]
Odd = tuple[Kind, Any, int | None, Any]
"""Kind, element, row and what is known of it."""
INSTANCE = "XMLSchema-instance"
"""Attributes of this namespace speak to the validator, not to us."""
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
"""A signature is the envelope's to read, so it is never left over."""


class Notes:
    """Gathers what one reading of one document finds odd; the compiled reader calls it only then."""

    __slots__ = ("computed", "odd", "unclaimed")

    def __init__(self) -> None:
        self.odd: list[Odd] = []
        self.computed: list[tuple[int, str, Any]] = []
        """Row, text and element of what is only written because the hub computes it: it must say what the hub says."""
        self.unclaimed: list[tuple[Any, Set[str] | None]] = []
        """Elements that no row claims, or elements and objects with the names that rows do claim of them."""

    def fail(self, error: ValueError, row: int, element: Any) -> None:
        """A value could not be read as its row says."""
        known = error if isinstance(error, Unmappable) else Unmappable("not readable")
        self.odd.append(("value", element, row, known))

    def kept(self, value: Any, row: int, element: Any) -> Any:
        """A code that its open list does not know is kept as written, and noted."""
        word = value if isinstance(value, str) else getattr(value, "kind", None)
        if isinstance(word, str) and word.startswith(UNKNOWN):
            self.odd.append(("unknown", element, row, None))
        return value

    def again(self, element: Any) -> None:
        """A second match of what a row reads once."""
        self.odd.append(("again", element, None, None))

    def constant(self, wanted: str, element: Any) -> None:
        """A constant that is not what the table says."""
        self.odd.append(("constant", element, None, wanted))

    def differs(self, row: int, element: Any) -> None:
        """A row's further path says something else than its first."""
        self.odd.append(("differs", element, row, None))

    def heard(self) -> list[Odd]:
        """What is odd, without a repeated element whose own parts are told to be repeated."""
        repeated = [element for kind, element, _, _ in self.odd if kind == "again"]
        outer = {
            id(above) for element in repeated if hasattr(element, "iterancestors") for above in element.iterancestors()
        }
        return [odd for odd in self.odd if odd[0] != "again" or id(odd[1]) not in outer]

    def empty(self, element: Any) -> None:
        """An element without text: absent for us, left over for the record."""
        self.unclaimed.append((element, None))

    def left(self, element: Any) -> None:
        """An element that no row claims."""
        if not str(getattr(element, "tag", "")).startswith(SIGNATURE):
            self.unclaimed.append((element, None))

    def some(self, holder: Any, claimed: Set[str]) -> None:
        """An element or object with attributes or properties that no row claims."""
        self.unclaimed.append((holder, claimed))

    @property
    def leftovers(self) -> Iterator[tuple[Any, str]]:
        """Elements that no row claims, and what of them: an attribute's or property's name, or nothing."""
        for holder, claimed in self.unclaimed:
            if claimed is None:
                yield holder, ""
            elif isinstance(holder, dict):
                yield from ((holder, name) for name in holder if name not in claimed)
            else:
                yield from (
                    (holder, f"@{name}") for name in holder.attrib if name not in claimed and INSTANCE not in name
                )
