"""What a reader notes on its way, turned into findings only when there is something to say."""

from collections.abc import Iterator, Set
from typing import Any, Literal

from adapter.mapping.codes import UNKNOWN, Unmappable

Kind = Literal["value", "unknown", "again", "constant", "differs"]
MOST = 100
"""Odd things noted of one document; more help nobody."""
Odd = tuple[Kind, Any, int | None, Any]
"""Kind, element, row and what is known of it."""
INSTANCE = "XMLSchema-instance"
"""Attributes of this namespace speak to the validator, not to us."""
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
"""A signature is the envelope's to read, so it is never left over."""


class Notes:
    """Gathers what one reading of one document finds odd; the compiled reader calls it only then."""

    __slots__ = ("computed", "failed", "odd", "unclaimed")

    def __init__(self) -> None:
        self.odd: list[Odd] = []
        self.failed = False
        """Whether anything noted is an error."""
        self.computed: list[tuple[int, str, Any]] = []
        """Row, text and element of what is only written because the hub computes it: it must say what the hub says."""
        self.unclaimed: list[tuple[Any, Set[str] | str]] = []
        """What no row claims: an element, or a property by its name; or what rows do claim of an element or object."""

    def note(self, kind: Kind, element: Any, row: int | None = None, known: Any = None) -> None:
        """Keeps one odd thing; of very many the first are enough, but an error is never lost to warnings."""
        wrong = kind != "unknown"
        if len(self.odd) < MOST or (wrong and not self.failed):
            self.odd.append((kind, element, row, known))
        self.failed = self.failed or wrong

    def fail(self, error: ValueError, row: int, element: Any) -> None:
        """A value could not be read as its row says."""
        known = error if isinstance(error, Unmappable) else Unmappable("not readable")
        self.note("value", element, row, known)

    def kept(self, value: Any, row: int, element: Any) -> Any:
        """A code that its open list does not know is kept as written, and noted."""
        word = value if isinstance(value, str) else getattr(value, "kind", None)
        if isinstance(word, str) and word.startswith(UNKNOWN):
            self.note("unknown", element, row)
        return value

    def again(self, element: Any) -> None:
        """A second match of what a row reads once."""
        self.note("again", element)

    def constant(self, wanted: str, element: Any) -> None:
        """A constant that is not what the table says."""
        self.note("constant", element, None, wanted)

    def differs(self, row: int, element: Any) -> None:
        """A row's further path says something else than its first."""
        self.note("differs", element, row)

    def heard(self) -> list[Odd]:
        """What is odd, without a repeated element whose own parts are told to be repeated."""
        repeated = [element for kind, element, _, _ in self.odd if kind == "again"]
        outer = {
            id(above) for element in repeated if hasattr(element, "iterancestors") for above in element.iterancestors()
        }
        return [odd for odd in self.odd if odd[0] != "again" or id(odd[1]) not in outer]

    def empty(self, element: Any, name: str = "") -> None:
        """An element or property without text: absent for us, left over for the record."""
        self.unclaimed.append((element, name))

    def left(self, element: Any) -> None:
        """An element that no row claims."""
        if not str(getattr(element, "tag", "")).startswith(SIGNATURE):
            self.unclaimed.append((element, ""))

    def some(self, holder: Any, claimed: Set[str]) -> None:
        """An element or object with attributes or properties that no row claims."""
        self.unclaimed.append((holder, claimed))

    @property
    def leftovers(self) -> Iterator[tuple[Any, str]]:
        """Elements that no row claims, and what of them: an attribute's or property's name, or nothing."""
        for holder, claimed in self.unclaimed:
            if isinstance(claimed, str):
                yield holder, claimed
            elif isinstance(holder, dict):
                yield from ((holder, name) for name in holder if name not in claimed)
            else:
                yield from (
                    (holder, f"@{name}") for name in holder.attrib if name not in claimed and INSTANCE not in name
                )
