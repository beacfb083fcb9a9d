"""xmlsec1, a tool that knows nothing of ours: what it says of signatures is another opinion."""

import subprocess
from pathlib import Path

from install_servers import ensure_servers


def verify(body: bytes, certificate: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """What it says of a signed document, given the certificate in PEM; it must be installed."""
    ensure_servers()
    (folder / "message.xml").write_bytes(body)
    (folder / "pinned.pem").write_bytes(certificate)
    command = ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--pubkey-cert-pem", "pinned.pem", "message.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
