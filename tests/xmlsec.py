"""xmlsec1, a tool that knows nothing of ours: what it says of signatures is another opinion."""

import subprocess
from pathlib import Path

from install_servers import ensure_servers

TEMPLATE = b"""  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#">
    <SignedInfo>
      <CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
      <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#METHOD"/>
      <Reference URI="">
        <Transforms>
          <Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
          <Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
        </Transforms>
        <DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
        <DigestValue/>
      </Reference>
    </SignedInfo>
    <SignatureValue/>
    <KeyInfo>
      <X509Data/>
    </KeyInfo>
  </Signature>
"""


def verify(body: bytes, certificate: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """What it says of a signed document, given the certificate in PEM; it must be installed."""
    ensure_servers()
    (folder / "message.xml").write_bytes(body)
    (folder / "pinned.pem").write_bytes(certificate)
    command = ["xmlsec1", "--verify", "--enabled-key-data", "x509", "--pubkey-cert-pem", "pinned.pem", "message.xml"]
    return _run(command, folder)


def sign(body: bytes, key: bytes, certificate: bytes, method: str, folder: Path) -> bytes:
    """The document as it signs it, in the form that it likes, with line breaks wherever it puts them."""
    ensure_servers()
    (folder / "template.xml").write_bytes(TEMPLATE.replace(b"METHOD", method.encode()).join(_halves(body)))
    (folder / "key.pem").write_bytes(key)
    (folder / "own.pem").write_bytes(certificate)
    command = ["xmlsec1", "--sign", "--privkey-pem", "key.pem,own.pem", "--output", "signed.xml", "template.xml"]
    outcome = _run(command, folder)
    assert outcome.returncode == 0, outcome.stderr
    return (folder / "signed.xml").read_bytes()


def _halves(body: bytes) -> tuple[bytes, bytes]:
    """What stands before the root's end, and its end."""
    end = body.rindex(b"</")
    return body[:end], body[end:]


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
