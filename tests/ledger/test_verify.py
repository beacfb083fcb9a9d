"""`verify` finds every trace of a hand in the ledger that is not the program's."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from entries import AT, entry, post, standing
from old_ledger import execute, make_old_ledger, rows_of

from adapter.envelope import digest
from adapter.ledger import HELD, Change, Hold, ItemStep, Ledger, Outcome, VerificationStep
from adapter.ledger.anchors import GENESIS
from adapter.ledger.engine import micros, open_engine
from adapter.ledger.facts import Facts
from adapter.ledger.journal import seal
from adapter.ledger.payload import packed
from adapter.ledger.verify import MOST
from adapter.ledger.verify.findings import SAID
from adapter.ledger.verify.scratch import Scratch

DAY = timedelta(days=1)
LARGE = b"<item>" * 100
ASKED = VerificationStep(
    "V-1", "ID", 1, "request", False, "kcci", "ik-cepa", "KEY-c1", "KEYc1", "c1", "d", None, AT.date()
)  # fmt: skip
MESSAGE = post("any").message.digest


def worker(url: str, name: str) -> Ledger:
    numbers = count(1)
    return Ledger(open_engine(url), chains=lambda: f"{name}{next(numbers)}")


@pytest.fixture
def kept(ledger_url: str) -> Iterator[Ledger]:
    """Three days of two workers: a certificate and its answers, one that died twice, messages sent and waiting."""
    one, two = worker(ledger_url, "a"), worker(ledger_url, "b")
    certified = Outcome(entry("d1"), (post("m1", LARGE, "c1"), post("m2")), standing("c1"))
    one.write([certified, Outcome(entry("d2", "rules"), (post("m3", direct=False),))], [], AT)
    one.settle(["m1", "m2"], [], AT)
    used = ItemStep("c1", 1, 1, "granted", AT.date(), "KGM", Decimal("1.50"), Decimal("8.5"), "f")
    accepted = Change("c1", "accepted", ("sent",))
    two.write([Outcome(entry("d3"), changes=(accepted,), items=(used,), verifications=(ASKED,))], [], AT)
    revised = Outcome(entry("d2", "write"), repeated=True, revised=True)
    one.write([revised, Outcome(entry("d4"), again=("m1",))], [], AT + DAY)
    two.settle(["m1"], [], AT + DAY)
    buried = replace(entry("d5", "intake"), body=None)
    two.write([Outcome(buried), Outcome(entry("d6"), (post("m4", direct=False),))], [], AT + 2 * DAY)
    one.write([Outcome(entry("d7"))], [], AT + 2 * DAY)
    yield one
    one.close()
    two.close()


def found(ledger: Ledger, noted: str | None = None) -> list[tuple[str, str | None]]:
    proof = ledger.verify(noted=noted)
    assert proof.codes == Counter(finding.code for finding in proof.findings)
    return sorted((finding.code, finding.path) for finding in proof.findings)


def test_a_ledger_that_nobody_touched_is_sound(kept: Ledger) -> None:
    proof = kept.verify()
    assert (proof.findings, proof.is_sound) == ([], True)
    assert proof.checked == {
        "links": 7, "anchors": 3, "deliveries": 7, "messages": 4, "certificates": 1, "history": 3, "items": 1,
        "verifications": 1, "interventions": 1,
    }  # fmt: skip
    assert proof.anchor is not None and (proof.anchor.number, proof.anchor.day) == (3, "2026-03-04")


def test_an_empty_ledger_is_sound(ledger: Ledger) -> None:
    assert found(ledger) == []


def test_an_old_ledger_is_sound_once_its_bytes_have_their_digests(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    execute(ledger_url, "UPDATE deliveries SET digest = :it", it=digest(b"body"))
    execute(ledger_url, "UPDATE outbox SET digest = :it", it=digest(b"message"))
    ledger = Ledger.open(ledger_url)
    assert found(ledger) == []
    ledger.settle(["m1"], [], AT)
    assert found(ledger) == []
    ledger.close()


TAMPERED = {
    "bytes of a delivery": (
        "UPDATE deliveries SET body = :other WHERE id = 'd1'", [("LED-09", "deliveries/d1")],
    ),
    "bytes and digest of a delivery": (
        "UPDATE deliveries SET body = :other, digest = :its WHERE id = 'd1'",
        [("LED-08", "deliveries/d1"), ("LED-09", "deliveries/d1")],
    ),
    "digest of a delivery": (
        "UPDATE deliveries SET digest = :its WHERE id = 'd1'", [("LED-08", "deliveries/d1")],
    ),
    "bytes of a delivery taken away": (
        "UPDATE deliveries SET body = NULL WHERE id = 'd1'", [("LED-10", "deliveries/d1")],
    ),
    "bytes of a delivery that were never here": (
        "UPDATE deliveries SET body = :other WHERE id = 'd5'", [("LED-09", "deliveries/d5")],
    ),
    "stage of a delivery": (
        "UPDATE deliveries SET stage = 'rules' WHERE id = 'd1'", [("LED-11", "deliveries/d1/stage")],
    ),
    "stage of a delivery that was looked at again": (
        "UPDATE deliveries SET stage = 'rules' WHERE id = 'd2'", [("LED-11", "deliveries/d2/stage")],
    ),
    "a delivery taken away": ("DELETE FROM deliveries WHERE id = 'd1'", [("LED-06", "deliveries/d1")]),
    "a delivery under another id": (
        "UPDATE deliveries SET id = 'd9' WHERE id = 'd1'", [("LED-06", "deliveries/d1"), ("LED-07", "deliveries/d9")],
    ),
    "bytes of a message": ("UPDATE bodies SET body = :other WHERE id = 'm2'", [("LED-09", "messages/m2")]),
    "compressed bytes of a message": ("UPDATE bodies SET body = :packed WHERE id = 'm1'", [("LED-09", "messages/m1")]),
    "bytes that cannot be unpacked": ("UPDATE bodies SET body = :other WHERE id = 'm1'", [("LED-09", "messages/m1")]),
    "bytes of a message taken away": ("DELETE FROM bodies WHERE id = 'm1'", [("LED-10", "messages/m1")]),
    "bytes of a message said to be dropped": (
        "UPDATE bodies SET body = :none, coding = 'dropped' WHERE id = 'm1'", [("LED-10", "messages/m1")],
    ),
    "digest of a message": ("UPDATE outbox SET digest = :its WHERE id = 'm1'", [("LED-08", "messages/m1")]),
    "receiver of a message": (
        "UPDATE outbox SET receiver = 'CN' WHERE id = 'm1'", [("LED-11", "messages/m1/receiver")],
    ),
    "a message taken away": ("DELETE FROM outbox WHERE id = 'm1'", [("LED-06", "messages/m1")]),
    "a message closed that never left": (
        "UPDATE outbox SET closed_at = 1 WHERE id = 'm3'", [("LED-14", "messages/m3")],
    ),
    "a message opened that left": ("UPDATE outbox SET closed_at = NULL WHERE id = 'm2'", [("LED-14", "messages/m2")]),
    "content of a certificate": ("UPDATE certificates SET digest = 'x'", [("LED-08", "certificates/c1")]),
    "state of a certificate": ("UPDATE certificates SET state = 'granted'", [("LED-12", "certificates/c1")]),
    "state of a certificate as it was before": (
        "UPDATE certificates SET state = 'issued', changes = 1", [("LED-12", "certificates/c1")],
    ),
    "a certificate taken away": ("DELETE FROM certificates", [("LED-06", "certificates/c1")]),
    "a step of the history": (
        "UPDATE history SET cause = 'd1' WHERE number = 2", [("LED-13", "history/c1/2")],
    ),
    "a step of the history taken away": ("DELETE FROM history WHERE number = 2", [("LED-06", "history/c1/2")]),
    "the last step of the history taken away": (
        "DELETE FROM history WHERE number = 3", [("LED-06", "history/c1/3"), ("LED-12", "certificates/c1")],
    ),
    "a step of the history added": (
        "INSERT INTO history VALUES ('c1', 4, 'granted', 1, 'd1')", [("LED-07", "history/c1/4")],
    ),
    "the balance of an item": ("UPDATE items SET balance = '9.5'", [("LED-13", "items/c1/1/1")]),
    "a decision on an item taken away": ("DELETE FROM items", [("LED-06", "items/c1/1/1")]),
    "a decision on an item added": (
        "INSERT INTO items SELECT certificate, item, 2, status, decided_on, unit, quantity, '100', feedback, at, "
        "cause, claim FROM items",
        [("LED-07", "items/c1/1/2")],
    ),
    "what a verification asks": (
        "UPDATE verifications SET answerer = 'unipass'", [("LED-13", "verifications/V-1/ID/1")],
    ),
    "a verification taken away": ("DELETE FROM verifications", [("LED-06", "verifications/V-1/ID/1")]),
    "what a link says": (
        "UPDATE journal SET facts = :facts WHERE chain = 'b1' AND link = 2",
        [("LED-01", "journal/b1/2")],
    ),
    "a link that says nothing": (
        "UPDATE journal SET facts = :other WHERE chain = 'b1' AND link = 2",
        [("LED-01", "journal/b1/2")],
    ),
    "time of a link": (
        "UPDATE journal SET at = at + 1 WHERE chain = 'a1' AND link = 2", [("LED-01", "journal/a1/2")],
    ),
    "a link taken away that two anchors hold": (
        "DELETE FROM journal WHERE chain = 'a1' AND link = 2",
        [
            ("LED-02", "journal/a1/3"), *[("LED-05", "journal/a1/2")] * 2, ("LED-07", "history/c1/2"),
            ("LED-14", "messages/m2"),
        ],
    ),
    "an anchor": ("UPDATE anchors SET day = '2026-03-09' WHERE number = 2", [("LED-03", "anchors/2")]),
    "what an anchor holds": (
        "UPDATE anchors SET heads = :other WHERE number = 3", [("LED-03", "anchors/3")],
    ),
    "an anchor taken away": ("DELETE FROM anchors WHERE number = 2", [("LED-04", "anchors/3")]),
    "the first anchor taken away": ("DELETE FROM anchors WHERE number = 1", [("LED-04", "anchors/2")]),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_hand_in_the_ledger_is_found(
    kept: Ledger, ledger_url: str, statement: str, expected: list[tuple[str, str]]
) -> None:
    values = {"other": b"other", "its": digest(b"other"), "packed": packed(LARGE + b"!")[0], "none": b""}
    values["facts"] = Facts(closed=["m2"]).pack()
    wanted = {name: value for name, value in values.items() if f":{name}" in statement}
    assert execute(ledger_url, statement, **wanted) == 1
    assert found(kept) == sorted(expected)


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("deliveries", "body", "LED-09"), ("deliveries", "size", "LED-09"), ("deliveries", "stage", "LED-11"),
        ("bodies", "body", "LED-09"), ("outbox", "digest", "LED-08"), ("certificates", "changes", "LED-12"),
        ("history", "at", "LED-13"), ("journal", "facts", "LED-01"), ("journal", "at", "LED-01"),
        ("anchors", "heads", "LED-03"), ("anchors", "day", "LED-03"),
    ],
)  # fmt: skip
def test_text_in_the_place_of_anything_is_a_finding_and_no_error(
    tmp_path: Path, table: str, column: str, code: str
) -> None:
    """SQLite keeps whatever it is given."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = worker(url, "a")
    ledger.write([Outcome(entry("d"), (post("m", LARGE),), standing("c"))], [], AT)
    ledger.write([Outcome(replace(entry("e"), body=LARGE, digest=digest(LARGE), size=len(LARGE)))], [], AT + DAY)
    assert found(ledger) == []
    execute(url, f"UPDATE {table} SET {column} = 'hm'")
    assert code in {each for each, _ in found(ledger)}
    ledger.close()


def test_what_is_held_without_a_row_that_says_how_long_is_found(ledger: Ledger, ledger_url: str) -> None:
    held = Outcome(entry("d1", HELD), hold=Hold("KEY", AT + DAY))
    ledger.write([held, Outcome(entry("d2", "rules")), Outcome(entry("d3"))], [], AT)
    assert found(ledger) == []
    assert execute(ledger_url, "DELETE FROM holds") == 1
    assert found(ledger) == [("LED-16", "deliveries/d1")]
    assert ledger.adopt_held(AT, AT + DAY) == ["d1"]
    assert found(ledger) == []


def test_links_that_changed_places_are_found(kept: Ledger, ledger_url: str) -> None:
    for old, new in ((2, 9), (3, 2), (9, 3)):
        assert execute(ledger_url, f"UPDATE journal SET link = {new} WHERE chain = 'a1' AND link = {old}") == 1
    told = found(kept)
    for place in ("journal/a1/2", "journal/a1/3"):
        assert {("LED-01", place), ("LED-02", place)} <= set(told)


def test_a_chain_whose_end_was_cut_off_before_an_anchor_is_found(kept: Ledger, ledger_url: str) -> None:
    """Also with all that it wrote: only the anchor knows."""
    assert execute(ledger_url, "DELETE FROM journal WHERE chain = 'b1' AND link >= 2") == 2
    for table, ids in (("deliveries", "('d5', 'd6')"), ("outbox", "('m4')"), ("bodies", "('m4')")):
        execute(ledger_url, f"DELETE FROM {table} WHERE id IN {ids}")
    execute(ledger_url, "UPDATE outbox SET closed_at = NULL WHERE id = 'm1'")
    assert found(kept) == [("LED-05", "journal/b1/2")]


def test_a_chain_written_anew_with_right_hashes_is_found_by_the_anchor(kept: Ledger, ledger_url: str) -> None:
    link = next(row for row in rows_of(ledger_url, "journal") if (row["chain"], row["link"]) == ("b1", 1))
    sealed = seal("b1", 1, link["at"] + 1, link["previous"], link["facts"])
    execute(ledger_url, "UPDATE journal SET at = at + 1, hash = :it WHERE chain = 'b1' AND link = 1", it=sealed)
    execute(ledger_url, "DELETE FROM journal WHERE chain = 'b1' AND link > 1")
    assert ("LED-05", "journal/b1/1") in found(kept)


ITS = digest(b"other")
FORGED = {
    "deliveries/d1": (
        f"UPDATE deliveries SET body = :other, size = 5, digest = '{ITS}' WHERE id = 'd1'",
        Facts(deliveries=[("d1", ITS, "done")]),
    ),
    "messages/m3": ("UPDATE outbox SET receiver = 'CN' WHERE id = 'm3'", Facts(messages=[("m3", MESSAGE, "CN")])),
    "certificates/c1": (f"UPDATE certificates SET digest = '{ITS}'", Facts(certificates=[("c1", ITS)])),
    "history/c1/2": (
        "UPDATE history SET cause = 'd1' WHERE number = 2", Facts(states=[("c1", 2, "sent", micros(AT), "d1")]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("place", "forged"), FORGED.items(), ids=FORGED.keys())
def test_a_link_added_to_bear_out_what_was_altered_contradicts_the_one_that_wrote_it(
    kept: Ledger, ledger_url: str, place: str, forged: tuple[str, Facts]
) -> None:
    statement, facts = forged
    assert execute(ledger_url, statement, **{"other": b"other"} if ":other" in statement else {}) == 1
    said, at = facts.pack(), micros(AT)
    link = {"said": said, "at": at, "before": GENESIS, "hash": seal("z", 1, at, GENESIS, said)}
    execute(ledger_url, "INSERT INTO journal VALUES ('z', 1, :at, :before, :hash, :said)", **link)
    assert found(kept) == [("LED-15", place)]


def test_anchors_written_anew_are_found_by_a_hash_that_was_noted(kept: Ledger, ledger_url: str) -> None:
    anchor = kept.verify().anchor
    assert anchor is not None
    assert found(kept, anchor.hash) == []
    execute(ledger_url, "DELETE FROM anchors WHERE number = 3")
    assert found(kept) == []
    assert found(kept, anchor.hash) == [("LED-05", "anchors")]


def test_many_findings_are_counted_and_the_first_told(kept: Ledger, ledger_url: str) -> None:
    ids = [f"x{place:05d}" for place in range(MOST + 200)]
    kept.write([Outcome(entry(id)) for id in ids], [], AT + 2 * DAY)
    execute(ledger_url, "UPDATE deliveries SET stage = 'rules' WHERE id LIKE 'x%'")
    proof = kept.verify()
    assert (len(proof.findings), proof.codes["LED-11"]) == (MOST, MOST + 200)


def test_what_is_written_meanwhile_does_not_disturb(kept: Ledger) -> None:
    numbers = count()

    def write(*_: object) -> None:
        number = next(numbers)
        if number < 5:
            kept.write([Outcome(entry(f"n{number}"), (post(f"nm{number}"),))], [], AT + 2 * DAY)

    assert kept.verify(write).findings == []
    assert kept.verify().checked["deliveries"] == 12


def test_progress_is_told_up_to_the_end(kept: Ledger) -> None:
    told: dict[str, tuple[int, int]] = {}
    kept.verify(lambda what, done, of: told.update({what: (done, of)}))
    assert told["deliveries"] == (7, 7)
    assert set(told) == {
        "links", "anchors", "deliveries", "messages", "certificates", "history", "items", "verifications",
        "interventions",
    }  # fmt: skip


def test_every_code_is_explained_on_the_page_about_the_ledger() -> None:
    page = (Path(__file__).parents[2] / "docs/ledger.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(LED-\d\d)` \|", page, re.MULTILINE) == sorted(SAID)


def test_what_was_written_before_claims_were_kept_is_sound(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch.db")
    scratch.learn({"items": [["c1", 1, 1, "granted", "2026-03-02", "KGM", "1.5", "8.5", "f", 1, "d1"]]})
    assert scratch.said("items", "cause, claim", "c1", 1, 1) == ("d1", None)
    scratch.close()
