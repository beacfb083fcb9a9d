"""XML signatures: one kind is made and believed, enveloped and over the whole document, in exclusive canonical form.

Strict on purpose: what a signature may look like is listed, and all else refused before any key is tried. A document is
read without its signature, exactly as it was signed.
"""

import logging
import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from adapter.findings import Finding, Rejected, Severity
from adapter.schema.door import line_of, own_parser
from adapter.system import System
from adapter.trust import Pin, Seals, Signer, certificate_of, private_key

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SIGNATURE = f"{DS}Signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
BITS = ("256", "384", "512")
METHODS = tuple(f"{MORE}{kind}-sha{bits}" for kind in ("ecdsa", "rsa") for bits in BITS)
DIGESTS = ("http://www.w3.org/2001/04/xmlenc#sha256", f"{MORE}sha384", "http://www.w3.org/2001/04/xmlenc#sha512")
ALGORITHMS = {
    "CanonicalizationMethod": (EXCLUSIVE,),
    "SignatureMethod": METHODS,
    "Transform": (ENVELOPED, EXCLUSIVE),
    "DigestMethod": DIGESTS,
}
"""The algorithms that each part may name."""
HOLDS = {
    "Signature": ("SignedInfo", "SignatureValue"),
    "SignedInfo": ("CanonicalizationMethod", "SignatureMethod", "Reference"),
    "Reference": ("Transforms", "DigestMethod", "DigestValue"),
    "Transforms": ("Transform", "Transform"),
    "KeyInfo": ("X509Data",),
}
"""What each part holds, in this order; a signature may hold a KeyInfo besides, with any number of certificates."""
CERTIFICATES = 8
BASE64 = re.compile(r"[A-Za-z0-9+/\s]++={0,2}+\s*+")  # groups keep what they took: a hostile value is read once

logging.getLogger("signxml").setLevel(logging.WARNING)  # it would tell a log whole documents
STAGE = "signature"


def sign(root: etree._Element, signer: Signer) -> bytes:
    """The document with a signature as its root's last child, which is where schemas have a place for it."""
    from signxml.signer import XMLSigner

    made = XMLSigner(signature_algorithm=signer.method, digest_algorithm="sha256", c14n_algorithm=EXCLUSIVE)
    made._parser = own_parser()  # type: ignore[assignment]  # else one of its own would parse the document again
    signed = made.sign(root, key=private_key(signer.key), cert=[certificate_of(signer.certificate)])
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True)


def claim(root: Any, system: System, seals: Seals) -> Any:
    """The signature that a document is to be held to, not yet verified; none where none is asked for.

    Rejected where there is none, or none of the kind that is believed.
    """
    asked = seals.asked(system)
    if not asked and not seals.of(system):
        return None
    found = [] if isinstance(root, dict) else list(root.iter(SIGNATURE))
    if not found:
        if asked:
            raise _refused("SIG-01", "the message is not signed", root)
        return None
    if len(found) > 1:
        raise _refused("SIG-02", "the message has more than one signature", found[1])
    if found[0] is not root[-1]:
        message = "the signature does not stand at the end of the message"
        raise _refused("SIG-03", message, found[0], "last child of the root")
    _look_at(found[0])
    return found[0]


def verify(root: etree._Element, signature: etree._Element, pins: Sequence[Pin], at: datetime | None) -> None:
    """Rejected unless a pinned certificate that holds at this moment vouches for all that the document says.

    It is left without its signature, as it was signed.
    """
    if not pins or at is None:
        lacks = "no certificate of its sender is pinned" if at else "the moment that it came at is not known"
        raise _refused("SIG-10", f"the signature cannot be checked: {lacks}", signature, severity=Severity.UNDECIDED)
    named = _named(signature)
    for part in signature.iter(f"{DS}SignatureValue", f"{DS}DigestValue"):
        if not BASE64.fullmatch(part.text or ""):
            raise _refused("SIG-08", "the value of the signature is none", part, "base64")
    meant = [each for each in pins if each.certificate in named] if named else pins
    if not meant:
        raise _refused("SIG-07", "the signature names a certificate that is not pinned", signature)
    for each in sorted(meant, key=lambda each: not each.holds(at)):  # one key may have an old and a new certificate
        signed = _signed_by(each, root, signature)
        if signed is None:
            continue
        if not each.holds(at):
            message = "the signature is of a certificate that was not in use when the message came"
            raise _refused("SIG-09", message, signature, f"{each.since.isoformat()} to {each.until.isoformat()}")
        _take_off(signature)
        if _canonical(root) != signed:
            raise _refused("SIG-06", "the signature does not cover all of the message", root)
        return
    raise _refused("SIG-08", "no pinned certificate's key made the signature's value", signature)


def unchecked(root: Any, seals: Seals, system: System) -> tuple[Finding, ...]:
    """What is said of a signature that nobody asked for and that there is nothing to hold to."""
    if isinstance(root, dict) or not len(root) or root[-1].tag != SIGNATURE or seals.of(system):
        return ()
    message = "the message has a signature that was not asked for; it was not checked"
    return (Finding(code="SIG-12", message=message, severity=Severity.INFO, line=line_of(root[-1])),)


def unsigned(message: str) -> Rejected:
    """The refusal to let a message leave without the signature that it should have; no fault of its content."""
    finding = Finding(code="SIG-13", message=f"it cannot be signed: {message}", severity=Severity.UNDECIDED)
    return Rejected(finding, stage=STAGE)


def _look_at(signature: etree._Element) -> None:
    """Rejected for a signature that holds more, less or other than what is believed."""
    references = signature.findall(f"{DS}SignedInfo/{DS}Reference")
    if len(references) != 1 or references[0].get("URI") != "":
        message = "the signature is to cover the message as a whole, and nothing else"
        raise _refused("SIG-06", message, signature, 'one Reference, its URI ""')
    for name, known in ALGORITHMS.items():
        for part in signature.iter(f"{DS}{name}"):
            if part.get("Algorithm") not in known:
                raise _refused("SIG-05", f"the {name} of the signature is not allowed", part, ", ".join(known))
    transforms = [part.get("Algorithm") for part in signature.iter(f"{DS}Transform")]
    if transforms != [ENVELOPED, EXCLUSIVE]:
        allowed = f"{ENVELOPED}, then {EXCLUSIVE}"
        raise _refused(
            "SIG-05", "the transforms of the signature are not those that are agreed", references[0], allowed
        )
    for part in signature.iter():
        name = _name(part)
        attributes = ["Algorithm"] if name in ALGORITHMS else ["URI"] if name == "Reference" else []
        inside = tuple(map(_name, part))
        if not _fits(name, inside) or part.keys() != attributes:
            raise _refused("SIG-04", "the signature holds something that it should not, or lacks something", part)


def _name(part: etree._Element) -> str:
    """A part's name, without its namespace if that is the one of signatures."""
    return part.tag.removeprefix(DS) if part.tag.startswith(DS) else f"other {part.tag}"


def _fits(name: str, inside: tuple[str, ...]) -> bool:
    if name == "Signature" and inside[2:] == ("KeyInfo",):
        inside = inside[:2]
    if name == "X509Data":
        return inside == ("X509Certificate",) * len(inside) and 1 <= len(inside) <= CERTIFICATES
    return inside == HOLDS.get(name, ())


def _named(signature: etree._Element) -> list[bytes]:
    """The certificates that a signature names; they decide nothing but which of the pinned ones is meant."""
    texts = (part.text or "" for part in signature.iter(f"{DS}X509Certificate"))
    try:
        return [b64decode("".join(text.split()), validate=True) for text in texts]
    except ValueError:
        return [b""]


def _signed_by(pin: Pin, root: etree._Element, signature: etree._Element) -> bytes | None:
    """The document in the form that was signed with this certificate's key; none if it was another's.

    Rejected if that form is not the document's any more.
    """
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.exceptions import InvalidDigest, SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    certificate = certificate_of(pin.certificate)
    strict = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(map(SignatureMethod, METHODS)),
        digest_algorithms=frozenset(map(DigestAlgorithm, DIGESTS)),
        verification_time=certificate.not_valid_before_utc,  # whether it holds at the moment of receipt is judged by us
    )
    try:
        found = XMLVerifier().verify(
            root, x509_cert=certificate, expect_config=strict, parser=own_parser(), validate_schema=False
        )
    except InvalidDigest:
        raise _refused("SIG-11", "the message is not as it was signed", signature) from None
    except (SignXMLException, ValueError):
        return None
    return None if isinstance(found, list) else found.signed_data


def _take_off(signature: etree._Element) -> None:
    """Take the signature out of its document; what follows it stays."""
    parent, before = signature.getparent(), signature.getprevious()
    assert parent is not None
    if before is not None:
        before.tail = (before.tail or "") + (signature.tail or "")
    else:
        parent.text = (parent.text or "") + (signature.tail or "")
    signature.tail = None
    parent.remove(signature)


def _canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)


def _refused(
    code: str, message: str, element: Any, allowed: str | None = None, severity: Severity = Severity.ERROR
) -> Rejected:
    line = None if isinstance(element, dict) else line_of(element)
    return Rejected(Finding(code=code, message=message, severity=severity, line=line, allowed=allowed), stage=STAGE)
