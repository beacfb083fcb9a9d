"""Messages that were tampered with, in many ways: each is refused, and each says how it was found out."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import forge
import keys
import pytest
import shelf
from forge import COMMENTS, DS, ENVELOPED, EXCLUSIVE, HMAC, INCLUSIVE, MORE
from lxml import etree

from adapter import signature, translate
from adapter.delivery import Delivery
from adapter.findings import Verdict
from adapter.trust import Seals, pin

KNOWN = shelf.catalogue()
PLAIN = (shelf.FIXTURES / "id/certificate/ik-cepa-import-3-items.xml").read_bytes()
OTHER = PLAIN.replace(b"004512/SBY/2025", b"004513/SBY/2025")
SIGNED = forge.signed(PLAIN)
COO = "{urn:eodes:datamodel:ID:COO:1}"


def trust(**span):
    """What the partner's messages are held to; another partner's certificate is pinned too."""
    pinned = {"ID": (pin(keys.certificate_pem("partner"), **span),), "CN": (pin(keys.certificate_pem("neighbour")),)}
    return Seals(pinned=pinned, signed={"ID": True})


def reading(body, seals=None, at=keys.AT):
    return translate.read(Delivery(body, "ID"), KNOWN, replace(shelf.facts(), at=at), seals=seals or trust())


@dataclass(frozen=True)
class Tampering:
    """What was done to a message, and the code that it is refused with."""

    name: str
    code: str
    make: Callable[[], bytes]
    seals: Seals | None = None

    def __str__(self) -> str:
        return self.name


def changed(before: bytes, after: bytes):
    assert SIGNED.count(before) >= 1
    return SIGNED.replace(before, after, 1)


def reworked(work, body=SIGNED):
    """The signed message after some work on its tree; nothing is signed again."""
    root = forge.parsed(body)
    root = work(root, root[-1])
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def on(work):
    """A tampering that changes the tree where it stands."""

    def whole(root, signature):
        work(root, signature)
        return root

    return lambda: reworked(whole)


def evil(root):
    """The document with another number, without its signature."""
    twin = copy.deepcopy(root)
    twin.remove(twin[-1])
    twin.find(f".//{COO}ID").text = "009999/SBY/2025"
    return twin


def good(root):
    """The document as it was signed, without its signature."""
    twin = copy.deepcopy(root)
    twin.remove(twin[-1])
    return twin


def in_object(root, signature):
    """XSW1: what was signed lies in an Object of the signature, around it stands another document."""
    twin = evil(root)
    twin.append(signature)
    etree.SubElement(signature, f"{DS}Object").append(good_of(root))
    return twin


def good_of(root):
    twin = copy.deepcopy(root)
    for each in twin.findall(f"{DS}Signature"):
        twin.remove(each)
    return twin


def beside(root, signature):
    """XSW2: what was signed stands in another document, before the signature."""
    twin, kept = evil(root), good(root)
    twin.append(kept)
    twin.append(signature)
    return twin


def twice_declared(root, signature):
    """XSW3: a second declaration stands before the one that was signed."""
    declared = root.find(f"{COO}Declaration")
    second = copy.deepcopy(declared)
    second.find(f"{COO}ID").text = "009999/SBY/2025"
    declared.addprevious(second)
    return root


def wrapped(root, signature):
    """XSW4: the signed document with its signature stands inside another."""
    twin = evil(root)
    twin.append(root)
    return twin


def followed(root, signature):
    """XSW5: what was signed stands behind the signature."""
    twin, kept = evil(root), good(root)
    twin.append(signature)
    twin.append(kept)
    return twin


def in_key_info(root, signature):
    """XSW6: what was signed lies in the signature's KeyInfo."""
    twin, kept = evil(root), good(root)
    twin.append(signature)
    signature.find(f"{DS}KeyInfo").append(kept)
    return twin


def in_extension(root, signature):
    """XSW7: what was signed lies in an element of the signatures' namespace, which schemas let through."""
    twin, kept = evil(root), good(root)
    etree.SubElement(twin, f"{DS}Extension").append(kept)
    twin.append(signature)
    return twin


def by_id():
    """XSW8: what was signed is named by its id, and lies in an Object of the signature."""
    held = f'<ds:Object xmlns:ds="{forge.DSIG}" Id="kept">x</ds:Object>'

    def referred(root):
        return forge.reference(forge.parsed(held), uri="#kept", transforms=(EXCLUSIVE,))

    return forge.signed(PLAIN, references=referred, more='<ds:Object Id="kept">x</ds:Object>')


def references(count):
    return lambda root: forge.reference(root) * count


def doubled(root, signature):
    root.append(copy.deepcopy(signature))


def swapped(root, signature):
    """Two goods change places."""
    goods = root.findall(f".//{COO}GovernmentAgencyGoodsItem")
    goods[1].addprevious(goods[2])


def set_text(name, text):
    def work(root, signature):
        signature.find(f".//{DS}{name}").text = text(signature.find(f".//{DS}{name}").text)

    return work


def put(name, attribute, value):
    return on(lambda root, signature: signature.find(f".//{DS}{name}").set(attribute, value))


def put_in(parent, name, text=None):
    def work(root, signature):
        where = signature if parent == "Signature" else signature.find(f".//{DS}{parent}")
        etree.SubElement(where, f"{DS}{name}").text = text

    return on(work)


def dropped(*names):
    def work(root, signature):
        for name in names:
            part = signature.find(f".//{DS}{name}")
            part.getparent().remove(part)

    return on(work)


def forged(**how):
    return lambda: forge.signed(PLAIN, **how)


def from_other(name):
    """A part of the signature of another message, put into this one's."""

    def work(root, signature):
        theirs = forge.parsed(forge.signed(OTHER))[-1]
        signature.find(f".//{DS}{name}").text = theirs.find(f".//{DS}{name}").text

    return on(work)


def grafted():
    theirs = forge.parsed(forge.signed(OTHER))[-1]

    def work(root, signature):
        root.replace(signature, theirs)

    return on(work)()


def pinned_from(since, until):
    made = pin(keys.certificate_pem("partner", since=since, until=until))
    return Seals(pinned={"ID": (made,)}, signed={"ID": True})


DAY = keys.YEAR / 365
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
BASE64 = f"{forge.DSIG}base64"
WHOLE = (ENVELOPED, EXCLUSIVE)
XPATH_IN = '<ds:XPath>not(ancestor-or-self::*[local-name()="Declaration"])</ds:XPath>'
PREFIXES = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="md"/>'
MD5, SHA1 = f"{MORE}md5", f"{forge.DSIG}sha1"

TAMPERINGS = [
    # What is said
    Tampering("a text changed", "SIG-11", lambda: changed(b"NUSANTARA MELATI", b"NUSANTARA MELATE")),
    Tampering("a digit of a weight changed", "SIG-11", lambda: changed(b"62650.75", b"62650.76")),
    Tampering("a code changed to another that is allowed", "SIG-11", lambda: changed(b">ORI<", b">CPY<")),
    Tampering("an attribute changed", "SIG-11", lambda: changed(b'unitCode="KGM"', b'unitCode="TNE"')),
    Tampering("an element removed", "SIG-11", on(lambda root, _: remove(root, "JourneyID"))),
    Tampering("an element added", "SIG-11", on(lambda root, _: add_contact(root))),
    Tampering("the order of two goods changed", "SIG-11", on(swapped)),
    Tampering("blanks in a text", "SIG-11", lambda: changed(b">NUSANTARA MELATI<", b"> NUSANTARA  MELATI <")),
    Tampering("blanks between elements", "SIG-11", lambda: changed(b"<TypeCode>861", b" <TypeCode>861")),
    Tampering("a text put behind the signature", "SIG-11", on(lambda _, signature: setattr(signature, "tail", " \n"))),
    Tampering("a prefix bound to another namespace", "DOC-ROOT", lambda: changed(b"ID:MetaData:1", b"ID:MetaData:2")),
    Tampering(
        "a namespace bound anew further in",
        "XSD-UNEXPECTED",
        lambda: changed(b"<JourneyID>", b'<JourneyID xmlns="u:x">'),
    ),
    Tampering("a prefix renamed", "SIG-11", lambda: SIGNED.replace(b"md:", b"mx:").replace(b":md=", b":mx=")),
    Tampering("a reference to an entity", "DOC-ENTITY", lambda: changed(b"NUSANTARA", b"&number;")),
    Tampering("an entity of its own", "DOC-DTD", lambda: changed(b"?>", b'?><!DOCTYPE x [<!ENTITY number "1">]>')),
    Tampering("an external entity", "DOC-DTD", lambda: changed(b"?>", b'?><!DOCTYPE x SYSTEM "file:///etc/passwd">')),
    # Where the signature stands
    Tampering("no signature", "SIG-01", lambda: PLAIN),
    Tampering("the signature doubled", "SIG-02", on(doubled)),
    Tampering("another message's signature beside it", "SIG-02", on(lambda root, _: root.append(other_signature()))),
    Tampering("the signature moved to the front", "SIG-03", on(lambda root, signature: root.insert(0, signature))),
    Tampering(
        "the signature moved into the declaration", "SIG-03", on(lambda root, signature: root[-2].append(signature))
    ),
    Tampering("wrapped: what was signed in an Object", "SIG-04", lambda: reworked(in_object)),
    Tampering("wrapped: what was signed beside the signature", "XSD-UNEXPECTED", lambda: reworked(beside)),
    Tampering("wrapped: a second declaration", "XSD-UNEXPECTED", lambda: reworked(twice_declared)),
    Tampering("wrapped: a document around it", "SIG-03", lambda: reworked(wrapped)),
    Tampering("wrapped: what was signed behind the signature", "SIG-03", lambda: reworked(followed)),
    Tampering("wrapped: what was signed in the KeyInfo", "SIG-04", lambda: reworked(in_key_info)),
    Tampering("wrapped: what was signed in an extension", "XSD-UNEXPECTED", lambda: reworked(in_extension)),
    Tampering("wrapped: what was signed named by its id", "SIG-06", by_id),
    # What it covers
    Tampering("no reference", "SIG-06", forged(references=references(0))),
    Tampering("two references", "SIG-06", forged(references=references(2))),
    Tampering("a reference taken out", "SIG-06", dropped("Reference")),
    Tampering("an external URI", "SIG-06", forged(uri="http://127.0.0.1:9/x.xml")),
    Tampering("a file's URI", "SIG-06", forged(uri="file:///etc/passwd")),
    Tampering(
        "an XPointer", "SIG-06", forged(references=lambda root: forge.reference(root).replace('""', '"#xpointer(/)"'))
    ),
    Tampering("no URI", "SIG-06", forged(references=lambda root: forge.reference(root).replace(' URI=""', ""))),
    Tampering("an id that stands twice", "SIG-04", lambda: twice_an_id()),
    Tampering(
        "a part in no namespace", "SIG-04", on(lambda _, signature: setattr(signature[1], "tag", "SignatureValue"))
    ),
    Tampering("an Object smuggled in", "SIG-04", put_in("Signature", "Object", "x")),
    Tampering("an Object that was there when it was signed", "SIG-04", forged(more="<ds:Object>x</ds:Object>")),
    Tampering(
        "a Manifest in the SignedInfo",
        "SIG-04",
        forged(references=lambda root: forge.reference(root) + "<ds:Manifest/>"),
    ),
    # Algorithms
    Tampering("an XPath transform", "SIG-05", forged(transforms=(ENVELOPED, XPATH, EXCLUSIVE), inside=XPATH_IN)),
    Tampering("an XSLT transform", "SIG-05", forged(transforms=(ENVELOPED, XSLT, EXCLUSIVE))),
    Tampering("a base64 transform", "SIG-05", forged(transforms=(ENVELOPED, BASE64, EXCLUSIVE))),
    Tampering("inclusive canonicalisation of the message", "SIG-05", forged(transforms=(ENVELOPED, INCLUSIVE))),
    Tampering("inclusive canonicalisation of the SignedInfo", "SIG-05", forged(c14n=INCLUSIVE)),
    Tampering("comments in the message's canonical form", "SIG-05", forged(transforms=(ENVELOPED, COMMENTS))),
    Tampering("comments in the SignedInfo's canonical form", "SIG-05", forged(c14n=COMMENTS)),
    Tampering("no enveloped transform", "SIG-05", forged(transforms=(EXCLUSIVE,))),
    Tampering("the transforms in another order", "SIG-05", forged(transforms=(EXCLUSIVE, ENVELOPED))),
    Tampering("no transforms at all", "SIG-05", forged(transforms=())),
    Tampering("prefixes that are made inclusive", "SIG-04", forged(inside=PREFIXES)),
    Tampering("a SHA-1 digest", "SIG-05", forged(digest=SHA1)),
    Tampering("an MD5 digest", "SIG-05", forged(digest=MD5)),
    Tampering("a SHA-1 signature", "SIG-05", forged(method=f"{MORE}ecdsa-sha1")),
    Tampering("an RSA-SHA-1 signature", "SIG-05", forged(name="partner", kind="2048", method=f"{forge.DSIG}rsa-sha1")),
    Tampering("an HMAC with the public key", "SIG-05", forged(method=HMAC)),
    Tampering("another method than the key's", "SIG-08", put("SignatureMethod", "Algorithm", f"{MORE}rsa-sha256")),
    Tampering(
        "a stronger method than it was signed with",
        "SIG-08",
        put("SignatureMethod", "Algorithm", f"{MORE}ecdsa-sha512"),
    ),
    Tampering("another digest method than was signed", "SIG-08", put("DigestMethod", "Algorithm", f"{MORE}sha384")),
    # Keys
    Tampering("another key, with its certificate", "SIG-07", forged(name="stranger")),
    Tampering("another key, with the partner's certificate", "SIG-08", forged(name="stranger", named="partner")),
    Tampering("another key, with no certificate", "SIG-08", forged(name="stranger", named="")),
    Tampering("another partner's key, with its certificate", "SIG-07", forged(name="neighbour")),
    Tampering("another partner's key, with no certificate", "SIG-08", forged(name="neighbour", named="")),
    Tampering("an RSA key of 1024 bits", "SIG-08", lambda: short_key()),
    Tampering(
        "the KeyInfo changed for a stranger's",
        "SIG-07",
        on(lambda _, signature: with_certificate(signature, "stranger")),
    ),
    Tampering("the KeyInfo's certificate cut short", "SIG-07", on(set_text("X509Certificate", lambda text: text[:-8]))),
    Tampering("a key value in the KeyInfo", "SIG-04", put_in("KeyInfo", "KeyValue")),
    Tampering("a key's name in the KeyInfo", "SIG-04", put_in("KeyInfo", "KeyName", "partner")),
    Tampering("a place to fetch the key from", "SIG-04", put_in("KeyInfo", "RetrievalMethod")),
    # Time
    Tampering(
        "a certificate that expired", "SIG-09", lambda: SIGNED_BARE, pinned_from(keys.AT - keys.YEAR, keys.AT - DAY)
    ),
    Tampering(
        "a certificate not valid yet", "SIG-09", lambda: SIGNED_BARE, pinned_from(keys.AT + DAY, keys.AT + keys.YEAR)
    ),
    Tampering("a certificate whose time with us is over", "SIG-09", lambda: SIGNED, trust(until=keys.AT - DAY)),
    Tampering("a certificate whose time with us begins later", "SIG-09", lambda: SIGNED, trust(since=keys.AT + DAY)),
    # Values
    Tampering("an empty value", "SIG-08", on(set_text("SignatureValue", lambda _: None))),
    Tampering("a value cut short", "SIG-08", on(set_text("SignatureValue", lambda text: text[:-8]))),
    Tampering("a value that is no base64", "SIG-08", on(set_text("SignatureValue", lambda text: f"!{text[1:]}"))),
    Tampering("a value of a million blanks", "SIG-08", on(set_text("SignatureValue", lambda _: " " * 1_000_000 + "!"))),
    Tampering("a value with a bit turned", "SIG-08", on(set_text("SignatureValue", lambda text: turned(text)))),
    Tampering("a value of nothing but zeros", "SIG-08", on(set_text("SignatureValue", lambda _: "A" * 86 + "=="))),
    Tampering("another message's value", "SIG-08", from_other("SignatureValue")),
    Tampering("another message's digest", "SIG-08", from_other("DigestValue")),
    Tampering("an empty digest", "SIG-08", on(set_text("DigestValue", lambda _: None))),
    Tampering("the whole signature of another message", "SIG-11", grafted),
    Tampering("no value", "SIG-04", dropped("SignatureValue")),
    Tampering("no digest method", "SIG-04", dropped("DigestMethod")),
    Tampering("no SignedInfo", "SIG-06", dropped("SignedInfo")),
]
SIGNED_BARE = forge.signed(PLAIN, named="")


def remove(root, name):
    part = root.find(f".//{COO}{name}")
    part.getparent().remove(part)


def add_contact(root):
    contact = root.find(f".//{COO}Communication")
    contact.addnext(copy.deepcopy(contact))


def other_signature():
    return forge.parsed(forge.signed(OTHER))[-1]


def twice_an_id():
    def work(root, signature):
        signature.set("Id", "a")
        signature[0].set("Id", "a")

    return on(work)()


def with_certificate(signature, name):
    theirs = forge.parsed(forge.signed(PLAIN, name=name))[-1]
    signature.replace(signature.find(f"{DS}KeyInfo"), theirs.find(f"{DS}KeyInfo"))


def turned(text):
    return text[:10] + ("B" if text[10] == "A" else "A") + text[11:]


def short_key():
    """Signed with a short key of its own, with no certificate: one of a short key cannot even be pinned."""
    with pytest.raises(ValueError, match="2048"):
        pin(keys.certificate_pem("short", "1024"))
    return forge.signed(PLAIN, name="short", kind="1024", named="", method=forge.RSA)


def test_a_message_that_nobody_tampered_with_is_valid():
    assert reading(SIGNED).verdict is Verdict.VALID
    assert reading(SIGNED_BARE).verdict is Verdict.VALID


def test_there_are_thirty_ways_and_more_each_with_a_name_of_its_own():
    assert len({each.name for each in TAMPERINGS}) == len(TAMPERINGS) >= 30


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=str)
def test_a_message_that_was_tampered_with_is_refused(tampering):
    body = tampering.make()
    assert body != SIGNED or tampering.seals
    found = reading(body, tampering.seals)
    assert found.findings[0].code == tampering.code
    assert (found.verdict, found.content) == (Verdict.INVALID, None)


def test_every_code_of_a_refusal_is_shown():
    shown = {each.code for each in TAMPERINGS}
    assert {f"SIG-{number:02}" for number in (*range(1, 10), 11)} <= shown


@pytest.mark.parametrize("turn", [1, 32, 255])
def test_no_byte_of_the_signature_can_be_another(turn):
    """One in so many, from its beginning to its end; what makes no difference to XML makes none to what is said."""
    begins = SIGNED.index(b"<ds:Signature ")
    for place in range(begins + turn % 7, len(SIGNED), 41):
        found = reading(SIGNED[:place] + bytes([SIGNED[place] ^ turn]) + SIGNED[place + 1 :])
        assert found.verdict is not Verdict.VALID or found.content == reading(SIGNED).content


def test_a_certificate_that_was_renewed_over_the_same_key_is_believed_beside_the_one_that_ended():
    ended = pin(keys.certificate_pem("partner", until=keys.AT - DAY))
    renewed = pin(keys.certificate_pem("partner", since=keys.AT - DAY))
    for pins in ((ended, renewed), (renewed, ended)):
        assert reading(SIGNED_BARE, Seals(pinned={"ID": pins}, signed={"ID": True})).verdict is Verdict.VALID
    assert reading(SIGNED_BARE, Seals(pinned={"ID": (ended,)}, signed={"ID": True})).findings[0].code == "SIG-09"


def test_what_is_read_is_held_once_more_to_what_was_verified(monkeypatch):
    """Should the library verify something else than the document that is read, nothing of it is believed."""
    monkeypatch.setattr(signature, "_signed_by", lambda *_: forge.canonical(forge.parsed(OTHER)))
    assert [each.code for each in reading(SIGNED).findings] == ["SIG-06"]


def test_a_certificate_of_a_roll_over_is_believed_beside_the_one_before_it():
    old, new = (pin(keys.certificate_pem(name)) for name in ("partner", "partner-2"))
    both = Seals(pinned={"ID": (old, new)}, signed={"ID": True})
    for named in (None, ""):
        for name in ("partner", "partner-2"):
            assert reading(forge.signed(PLAIN, name=name, named=named), both).verdict is Verdict.VALID
