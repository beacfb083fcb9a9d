"""The journal: a link for each transaction that writes, in chains that wait for nobody; an anchor for each day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from entries import AT, entry, post, standing
from old_ledger import execute, make_old_ledger, rows_of

from adapter.ledger import Change, Ledger, Outcome, Outpaced, anchors
from adapter.ledger.anchors import GENESIS, unpack_heads
from adapter.ledger.engine import open_engine
from adapter.ledger.facts import unpack
from adapter.ledger.journal import seal

DAY = timedelta(days=1)


def worker(url: str, name: str) -> Ledger:
    """One that names its chains after itself: `a1`, `a2` ..."""
    numbers = count(1)
    return Ledger(open_engine(url), chains=lambda: f"{name}{next(numbers)}")


def links(url: str) -> list[tuple[str, int]]:
    return [(row["chain"], row["link"]) for row in rows_of(url, "journal")]


def first_link(url: str) -> str:
    return str(rows_of(url, "journal")[0]["hash"])


def said(url: str) -> list[dict[str, list[object]]]:
    return [unpack(row["facts"]) for row in rows_of(url, "journal")]


def test_a_window_is_one_link_that_says_what_was_written(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([Outcome(entry("d"), (post("m"),), standing("s")), Outcome(entry("e", "rules"))], ["x"], AT)
    (link,) = rows_of(ledger_url, "journal")
    assert (link["chain"], link["link"], link["previous"]) == ("a1", 1, GENESIS)
    assert unpack(link["facts"]) == {
        "deliveries": [["d", entry("d").digest, "done"], ["e", entry("e").digest, "rules"]],
        "messages": [["m", post("m").message.digest, "ID"]],
        "certificates": [["s", "d"]],
        "states": [["s", 1, "issued", link["at"], "d"]],
        "closed": ["x"],
    }
    ledger.close()


def test_each_link_is_sealed_over_the_one_before_it(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    for id in "bcd":
        ledger.write([Outcome(entry(id))], [], AT)
    first, second, third = rows_of(ledger_url, "journal")
    assert (second["previous"], third["previous"]) == (first["hash"], second["hash"])
    assert third["hash"] == seal("a1", 3, third["at"], second["hash"], third["facts"])
    ledger.close()


def test_what_writes_nothing_down_adds_no_link(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([], [], AT)
    ledger.settle([], [("nothing", AT, "nobody there")], AT)
    assert links(ledger_url) == []
    ledger.close()


def test_a_confirmation_is_a_link(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.settle(["m"], [], AT)
    assert said(ledger_url) == [{"closed": ["m"]}]
    ledger.close()


def test_a_change_that_is_not_taken_is_not_written_down(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([Outcome(entry("d"), changes=(Change("s", "accepted", ("issued",)),))], [], AT)
    assert said(ledger_url) == [{"deliveries": [["d", entry("d").digest, "done"]]}]
    ledger.close()


def test_a_message_that_was_there_before_is_written_down_as_it_is_there(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([Outcome(entry("d"), (post("m", direct=False),))], [], AT)
    ledger.write([Outcome(entry("e"), (post("m", b"other bytes", direct=False),))], [], AT)
    first, second = (link["messages"] for link in said(ledger_url))
    assert first == second
    ledger.close()


def test_workers_write_chains_of_their_own(ledger_url: str) -> None:
    one, two = worker(ledger_url, "a"), worker(ledger_url, "b")
    one.write([Outcome(entry("c"))], [], AT)
    two.write([Outcome(entry("d"))], [], AT)
    one.write([Outcome(entry("e"))], [], AT)
    assert links(ledger_url) == [("a1", 1), ("a1", 2), ("b1", 1)]
    one.close()
    two.close()


def test_a_window_that_was_outpaced_leaves_its_chain_as_it_was(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([Outcome(entry("d"))], [], AT)
    with pytest.raises(Outpaced):
        ledger.write([Outcome(entry("d"))], [], AT)
    ledger.write([Outcome(entry("e"))], [], AT)
    assert links(ledger_url) == [("a1", 1), ("a1", 2)]
    ledger.close()


def test_after_a_failure_another_chain_begins(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    ledger.write([Outcome(entry("d"))], [], AT)
    with pytest.raises(AttributeError):
        ledger.write([Outcome(entry("lost"), changes=(None,))], [], AT)  # type: ignore[arg-type]
    ledger.write([Outcome(entry("e"))], [], AT)
    assert links(ledger_url) == [("a1", 1), ("a2", 1)]
    ledger.close()


def test_a_chain_that_another_worker_writes_too_is_refused(ledger_url: str) -> None:
    one, two = (Ledger(open_engine(ledger_url), chains=lambda: "same") for _ in range(2))
    one.write([Outcome(entry("d"))], [], AT)
    with pytest.raises(RuntimeError, match="another worker writes the chain 'same'"):
        two.write([Outcome(entry("e"))], [], AT)
    assert [row["id"] for row in rows_of(ledger_url, "deliveries")] == ["d"]
    one.close()
    two.close()


def test_a_new_day_begins_with_an_anchor_over_all_heads(ledger_url: str) -> None:
    one, two = worker(ledger_url, "a"), worker(ledger_url, "b")
    for ledger, id in ((one, "c"), (two, "d"), (one, "e")):
        ledger.write([Outcome(entry(id))], [], AT)
    heads = {row["chain"]: (row["link"], row["hash"]) for row in rows_of(ledger_url, "journal")}
    one.write([Outcome(entry("f"))], [], AT + DAY)
    two.write([Outcome(entry("g"))], [], AT + DAY)
    first, second = rows_of(ledger_url, "anchors")
    assert (first["number"], first["day"], first["previous"]) == (1, "2026-03-02", GENESIS)
    assert unpack_heads(first["heads"]) == {"a1": (1, first_link(ledger_url))}  # what was there when b began
    assert (second["number"], second["day"], second["previous"]) == (2, "2026-03-03", first["hash"])
    assert unpack_heads(second["heads"]) == heads
    one.close()
    two.close()


def test_a_chain_that_rests_is_held_fast_by_an_earlier_anchor_alone(ledger_url: str) -> None:
    one, two = worker(ledger_url, "a"), worker(ledger_url, "b")
    for ledger, id in ((one, "c"), (two, "d")):
        ledger.write([Outcome(entry(id))], [], AT)
    for day in range(1, 5):
        one.write([Outcome(entry(f"e{day}"))], [], AT + day * DAY)
    anchors = rows_of(ledger_url, "anchors")
    held = ["".join(sorted(unpack_heads(anchor["heads"]))) for anchor in anchors]
    assert held == ["a1", "a1b1", "a1b1", "a1", "a1"]
    assert [anchor["previous"] for anchor in anchors[1:]] == [anchor["hash"] for anchor in anchors[:-1]]
    one.close()
    two.close()


def test_a_chain_of_a_worker_whose_clock_is_days_behind_is_held_fast_all_the_same(ledger_url: str) -> None:
    one, late = worker(ledger_url, "a"), worker(ledger_url, "b")
    for day in range(5):
        one.write([Outcome(entry(f"e{day}"))], [], AT + day * DAY)
    late.write([Outcome(entry("d"))], [], AT + DAY)
    one.write([Outcome(entry("e5"))], [], AT + 5 * DAY)
    assert set(unpack_heads(rows_of(ledger_url, "anchors")[-1]["heads"])) == {"a1", "b1"}
    one.close()
    late.close()


def test_of_workers_that_meet_a_new_day_together_one_writes_the_anchor(ledger_url: str) -> None:
    first = worker(ledger_url, "a")
    first.write([Outcome(entry("d"))], [], AT)
    workers = [worker(ledger_url, name) for name in "bcde"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.settle(["m"], [], AT + DAY), workers))
    assert [anchor["number"] for anchor in rows_of(ledger_url, "anchors")] == [1]
    for each in [first, *workers]:
        each.close()


def test_a_clock_that_was_put_back_writes_no_second_anchor_of_a_day(ledger_url: str) -> None:
    ledger = worker(ledger_url, "a")
    for at in (AT, AT + DAY, AT + 2 * DAY, AT + DAY):
        ledger.settle(["m"], [], at)
    assert [anchor["day"] for anchor in rows_of(ledger_url, "anchors")] == ["2026-03-03", "2026-03-04"]
    ledger.close()


def test_links_that_go_back_in_time_are_sound_and_held_fast(ledger_url: str) -> None:
    one, late = worker(ledger_url, "a"), worker(ledger_url, "b")
    for place, (ledger, days) in enumerate([(one, 0), (one, 3), (late, 1), (one, 1), (late, 0), (late, -9), (one, 4)]):
        ledger.write([Outcome(entry(f"d{place}"))], [], AT + days * DAY)
    anchors = rows_of(ledger_url, "anchors")
    days = [anchor["day"] for anchor in anchors]
    assert days == ["2026-03-05", "2026-03-03", "2026-03-02", "2026-02-21", "2026-03-06"]
    assert unpack_heads(anchors[-1]["heads"]).keys() == {"a1", "b1"}
    assert [row["at"] for row in rows_of(ledger_url, "journal") if row["chain"] == "b1"] == sorted(
        (row["at"] for row in rows_of(ledger_url, "journal") if row["chain"] == "b1"), reverse=True
    )
    assert one.verify().findings == []
    execute(ledger_url, "DELETE FROM journal WHERE chain = 'b1' AND link = 3")
    assert [finding.code for finding in one.verify().findings] == ["LED-05", "LED-07"]
    one.close()
    late.close()


def test_an_anchor_that_another_days_was_faster_than_is_written_with_the_next_link(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = worker(ledger_url, "a")
    ledger.settle(["m"], [], AT)
    put_new, lost = anchors.put_new, []

    def lose_once(*given: object) -> int:
        return put_new(*given) if lost else bool(lost.append(given))

    monkeypatch.setattr(anchors, "put_new", lose_once)
    for _ in range(2):
        ledger.settle(["m"], [], AT + DAY)
    assert [anchor["day"] for anchor in rows_of(ledger_url, "anchors")] == ["2026-03-03"]
    ledger.close()


def test_what_an_older_program_wrote_is_written_down_as_it_is_found(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    execute(ledger_url, "UPDATE deliveries SET number = 'Ä' WHERE id = 'd2'")
    Ledger.open(ledger_url).close()
    rows = rows_of(ledger_url, "journal")
    assert [(row["chain"], row["link"]) for row in rows] == [("upgrade", link) for link in range(1, 7)]
    assert {name: values for link in said(ledger_url) for name, values in link.items()} == {
        "deliveries": [["d1", "5" * 64, "done"], ["d2", "5" * 64, "rules"], ["d3", "5" * 64, "rules"]],
        "bare": ["d3"],
        "messages": [["m1", "7" * 64, "ID"], ["a1", "7" * 64, "kcci"]],
        "closed": ["a1"],
        "certificates": [["c1", "6" * 64]],
        "states": [["c1", 1, "accepted", 3_000_000, "upgrade"]],
    }
    for row in rows:
        assert row["hash"] == seal(row["chain"], row["link"], row["at"], row["previous"], row["facts"])
