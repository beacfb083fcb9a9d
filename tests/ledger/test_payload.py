"""Bytes are stored compressed, and come back as they were."""

import zlib

import pytest
from entries import AT, entry, post
from old_ledger import rows_of

from adapter.ledger import Entry, Ledger, Outcome
from adapter.ledger.payload import SMALL, ZLIB, packed, unpacked

LARGE = b"<item>" * 10_000
UNTIDY = bytes(range(256)) * 2


@pytest.mark.parametrize("body", [b"", b"x", b"y" * SMALL, LARGE, UNTIDY, b"\x78\x9c" + UNTIDY])
def test_bytes_come_back_as_they_were(body: bytes) -> None:
    stored, coding = packed(body)
    assert unpacked(coding, stored) == body
    assert len(stored) <= len(body)


def test_small_bytes_and_such_as_do_not_shrink_are_stored_as_they_are() -> None:
    assert packed(b"x" * (SMALL - 1)) == (b"x" * (SMALL - 1), None)
    assert packed(bytes(range(256))) == (bytes(range(256)), None)


def test_large_bytes_are_stored_compressed() -> None:
    stored, coding = packed(LARGE)
    assert coding == ZLIB
    assert len(stored) < len(LARGE) / 50


@pytest.mark.parametrize("window", [13, 15])
def test_what_zlib_itself_compressed_in_an_older_ledger_is_read(window: int) -> None:
    writer = zlib.compressobj(1, zlib.DEFLATED, window)
    assert unpacked(ZLIB, writer.compress(LARGE) + writer.flush()) == LARGE


def test_zlib_itself_reads_what_is_stored() -> None:
    assert zlib.decompress(packed(LARGE)[0]) == LARGE


@pytest.mark.parametrize(
    ("coding", "stored"), [(ZLIB, b"no zlib"), (ZLIB, packed(LARGE)[0][:-9]), ("lzma", b"?"), ("dropped", b"")]
)
def test_bytes_that_cannot_be_had_are_an_error(coding: str, stored: bytes) -> None:
    with pytest.raises(ValueError, match="had|compressed|missing"):
        unpacked(coding, stored)


def test_no_more_is_unpacked_than_there_should_be() -> None:
    stored, coding = packed(LARGE)
    assert unpacked(coding, stored, most=100) == LARGE[:101]


def test_the_ledger_stores_compressed_and_gives_back_what_came(ledger: Ledger, ledger_url: str) -> None:
    died = entry("a", "rules")
    large = Entry(died.id, died.source, died.message_id, died.digest, len(LARGE), LARGE, stage="rules", code="X-1")
    ledger.write([Outcome(large, (post("m", LARGE, direct=False),))], [], AT)
    stored = [*rows_of(ledger_url, "deliveries"), *rows_of(ledger_url, "bodies")]
    assert [(row["coding"], len(row["body"]) < 1_000) for row in stored] == [(ZLIB, True), (ZLIB, True)]
    letter = ledger.dead_letter("a")
    assert letter is not None and letter.body == LARGE
    (waiting,) = ledger.lease_due(AT, 10, 10**9).waiting
    assert waiting.message.body == LARGE
