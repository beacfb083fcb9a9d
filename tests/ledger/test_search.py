"""What the ledger is asked for by number, by page, or because it is due."""

from dataclasses import replace
from datetime import timedelta

from entries import AT, entry, post
from old_ledger import make_old_ledger
from sqlalchemy import event

from adapter.ledger import Entry, Ledger, Outcome

HOUR = timedelta(hours=1)


def about(id: str, number: str) -> Entry:
    return replace(entry(id), number=number, key=number.replace("-", ""), partner="ID")


def test_deliveries_are_found_by_number_however_it_is_spelt(ledger: Ledger) -> None:
    ledger.write([Outcome(about("b", "K001-25-1")), Outcome(about("c", "K001-25-2")), Outcome(entry("d"))], [], AT)
    ledger.write([Outcome(about("a", "K00125-1"))], [], AT + HOUR)
    assert [(found.id, found.partner, found.received_at) for found in ledger.deliveries_of("k001 25 1")] == [
        ("b", "ID", AT),
        ("a", "ID", AT + HOUR),
    ]


def test_messages_are_found_by_the_number_of_what_they_came_of(ledger: Ledger) -> None:
    ledger.write(
        [Outcome(about("d", "K001-25-1"), (post("m"), post("answer"))), Outcome(entry("e"), (post("n"),))], [], AT
    )
    ledger.settle(["m"], [("answer", AT + HOUR, "nobody there")], AT)
    answer, sent = sorted(ledger.messages_of("K001-25-1"), key=lambda each: each.id)
    assert (sent.id, sent.delivery, sent.attempts, sent.closed_at) == ("m", "d", 1, AT)
    assert (answer.id, answer.first_error, answer.next_attempt_at, answer.closed_at) == (
        "answer", "nobody there", AT + HOUR, None,
    )  # fmt: skip


def test_pages_follow_each_other_without_gap_or_repetition(ledger: Ledger) -> None:
    for hour in range(3):
        ledger.write([Outcome(entry(f"{hour}{place}")) for place in range(5)], [], AT + hour * HOUR)
    seen, place = [], None
    while page := ledger.deliveries(place, limit=4):
        seen += [each.id for each in page]
        place = page[-1].place
    assert seen == [f"{hour}{place}" for hour in (2, 1, 0) for place in (4, 3, 2, 1, 0)]


def test_what_is_due_is_shown_and_left_where_it_is(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("d"), tuple(post(id, direct=False) for id in "xyz"))], [], AT)
    ledger.settle(["x"], [("y", AT + HOUR, "nobody there")], AT)
    for _ in range(2):
        assert [each.id for each in ledger.due(AT)] == ["z"]
    assert [each.id for each in ledger.due(AT + HOUR)] == ["z", "y"]
    assert [each.id for each in ledger.due(AT + HOUR, limit=1)] == ["z"]


def test_messages_are_leased_in_the_order_in_which_they_fell_due(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("d"), tuple(post(id, direct=False) for id in "xyz"))], [], AT)
    ledger.settle([], [("x", AT + 2 * HOUR, "nobody there"), ("y", AT + HOUR, "nobody there")], AT)
    leased = ledger.lease_due(AT + 3 * HOUR, 10, 10**9).waiting
    assert [each.message.id for each in leased] == ["z", "y", "x"]


def test_no_question_loads_a_payload(ledger: Ledger) -> None:
    ledger.write([Outcome(about("d", "K001-25-1"), (post("m", direct=False),))], [], AT)
    asked: list[str] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    (newest,) = ledger.deliveries()
    assert ledger.deliveries(newest.place) == []
    assert ledger.deliveries_of("K001-25-1") and ledger.messages_of("K001-25-1") and ledger.due(AT)
    assert len(asked) >= 5
    assert [statement for statement in asked if "body" in statement or "bodies" in statement] == []


def test_what_an_older_program_wrote_is_found_too(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    ledger = Ledger.open(ledger_url)
    assert [(each.id, each.partner) for each in ledger.deliveries_of("k001250000001")] == [("d1", "ID")]
    assert {each.id for each in ledger.messages_of("K001-25-0000001")} == {"a1", "m1"}
    ledger.close()
