"""Text, numbers and codes as the hub holds them: normal, bounded, and safe in any document."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LONGEST_TEXT = 4_000
"""Longest text the hub holds, in characters; partners' facets are narrower."""

# Characters that are their own NFC form whatever stands beside them: printable ASCII, Latin, Hangul syllables, Han.
# Text made of these and of single blanks needs no look in Python, which is what keeps most texts in compiled code.
PLAIN = r"!-~\u{A1}-\u{2FF}\u{AC00}-\u{D7A3}\u{4E00}-\u{9FFF}"
FORBIDDEN = frozenset({"Cc", "Cs", "Cn"})
LINES = frozenset("\t\n\r")
"""The controls that a document may break its lines with: blanks to us."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a reader see letters in another order than a program does."""


def normal(value: str) -> str:
    """The text in NFC, stripped, with inner runs of blanks as one.

    A control or unassigned character is an error, and so is one that turns the direction of what stands around it.
    """
    # What is printable is neither of these, and that is told in compiled code.
    for character in "" if value.isprintable() else value:
        if unicodedata.category(character) in FORBIDDEN and character not in LINES or character in TURNING:
            raise PydanticCustomError("character", "character not allowed in text")
    return unicodedata.normalize("NFC", " ".join(value.split()))


class _Normal:
    """Text that is normal already passes in compiled code; any other is made normal, then measured again."""

    def __init__(self, longest: int, pattern: str | None = None) -> None:
        self.longest = longest
        self.pattern = pattern

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        measured = core_schema.str_schema(min_length=1, max_length=self.longest, pattern=self.pattern)
        if self.pattern:  # A pattern of ours admits plain characters only.
            return measured
        plain = core_schema.str_schema(max_length=self.longest, pattern=f"^[{PLAIN}]+(?: [{PLAIN}]+)*$")
        made_normal = core_schema.chain_schema(
            [core_schema.str_schema(), core_schema.no_info_plain_validator_function(normal), measured]
        )
        return core_schema.union_schema([plain, made_normal], mode="left_to_right")

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Callable[..., Any]) -> dict[str, Any]:
        shape: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return shape | ({"pattern": self.pattern} if self.pattern else {})


BLANKS = " \t\r\n"
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,6})?")
WHOLE_DIGITS, DECIMALS = 16, 8
"""Most digits before and after the decimal point of a number."""


def exact(value: object) -> Decimal:
    """The number without exponent or signed zero, its scale kept: `1.10` stays `1.10`, `1E+2` becomes `100`."""
    value = value.strip(BLANKS) if isinstance(value, str) else value
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise PydanticCustomError("number", "not a number")
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("number", "not an exact number")
    number = Decimal(value)
    place = number.as_tuple().exponent
    if not isinstance(place, int) or number.adjusted() >= WHOLE_DIGITS or place < -DECIMALS:
        raise PydanticCustomError("digits", "too many digits")
    if number < 0:
        raise PydanticCustomError("range", "negative")
    return number + 0


def plain_number(value: Decimal) -> str:
    """The number's digits without exponent."""
    text = str(value)
    return format(value, "f") if "E" in text else text


class _Exact:
    """A number written plainly passes in compiled code; any other is looked at digit by digit."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        whole = WHOLE_DIGITS if most is None else len(str(most)) - 1  # plainly below the most
        self.plain = rf"^[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{DECIMALS}}})?$"

    def bounded(self, value: object) -> Decimal:
        """The exact number, if it is not more than the most."""
        number = exact(value)
        if self.most is not None and number > self.most:
            raise PydanticCustomError("range", "too large")
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = core_schema.str_schema(pattern=self.plain, strict=True)
        read = core_schema.chain_schema([plain, core_schema.no_info_plain_validator_function(Decimal)])
        other = core_schema.no_info_plain_validator_function(self.bounded)
        written = core_schema.plain_serializer_function_ser_schema(
            plain_number, return_schema=core_schema.str_schema(), when_used="json"
        )
        return core_schema.union_schema([read, other], mode="left_to_right", serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Callable[..., Any]) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^[0-9]{{1,{WHOLE_DIGITS}}}(\.[0-9]{{1,{DECIMALS}}})?$"}


Text = Annotated[str, _Normal(LONGEST_TEXT)]
"""Any text of a certificate."""
Name = Annotated[str, _Normal(512)]
"""A name, a number as printed, a place: one line of text."""
Code = Annotated[str, _Normal(64, r"^\?[!-~]+(?: [!-~]+)*$|^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]
"""A code of ours or of an international list; one that no list of ours knows is kept as written behind a `?`."""
Country = Annotated[str, _Normal(2, r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Currency = Annotated[str, _Normal(3, r"^[A-Z]{3}$")]
"""ISO 4217."""
Slug = Annotated[str, _Normal(40, r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")]
"""A short name of ours for an agreement."""
Amount = Annotated[Decimal, _Exact()]
"""An exact number that is not negative, its scale kept: at most 16 digits and 8 decimals."""
Percent = Annotated[Decimal, _Exact(most=100)]
"""A percentage from 0 to 100, exact."""
Day = Annotated[date, Strict()]
"""A date in the issuer's own calendar day."""
Moment = Annotated[datetime, AwareDatetime, Strict()]
"""A point in time with its offset from UTC."""
