"""Keys and certificates for tests, made once for each process; nobody else has them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from adapter.trust import Seals, Signer, pin, signer

AT = datetime(2025, 9, 1, 12, tzinfo=UTC)
"""When tests send and receive."""
YEAR = timedelta(days=365)
CODES = ("CN", "ID", "IL", "IN", "KH", "SG", "VN")


@cache
def key(name: str, kind: str = "P-256"):
    """The private key of this name: P-256, P-384, or RSA of so many bits."""
    if kind.startswith("P-"):
        return ec.generate_private_key(ec.SECP256R1() if kind == "P-256" else ec.SECP384R1())
    return rsa.generate_private_key(65537, int(kind))


def key_pem(name: str, kind: str = "P-256", password: bytes | None = None) -> bytes:
    """A private key in PEM."""
    sealed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key(name, kind).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)


@cache
def certificate_pem(name: str, kind: str = "P-256", since: datetime = AT - YEAR, until: datetime = AT + YEAR) -> bytes:
    """A self-signed certificate of the key of this name, in PEM."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    private = key(name, kind)
    made = x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number(), since, until)
    return made.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signing(name: str, kind: str = "P-256", **span: datetime) -> Signer:
    """The key of this name, as it signs."""
    return signer(key_pem(name, kind), certificate_pem(name, kind), **span)


def seals(ours: str = "us", kind: str = "P-256", theirs: str = "us", **more) -> Seals:
    """Seals that sign with one key, and hold every partner to another's certificate."""
    pinned = {code: (pin(certificate_pem(theirs, kind)),) for code in CODES}
    made = Seals(signing=(signing(ours, kind),), pinned=pinned, signed=dict.fromkeys(CODES, True))
    return replace(made, **more)
