"""The systems that exchange certificates: domestic ones, and each partner's EODES."""

from typing import Literal

from adapter.certificate import Part
from adapter.text import Code, Country, Day, Slug, Text


class Live(Part):
    """Since when, and until when, a system exchanges messages."""

    status: Literal["live", "pilot", "enabled", "planned"]
    since: Day | None = None
    until: Day | None = None
    source: Text


class System(Part):
    """A domestic system or a partner's EODES: what it exchanges, and on what footing.

    Read from `system.toml` in its folder under mappings/domestic or mappings/partners.
    """

    code: Code
    name: Text
    side: Literal["domestic", "partner"]
    country: Country
    model: Literal["push", "pull"] = "push"
    agreements: tuple[Slug, ...]
    live: Live
    legal_basis: Text | None = None
    importing: bool = False
    """Whether a partner's certificates go to this domestic system."""
    signed: bool = False
    """Whether its messages carry an XML signature."""
    duplicates: Literal["acknowledge", "flag", "reject"] = "acknowledge"
    """What is said of a certificate that comes again with the same content: nothing new, a warning, or no."""
