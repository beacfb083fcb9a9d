"""Whatever is done to the bytes of a signed message: if it is valid, it says what was signed."""

from dataclasses import replace
from functools import cache

import keys
import shelf
from hypothesis import given
from hypothesis import strategies as st

from adapter import translate
from adapter.delivery import Delivery
from adapter.findings import Verdict
from adapter.schema import parse_xml
from adapter.signature import sign
from adapter.trust import Seals, pin

PLAIN = (shelf.FIXTURES / "id/certificate/ik-cepa-import-3-items.xml").read_bytes()
SIGNED = sign(parse_xml(PLAIN), keys.signing("partner"))
HELD = Seals(pinned={"ID": (pin(keys.certificate_pem("partner")),)}, signed={"ID": True})
HARMLESS = [b"<!-- -->", b"<?x y?>", b" ", b"<![CDATA[]]>", b"&#32;", b"&#x4B;", b"\xef\xbb\xbf", b'xmlns:y="u:y"']


def reading(body):
    return translate.read(Delivery(body, "ID"), shelf.catalogue(), replace(shelf.facts(), at=keys.AT), seals=HELD)


@cache
def said():
    """The reading of the message as it is."""
    return reading(SIGNED)


def says_what_was_signed(body):
    found = reading(body)
    if found.verdict is Verdict.VALID:
        assert found.content.as_json() == said().content.as_json()
        assert found.header == said().header


def test_the_message_is_valid_as_it_is():
    assert said().verdict is Verdict.VALID


@given(place=st.integers(0, len(SIGNED) - 1), turn=st.integers(1, 255))
def test_no_other_byte_makes_a_valid_message_of_other_content(place, turn):
    says_what_was_signed(SIGNED[:place] + bytes([SIGNED[place] ^ turn]) + SIGNED[place + 1 :])


@given(place=st.integers(0, len(SIGNED)), put=st.sampled_from(HARMLESS))
def test_nothing_put_in_makes_a_valid_message_of_other_content(place, put):
    says_what_was_signed(SIGNED[:place] + put + SIGNED[place:])


@given(begins=st.integers(0, len(SIGNED)), length=st.integers(1, 200))
def test_nothing_left_out_makes_a_valid_message_of_other_content(begins, length):
    says_what_was_signed(SIGNED[:begins] + SIGNED[begins + length :])


@given(begins=st.integers(0, len(SIGNED)), length=st.integers(1, 300), to=st.integers(0, len(SIGNED)))
def test_nothing_said_twice_makes_a_valid_message_of_other_content(begins, length, to):
    says_what_was_signed(SIGNED[:to] + SIGNED[begins : begins + length] + SIGNED[to:])
