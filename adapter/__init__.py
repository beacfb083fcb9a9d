"""Adapter between national certificate-of-origin systems and the EODES of free-trade partners.

What is named here is public: open a `Catalogue`, `read` a `Delivery`, look at the `Reading`, `forward` or `write` its
content as a `Message`. Nothing else is, and may change between versions.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.calendar import Calendar as Calendar
    from adapter.catalogue import Catalogue as Catalogue
    from adapter.catalogue import Unknown as Unknown
    from adapter.certificate import Certificate as Certificate
    from adapter.delivery import Delivery as Delivery
    from adapter.delivery import Message as Message
    from adapter.findings import Finding as Finding
    from adapter.findings import Rejected as Rejected
    from adapter.findings import Severity as Severity
    from adapter.findings import Unavailable as Unavailable
    from adapter.findings import Verdict as Verdict
    from adapter.mapping.path import TableError as TableError
    from adapter.messages import Acknowledgement as Acknowledgement
    from adapter.messages import Cancellation as Cancellation
    from adapter.messages import Feedback as Feedback
    from adapter.messages import Function as Function
    from adapter.messages import Header as Header
    from adapter.messages import Kind as Kind
    from adapter.messages import Response as Response
    from adapter.rules import Facts as Facts
    from adapter.schema import Limits as Limits
    from adapter.system import System as System
    from adapter.translate import Reading as Reading
    from adapter.translate import forward as forward
    from adapter.translate import read as read
    from adapter.translate import write as write
    from adapter.trust import Seals as Seals
    from adapter.trust import pin as pin
    from adapter.trust import signer as signer

_PLACES = {
    "calendar": ("Calendar",),
    "catalogue": ("Catalogue", "Unknown"),
    "certificate": ("Certificate",),
    "delivery": ("Delivery", "Message"),
    "findings": ("Finding", "Rejected", "Severity", "Unavailable", "Verdict"),
    "mapping.path": ("TableError",),
    "messages": ("Acknowledgement", "Cancellation", "Feedback", "Function", "Header", "Kind", "Response"),
    "rules": ("Facts",),
    "schema": ("Limits",),
    "system": ("System",),
    "translate": ("Reading", "forward", "read", "write"),
    "trust": ("Seals", "pin", "signer"),
}
_PLACE = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "Acknowledgement",
    "Calendar",
    "Cancellation",
    "Catalogue",
    "Certificate",
    "Delivery",
    "Facts",
    "Feedback",
    "Finding",
    "Function",
    "Header",
    "Kind",
    "Limits",
    "Message",
    "Reading",
    "Rejected",
    "Response",
    "Seals",
    "Severity",
    "System",
    "TableError",
    "Unavailable",
    "Unknown",
    "Verdict",
    "forward",
    "pin",
    "read",
    "signer",
    "write",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for: a command imports only what it needs."""
    if name not in _PLACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACE[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
