"""Mutual TLS: who we are, whom we believe, and in words what was wrong with either."""

import ssl
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from adapter.connections import Identity

OLDEST = ssl.TLSVersion.TLSv1_2
PIN = "it is none of those that are held for this partner"


class Deadline(threading.local):
    """Until when the exchange that this thread is at has to be over, in seconds of the monotonic clock."""

    until: float | None = None

    def begin(self, seconds: float) -> None:
        """So long from now."""
        self.until = time.monotonic() + seconds


def context_of(identity: Identity, answering: bool = False, deadline: Deadline | None = None) -> ssl.SSLContext:
    """For calling whoever has a certificate of this authority, or for answering them; raises ValueError.

    A deadline holds for whatever is read and written, however slowly it comes.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if answering else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version, context.verify_mode = OLDEST, ssl.CERT_REQUIRED
    _load(identity.authority, lambda: context.load_verify_locations(identity.authority), "certificates")
    if revoked := identity.revoked:
        _load(revoked, lambda: context.load_verify_locations(revoked), "revocation lists")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    own = identity.certificate, identity.key
    for file in own:
        _load(file, file.read_bytes, "PEM")
    _load(own[0], lambda: context.load_cert_chain(*own), f"the certificate of the key {own[1]}")
    pins = frozenset().union(*map(pinned, identity.peer)) if identity.peer else None
    context.sslsocket_class = _sockets(None if answering else pins, deadline or Deadline())
    return context


def pinned(file: Path) -> frozenset[bytes]:
    """The certificates that a file of PEM holds, as they come over the wire; raises ValueError."""
    found: set[bytes] = set()

    def read() -> None:
        for part in file.read_text("ascii").split(ssl.PEM_HEADER)[1:]:
            found.add(ssl.PEM_cert_to_DER_cert(f"{ssl.PEM_HEADER}{part[: part.index(ssl.PEM_FOOTER)]}{ssl.PEM_FOOTER}"))

    _load(file, read, "certificates")
    if not found:
        raise ValueError(f"{file}: it holds no certificates")
    return frozenset(found)


def reason_of(error: BaseException) -> str:
    """What went wrong with a connection, without a word that somebody else could have chosen."""
    every = _chain(error)
    for each in every:
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate is not believed: {getattr(each, 'verify_message', '') or PIN}"
    for each in every:
        if isinstance(each, ssl.SSLError) and each.reason:
            _, alert, words = each.reason.rpartition("ALERT_")
            said = words.lower().replace("_", " ")
            return f"it refuses us, or our certificate: {said}" if alert else f"TLS: {said}"
    for each in every:
        if isinstance(each, TimeoutError):
            return "no answer in time"
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(every[-1]).__name__


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop(0)
        if each is not None and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__, *(arg for arg in each.args if isinstance(arg, BaseException))]
            waiting += getattr(each, "exceptions", ())
    return found


def _load(file: Path, read: Callable[[], Any], what: str) -> None:
    try:
        read()
    except ssl.SSLError:
        raise ValueError(f"{file}: it does not hold {what}") from None
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except ValueError:
        raise ValueError(f"{file}: it does not hold {what}") from None


def _sockets(pins: Collection[bytes] | None, deadline: Deadline) -> type[ssl.SSLSocket]:
    """Sockets that believe only these, where any are given, and keep to the deadline."""

    class Socket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            _keep_to(self, deadline)
            super().do_handshake(block)
            if pins is not None and self.getpeercert(binary_form=True) not in pins:
                raise ssl.SSLCertVerificationError(1, PIN)

        def read(self, len: int = 1024, buffer: bytearray | None = None) -> Any:  # type: ignore[override]
            _keep_to(self, deadline)
            return super().read(len, buffer)

        def send(self, data: Any, flags: int = 0) -> int:
            _keep_to(self, deadline)
            return super().send(data, flags)

    return Socket


def _keep_to(socket: ssl.SSLSocket, deadline: Deadline) -> None:
    if deadline.until is None:
        return
    left = deadline.until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    patience = socket.gettimeout()
    if patience is None or patience > left:
        socket.settimeout(left)
