"""Signatures as anybody may make them: sound in themselves, in whatever form a test asks for."""

from base64 import b64encode
from html import escape

import keys
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from lxml import etree

DSIG = "http://www.w3.org/2000/09/xmldsig#"
DS = f"{{{DSIG}}}"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENVELOPED = f"{DSIG}enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
COMMENTS = f"{EXCLUSIVE}WithComments"
ECDSA, RSA, HMAC = f"{MORE}ecdsa-sha256", f"{MORE}rsa-sha256", f"{MORE}hmac-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
HASHES = {"sha1": hashes.SHA1(), "md5": hashes.MD5(), "sha256": hashes.SHA256()}


def parsed(body):
    return etree.fromstring(body)


def canonical(element, algorithm=EXCLUSIVE):
    told = {"exclusive": algorithm.startswith(EXCLUSIVE), "with_comments": algorithm.endswith("WithComments")}
    return etree.tostring(element, method="c14n", **told)


def digest_of(data, algorithm):
    kind = hashes.Hash(HASHES[algorithm.rpartition("#")[2].removeprefix("hmac-")])
    kind.update(data)
    return b64encode(kind.finalize()).decode()


def value_of(data, method, private):
    name = HASHES[method.rpartition("-")[2]]
    if "hmac" in method:
        public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        made = hmac.HMAC(private.public_key().public_bytes(*public), name)
        made.update(data)
        return made.finalize()
    if "rsa" in method:
        return private.sign(data, padding.PKCS1v15(), name)
    r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(name)))
    return r.to_bytes(32) + s.to_bytes(32)


def reference(root, uri="", transforms=(ENVELOPED, EXCLUSIVE), digest=SHA256, inside=""):
    """A Reference with the digest of the document as it stands, or of the element that the URI names."""
    meant = root if not uri.startswith("#") else root.xpath(f"//*[@Id='{uri[1:]}']")[0]
    form = next((each for each in transforms if "c14n" in each), INCLUSIVE)
    steps = "".join(f'<ds:Transform Algorithm="{each}">{inside}</ds:Transform>' for each in transforms)
    told = digest_of(canonical(meant, form), digest)
    held = f"<ds:Transforms>{steps}</ds:Transforms>" if steps else ""
    return (
        f'<ds:Reference URI="{escape(uri)}">{held}<ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{told}</ds:DigestValue></ds:Reference>"
    )


def signed(
    body, name="partner", kind="P-256", *, references=None, method=None, c14n=EXCLUSIVE, named=None, more="", **how
):
    """The document with a signature by the key of this name; `named` is whose certificate it brings, if any."""
    root = parsed(body)
    etree.strip_tags(root, etree.Comment)
    root = parsed(etree.tostring(root))
    method = method or (ECDSA if kind == "P-256" else RSA)
    inner = references(root) if references else reference(root, **how)
    info = (
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{c14n}"/><ds:SignatureMethod Algorithm="{method}"/>'
        f"{inner}</ds:SignedInfo>"
    )
    brought = "".join(keys.certificate_pem(named or name, kind).decode().splitlines()[1:-1])
    key_info = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{brought}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    after = f"<ds:SignatureValue/>{key_info if named != '' else ''}{more}"
    text = f'<ds:Signature xmlns:ds="{DSIG}">{info}{after}</ds:Signature>'
    root.append(parsed(text))
    signature = root[-1]
    made = value_of(canonical(signature[0], c14n), method, keys.key(name, kind))
    signature[1].text = b64encode(made).decode()
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
