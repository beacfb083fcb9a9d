"""An authority of the tests, and the certificates it gives: good, run out, taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from adapter.connections import Identity

NOW = datetime.now(UTC)
"""Certificates are judged by the machine's own clock."""
HOST = "127.0.0.1"
PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


class Authority:
    """Gives certificates out, and takes them back; everything lies in a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = trustme.CA(organization_name=name)
        self.file = folder / f"{name}.pem"
        self.ca.cert_pem.write_to_path(self.file)
        self.key: Any = serialization.load_pem_private_key(self.ca.private_key_pem.bytes(), None)

    def give(self, who: str, *names: str, expired: bool = False) -> tuple[Path, Path]:
        """Certificate and key for these names, 127.0.0.1 unless said.

        Made here: those that trustme gives are for signing programs too, which RabbitMQ's TLS does not accept.
        """
        own, key = x509.load_pem_x509_certificate(self.ca.cert_pem.bytes()), ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(own.subject).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=9))
        made = made.not_valid_after(NOW + timedelta(days=-2 if expired else 9))
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
        known = [x509.IPAddress(ip_address(HOST)) if name == HOST else x509.DNSName(name) for name in names or (HOST,)]
        made = made.add_extension(x509.SubjectAlternativeName(known), False).add_extension(usage, False)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own.public_key()), False)
        certificate, place = self.folder / f"{who}.pem", self.folder / f"{who}-key.pem"
        certificate.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(PEM))
        place.write_bytes(key.private_bytes(PEM, PKCS8, serialization.NoEncryption()))
        return certificate, place

    def take_back(self, *given: tuple[Path, Path]) -> Path:
        """A list of these as revoked."""
        own = x509.load_pem_x509_certificate(self.ca.cert_pem.bytes())
        made = x509.CertificateRevocationListBuilder().issuer_name(own.subject)
        made = made.last_update(NOW - timedelta(days=1)).next_update(NOW + timedelta(days=9))
        for certificate, _ in given:
            serial = x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - timedelta(hours=1))
            made = made.add_revoked_certificate(revoked.build())
        file = self.folder / f"{self.name}-crl.pem"
        file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(PEM))
        return file


def identity(own: tuple[Path, Path], authority: Path, **more: object) -> Identity:
    return Identity.model_validate({"certificate": own[0], "key": own[1], "authority": authority, **more})


def self_signed(folder: Path, who: str) -> tuple[Path, Path]:
    """A certificate that nobody but its bearer vouches for."""
    return Authority(folder / f"alone-{who}", who).give(who)
