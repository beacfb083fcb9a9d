"""Whose signatures are believed, and what signs our messages: certificates and keys, each for as long as it holds.

Values only: they are loaded once, cross over into other processes, and the moment to judge by is an argument.
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from adapter.system import System

if TYPE_CHECKING:  # cryptography takes 0.1 s to import, and only what signs needs it
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

    Key = EllipticCurvePrivateKey | RSAPrivateKey

RSA_BITS = 2048
CURVE = "secp256r1"
ALLOWED_KEYS = f"P-256, or RSA of {RSA_BITS} bits or more"


class Unsuitable(ValueError):
    """A key of a kind, curve or size that is not allowed."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A certificate that signatures are held to, from when until when: both moments are within."""

    certificate: bytes
    """DER."""
    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether it is in use at this moment."""
        return self.since <= at <= self.until


@dataclass(frozen=True, slots=True)
class Signer(Pin):
    """A key of ours, with its certificate and from when until when it signs."""

    key: bytes = field(default=b"", repr=False)
    """PEM."""

    @property
    def method(self) -> str:
        """How it signs, in the words of XML signatures."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        return "rsa-sha256" if isinstance(private_key(self.key), RSAPrivateKey) else "ecdsa-sha256"


@dataclass(frozen=True, slots=True)
class Seals:
    """What signs the messages that leave, and what the signatures of those that come are held to."""

    signing: tuple[Signer, ...] = ()
    pinned: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict)
    """Certificates by the code of the system that signs with their keys."""
    signed: Mapping[str, bool] = field(default_factory=dict)
    """Whether a system's messages are signed, both ways, where that is not as its profile says."""

    def asked(self, system: System) -> bool:
        """Whether this system's messages carry a signature, those to it and those from it."""
        return self.signed.get(system.code, system.signed)

    def of(self, system: System) -> tuple[Pin, ...]:
        """The certificates that this system's signatures are held to, also those that do not hold now."""
        return self.pinned.get(system.code, ())

    def say_of(self, system: System) -> bool:
        """Whether anything is said of this system's signatures, be it that there are none."""
        return system.code in self.signed or self.asked(system) or bool(self.of(system))

    def signer(self, at: datetime) -> Signer | None:
        """Of our keys the newest that holds at this moment."""
        return max((each for each in self.signing if each.holds(at)), key=lambda each: each.since, default=None)


NO_SEALS = Seals()


def pin(pem: bytes, since: datetime | None = None, until: datetime | None = None) -> Pin:
    """A certificate to hold signatures to, within its own dates; ValueError, in words, for one that is of no use."""
    der, first, last = _read_certificate(pem, since, until)
    return Pin(der, first, last)


def signer(key: bytes, certificate: bytes, since: datetime | None = None, until: datetime | None = None) -> Signer:
    """A key with the certificate that goes with it; ValueError, in words, for those that are of no use."""
    der, first, last = _read_certificate(certificate, since, until)
    try:
        opened = private_key(key)
    except TypeError:
        raise ValueError("the key is encrypted; keep it readable for its user alone instead") from None
    except Unsuitable:
        raise
    except ValueError:
        raise ValueError("the key is no private key in PEM") from None
    if opened.public_key() != certificate_of(der).public_key():
        raise ValueError("the key is not that of the certificate")
    return Signer(der, first, last, key)


@lru_cache(maxsize=256)
def certificate_of(der: bytes) -> "Certificate":
    """The certificate of these bytes; ValueError for none."""
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der)


@lru_cache(maxsize=32)
def private_key(pem: bytes) -> "Key":
    """The key of these bytes; ValueError for none, TypeError for an encrypted one."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, None)
    _suit(key.public_key())
    return key  # type: ignore[return-value]  # _suit lets no other kinds pass


def _read_certificate(pem: bytes, since: datetime | None, until: datetime | None) -> tuple[bytes, datetime, datetime]:
    """A certificate's DER, and from when until when it is in use."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificate

    try:
        read = load_pem_x509_certificate(pem)
        public = read.public_key()
    except (ValueError, binascii.Error):
        raise ValueError("the certificate is none in PEM") from None
    _suit(public)
    first = max(filter(None, (since, read.not_valid_before_utc)))
    last = min(filter(None, (until, read.not_valid_after_utc)))
    if last < first:
        raise ValueError(f"it is never in use: it would begin {first.isoformat()} and end {last.isoformat()}")
    return read.public_bytes(Encoding.DER), first, last


def _suit(key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == CURVE:
        return
    if isinstance(key, RSAPublicKey) and key.key_size >= RSA_BITS:
        return
    raise Unsuitable(f"a key of its kind does not sign here; allowed: {ALLOWED_KEYS}")
