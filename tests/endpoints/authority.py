"""An authority of the tests, and the certificates it gives: good, run out, taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from adapter.connections import Identity

NOW = datetime.now(UTC)
"""Certificates are judged by the machine's own clock."""
HOST = "127.0.0.1"


class Authority:
    """Gives certificates out, and takes them back; everything lies in a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = trustme.CA(organization_name=name)
        self.file = folder / f"{name}.pem"
        self.ca.cert_pem.write_to_path(self.file)

    def give(self, who: str, *names: str, expired: bool = False) -> tuple[Path, Path]:
        """Certificate and key for these names, 127.0.0.1 unless said."""
        span = (NOW - timedelta(days=9), NOW - timedelta(days=2)) if expired else (NOW - timedelta(days=1), None)
        given = self.ca.issue_cert(*(names or (HOST,)), common_name=who, not_before=span[0], not_after=span[1])
        certificate, key = self.folder / f"{who}.pem", self.folder / f"{who}-key.pem"
        certificate.write_bytes(b"".join(each.bytes() for each in given.cert_chain_pems))
        given.private_key_pem.write_to_path(key)
        return certificate, key

    def take_back(self, *given: tuple[Path, Path]) -> Path:
        """A list of these as revoked."""
        own = x509.load_pem_x509_certificate(self.ca.cert_pem.bytes())
        key = serialization.load_pem_private_key(self.ca.private_key_pem.bytes(), None)
        made = x509.CertificateRevocationListBuilder().issuer_name(own.subject)
        made = made.last_update(NOW - timedelta(days=1)).next_update(NOW + timedelta(days=9))
        for certificate, _ in given:
            serial = x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - timedelta(hours=1))
            made = made.add_revoked_certificate(revoked.build())
        file = self.folder / f"{self.name}-crl.pem"
        file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))  # type: ignore[arg-type]
        return file


def identity(own: tuple[Path, Path], authority: Path, **more: object) -> Identity:
    return Identity.model_validate({"certificate": own[0], "key": own[1], "authority": authority, **more})


def self_signed(folder: Path, who: str) -> tuple[Path, Path]:
    """A certificate that nobody but its bearer vouches for."""
    return Authority(folder / f"alone-{who}", who).give(who)
