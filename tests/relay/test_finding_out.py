"""`eodes track`, `search`, `dead` and `replay`, as an operator uses them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from post_office import PostOffice, acknowledge, fixture, kinds, record, respond
from shell import ROOT, SECRETS, eodes, said
from test_declined import cancellation
from test_dispatch import moody

from adapter.envelope import digest
from adapter.ledger import Entry, Ledger
from adapter.ledger import Outcome as Written
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import DEAD, UNKNOWN
from adapter.schema import Limits

NUMBER, OTHER = "K001-25-0000001", "K001-25-0000002"
BAD = record(NUMBER, agreement="nobody's")
PAGE = (ROOT / "docs/finding-out.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PostOffice]:
    """A post office whose files are where commands look for them."""
    for name in ("HOME", "BROKER", "DATABASE", "PARTNER_VHOSTS", "CONNECTIONS"):
        monkeypatch.delenv(f"EODES_{name}", raising=False)
    monkeypatch.setenv("EODES_DATA", str(tmp_path))
    broker, ledger = Embedded(tmp_path / "queues.db"), Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield PostOffice(broker, ledger)
    ledger.close()
    broker.close()


def refused(office: PostOffice, body: bytes = BAD, message_id: str = "m-1") -> str:
    """The id of a record that was refused, its sender told."""
    office.put("kcci", body, message_id)
    office.work()
    office.take("kcci")
    return office.ledger.dead()[0].id


def why(number: str = NUMBER) -> list[str]:
    return [each["why"] for each in said("track", number)["answers"]]


def sent(office: PostOffice, number: str = NUMBER, message_id: str = "m-1"):
    office.put("kcci", record(number), message_id)
    office.work()
    (message,) = office.take("ID")
    return message


@pytest.mark.parametrize("words", [("track", NUMBER), ("search",), ("dead", "list"), ("dead", "show", "x"),
                                   ("dead", "retry", "x"), ("replay", NUMBER)])  # fmt: skip
def test_without_a_ledger_there_is_nothing_to_find_and_none_is_made(monkeypatch, tmp_path, words) -> None:
    monkeypatch.setenv("EODES_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    result = eodes(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no file" in result.stderr
    assert not (tmp_path / "none.db").exists()


def test_a_number_is_tracked_however_it_is_spelt_from_the_queue_to_the_partners_answer(office: PostOffice) -> None:
    message = sent(office)
    assert [each for each in why("k001 25 0000001") if "not acknowledged yet" in each]
    acknowledge(office, "ID", message)
    office.work()
    assert "acknowledged it on 2026-03-02 09:30:00 UTC" in why()[0]
    respond(office, "ID", message, "accepted")
    office.work()
    (answer,) = said("track", NUMBER)["answers"]
    assert (answer["is_there"], answer["why"]) == (True, "it is at ID, accepted on 2026-03-02 09:30:00 UTC")
    events = [(each["event"], each["what"]) for each in said("track", NUMBER)["timeline"]]
    for event in ("received", "certificate"), ("written", "certificate"), ("state", "issued"), ("received", "response"):
        assert event in events
    assert eodes("track", NUMBER).stdout.splitlines()[-1].endswith(answer["why"])


def test_what_a_partner_rejected_is_told_with_its_codes(office: PostOffice) -> None:
    respond(office, "ID", sent(office), "rejected")
    office.work()
    assert why() == ["ID rejected it on 2026-03-02 09:30:00 UTC with X-1"]


def test_what_waits_for_a_destination_that_is_left_alone_says_until_when(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    for place in range(5):
        office.put("kcci", record(f"K001-25-000000{place}"), f"m-{place}")
        office.work()
        office.clock.forward(minutes=2)
    office.work()
    (told,) = why()
    assert told.startswith("it waits in the outbox for ID since 2026-03-02 09:3")
    assert "is left alone until" in told and "it was tried" in told


def test_what_was_refused_says_with_which_code_and_where_to_look(office: PostOffice) -> None:
    id = refused(office, fixture("kcci/bad/chapter-77.json"))
    assert why("K012-25-0031907") == [
        "the certificate of kcci that came on 2026-03-02 09:30:00 UTC was refused with HS-01 (rules): "
        f"nothing was sent on; eodes dead show {id}"
    ]


def test_what_is_held_says_what_it_waits_for_and_until_when(office: PostOffice) -> None:
    office.put("kcci", cancellation(NUMBER), "c-1")
    office.work()
    (told,) = why()
    assert "is held and waits for its certificate to come until 2026-03-03 09:30:00 UTC" in told


def test_what_was_cancelled_says_by_what(office: PostOffice) -> None:
    sent(office)
    office.put("kcci", cancellation(NUMBER), "c-1")
    office.work()
    assert why() == [f"it was cancelled by cancellation {NUMBER} of kcci on 2026-03-02 09:30:00 UTC"]


def test_a_number_that_nobody_knows_is_exit_code_1(office: PostOffice) -> None:
    result = eodes("track", "K999")
    assert result.exit_code == 1
    assert "nothing is known" in result.stdout and "`eodes search`" in result.stdout


def test_the_dead_are_counted_by_code_and_by_whose_they_are(office: PostOffice) -> None:
    refused(office), refused(office, b"{", "m-2"), refused(office, b"{,", "m-3")
    office.put("ID", b"{", "p-1")
    office.work()
    groups = [(each["side"], each["code"], each["system"], each["count"]) for each in said("dead", "list")["groups"]]
    assert sorted((system, count) for _, _, system, count in groups) == [("ID", 1), ("kcci", 1), ("kcci", 2)]
    assert groups[0] == ("in", "DOC-SYNTAX", "kcci", 2)
    (one,) = said("dead", "list", "--all", "--partner", "ID")["dead"]
    assert (one["source"], one["message_id"]) == ("ID", "p-1")
    assert said("dead", "list", "--all", "--partner", "id", "--code", "doc-syntax")["dead"] == [one]
    assert eodes("dead", "list", "--code", "HS-99").stdout.startswith("nothing is dead of that")
    assert len(said("dead", "list", "--all")["dead"]) == 4
    assert eodes("dead", "list", "--all", "--limit", 2).stdout.splitlines()[-1].startswith("and 2 older")


def test_a_dead_one_is_shown_without_its_bytes_and_they_go_into_a_file_alone(office: PostOffice, tmp_path) -> None:
    body = fixture("kcci/bad/chapter-77.json")
    id = refused(office, body)
    for result in (eodes("dead", "show", id), eodes("dead", "show", id, "--json"), eodes("dead", "list", "--all")):
        assert "HS-01" in result.stdout
        assert [secret for secret in SECRETS if secret in result.stdout + result.stderr] == []
    told = said("dead", "show", id, "--out", str(tmp_path / "record.json"))
    assert (tmp_path / "record.json").read_bytes() == body
    assert (tmp_path / "record.json").stat().st_mode & 0o077 == 0, "it is confidential"
    assert (told["size"], told["stage"], told["findings"][0]["field"]) == (len(body), "rules", "items[1].hs")
    assert told["remedies"]["HS-01"]


NOTHING_DEAD = [
    ("show", "x"), ("retry", "x"), ("edit", "x", "--from", __file__, "--why", "y"),
    ("retry",), ("retry", "x", "--code", "HS-01"), ("retry", "--code", "HS-01"),
]  # fmt: skip


@pytest.mark.parametrize("words", NOTHING_DEAD)
def test_what_names_nothing_dead_is_wrong_usage(office: PostOffice, words) -> None:
    assert eodes("dead", *words).exit_code == 2


def test_a_retry_says_first_what_would_come_of_it_and_changes_nothing(office: PostOffice) -> None:
    id = refused(office)
    told = said("dead", "retry", id)
    assert (told["applied"], [each["became"] for each in told["results"]]) == (False, ["dead"])
    assert office.ledger.interventions([id]) == []


def test_a_group_is_retried_and_what_it_died_of_before_is_kept(office: PostOffice) -> None:
    id = refused(office)
    code = office.ledger.dead()[0].code
    words = ("dead", "retry", "--code", code, "--partner", "kcci", "--yes", "--by", "han", "--why", "try")
    result = eodes(*words)
    assert result.exit_code == 1
    (done,) = said("dead", "show", id)["done"]
    assert (done["what"], done["by"], done["why"], done["code"]) == ("retry", "han", "try", code)


def test_what_died_of_its_signature_is_not_taken_in_where_nothing_says_whom_to_believe(
    office: PostOffice, tmp_path
) -> None:
    """As in a shell that does not know the relay's connections.toml."""
    dead = Entry("d-1", "ID", "m-9", digest(b"<a/>"), 4, b"<a/>", stage="signature", code="SIG-01")
    office.ledger.write([Written(dead)], [], office.clock.now)
    refusal = eodes("dead", "retry", "--code", "SIG-01", "--partner", "ID", "--yes")
    assert (refusal.exit_code, "EODES_CONNECTIONS" in refusal.stderr) == (2, True)
    assert office.ledger.stages(["d-1"]) == {"d-1": "signature"}
    (tmp_path / "connections.toml").write_text("[partners.ID]\nsigned = false\n")
    (again,) = said("dead", "retry", "d-1", "--connections", str(tmp_path / "connections.toml"))["results"]
    assert (again["became"], again["stage"], again["code"]) == ("dead", "read", "DOC-ROOT")


def test_what_was_settled_elsewhere_is_listed_no_more_and_kept_with_the_reason(office: PostOffice) -> None:
    id = refused(office)
    words = ("dead", "dismiss", id, "--why", "settled by telephone", "--by", "han")
    assert "would be done" in eodes(*words).stdout
    assert [each["id"] for each in said("dead", "list", "--all")["dead"]] == [id]
    assert eodes(*words, "--yes").exit_code == 0
    assert said("dead", "list", "--all") == {"groups": [], "dead": []}
    assert office.ledger.counts().dead == {}
    shown = said("dead", "show", id)
    (done,) = shown["done"]
    assert (done["what"], done["by"], done["why"], done["code"]) == (
        "dismiss",
        "han",
        "settled by telephone",
        "MAP-CODE",
    )
    assert [each["id"] for each in said("search", "--state", "dismissed")["found"]] == [id]
    assert said("ledger", "verify")["verdict"] == "valid"


def test_what_was_dismissed_may_be_decided_again_and_comes_anew_from_its_sender(office: PostOffice) -> None:
    id = refused(office)
    eodes("dead", "dismiss", id, "--why", "settled", "--yes")
    (again,) = said("dead", "retry", id, "--yes")["results"]
    assert (again["became"], again["code"]) == ("dead", "MAP-CODE")
    eodes("dead", "dismiss", id, "--why", "settled", "--yes")
    assert refused(office) == id
    assert said("ledger", "verify")["verdict"] == "valid"


def test_only_what_came_and_died_is_dismissed(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    (delivery,) = office.ledger.deliveries_of(NUMBER)
    for id in (delivery.id, "nobody"):
        assert eodes("dead", "dismiss", id, "--why", "settled", "--yes").exit_code == 2
    assert office.ledger.stages([delivery.id]) == {delivery.id: "done"}


def test_what_died_before_its_signature_was_looked_at_is_not_taken_in_without_it(office: PostOffice, tmp_path) -> None:
    """A table was wrong, say; it is mended, and the shell does not know the relay's connections.toml."""
    body = fixture("id/certificate/ik-cepa-import-3-items.xml")
    dead = Entry("d-1", "ID", "m-9", digest(body), len(body), body, stage="crash", code="REL-01", sealed=True)
    office.ledger.write([Written(dead)], [], office.clock.now)
    refusal = eodes("dead", "retry", "d-1", "--yes")
    assert (refusal.exit_code, "before its signature was looked at" in refusal.stderr) == (2, True)
    assert office.ledger.stages(["d-1"]) == {"d-1": "crash"}


def test_a_corrected_record_goes_out_and_is_answered_under_the_first_ones_name(office: PostOffice, tmp_path) -> None:
    id = refused(office)
    (tmp_path / "right.json").write_bytes(record(NUMBER))
    words = ("dead", "edit", id, "--from", tmp_path / "right.json", "--why", "a digit", "--by", "han")
    assert said(*words)["became"] == "done"
    assert [each["id"] for each in said("dead", "list", "--all")["dead"]] == [id]
    result = eodes(*words, "--yes")
    assert (result.exit_code, "answers refer to m-1" in result.stdout) == (0, True)
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert [each.headers["correlation_id"] for each in office.take("kcci")] == ["m-1"]
    assert said("dead", "show", id)["corrected_by"]
    assert eodes("dead", "retry", id).exit_code == 2
    assert eodes("ledger", "verify").exit_code == 0


def test_a_correction_that_would_die_too_is_told_and_not_taken_in(office: PostOffice, tmp_path) -> None:
    id = refused(office)
    (tmp_path / "wrong.json").write_bytes(record(NUMBER, agreement="still nobody's"))
    result = eodes("dead", "edit", id, "--from", tmp_path / "wrong.json", "--why", "x", "--yes")
    assert (result.exit_code, len(office.ledger.deliveries())) == (1, 1)
    assert "nothing was taken in" in result.stdout


def test_a_partners_message_is_not_corrected_here(office: PostOffice, tmp_path) -> None:
    office.put("ID", b"<x/>", "p-1")
    office.work()
    (tmp_path / "other.xml").write_bytes(b"<y/>")
    (id,) = [each.id for each in office.ledger.dead()]
    result = eodes("dead", "edit", id, "--from", tmp_path / "other.xml", "--why", "x", "--yes")
    assert (result.exit_code, "only a domestic record" in result.stderr) == (2, True)


@pytest.fixture
def declined(office: PostOffice) -> str:
    """The id of a message that its destination declined for good."""
    broker = moody(office)
    broker.mood = Outcome.DECLINED
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    return next(each.id for each in office.ledger.dead_messages() if each.receiver == "ID")


def test_a_message_that_was_declined_is_among_the_dead_and_sent_after_all(declined: str, office: PostOffice) -> None:
    assert ("out", "ID") in {(each["side"], each["system"]) for each in said("dead", "list")["groups"]}
    assert "ID declined it with END-01" in why()[0]
    told = said("dead", "show", declined)
    assert (told["side"], told["stage"], told["code"]) == ("out", "endpoint", "END-01")
    assert said("dead", "retry", declined)["results"][0]["became"] == "due"
    assert office.ledger.message(declined).died_at
    assert said("dead", "retry", declined, "--yes")["results"][0]["became"] == "due"
    assert office.ledger.message(declined).died_at is None
    (done,) = office.ledger.interventions([declined])
    assert (done.what, done.stage, done.code) == ("retry", "endpoint", "END-01")


def test_a_message_that_is_given_up_is_told_so_and_not_sent_again(declined: str, office: PostOffice) -> None:
    assert eodes("dead", "give-up", declined, "--why", "never").exit_code == 0
    assert office.ledger.message(declined).closed_at is None
    assert eodes("dead", "give-up", declined, "--why", "never", "--yes").exit_code == 0
    assert "it was given up on" in why()[0]
    assert said("replay", NUMBER, "--yes")["ids"] == []
    assert eodes("ledger", "verify").exit_code == 0


def test_what_left_leaves_once_more_with_its_id_and_bytes_and_no_second_effect(office: PostOffice) -> None:
    first = sent(office)
    told = said("replay", "--partner", "ID", "--since", "2026-03-01")
    assert (told["applied"], told["ids"]) == (False, [first.message_id])
    office.work()
    assert office.take("ID") == []
    assert said("replay", "k001 25 0000001", "--yes", "--why", "it lost its disk")["ids"] == [first.message_id]
    office.work()
    (again,) = office.take("ID")
    assert (again.message_id, again.body) == (first.message_id, first.body)
    (done,) = office.ledger.interventions([str(first.message_id)])
    assert (done.what, done.why) == ("replay", "it lost its disk")
    assert eodes("ledger", "verify").exit_code == 0


def test_what_was_cancelled_does_not_come_to_life_again_unless_that_is_asked_for(office: PostOffice) -> None:
    first = sent(office)
    office.put("kcci", cancellation(NUMBER), "c-1")
    office.work()
    told = said("replay", NUMBER)
    assert {each["kind"]: each["outcome"] for each in told["messages"]} == {
        "certificate": "its certificate is over (--ended sends it too)", "cancellation": "would leave again",
    }  # fmt: skip
    assert first.message_id in said("replay", NUMBER, "--ended")["ids"]


def test_a_replay_that_would_send_nothing_or_names_nothing_is_told(office: PostOffice) -> None:
    nothing = eodes("replay", "K999")
    assert (nothing.exit_code, nothing.stdout.startswith("nothing of this ever left")) == (1, True)
    assert [eodes("replay", *words).exit_code for words in ((), ("--partner", "ID"), ("--message", "x"))] == [2, 2, 2]


def test_what_is_searched_for_is_found_by_what_it_is(office: PostOffice) -> None:
    message, id = sent(office), refused(office, b"{", "m-9")
    office.clock.forward(hours=1)
    sent(office, OTHER, "m-2")
    assert said("search")["found"][0]["message_id"] == "m-2"
    assert {each["message_id"] for each in said("search")["found"]} == {"m-1", "m-2", "m-9"}
    assert [each["number"] for each in said("search", "25-0000002")["found"]] == [OTHER]
    assert {each["number"] for each in said("search", "k00125")["found"]} == {NUMBER, OTHER}
    assert [each["id"] for each in said("search", "--state", "dead")["found"]] == [id]
    assert [each["id"] for each in said("search", "m-9")["found"]] == [id]
    assert [each["number"] for each in said("search", "--since", "2026-03-02T10:00")["found"]] == [OTHER]
    assert [each["id"] for each in said("search", "--in", "messages", str(message.message_id))["found"]] == [
        message.message_id
    ]
    papers = said("search", "--in", "certificates", "--partner", "ID", "--state", "sent", "--agreement", "ik-cepa")
    assert [each["number"] for each in papers["found"]] == [OTHER, NUMBER]
    before = said("search", "--in", "messages", "--partner", "ID", "--until", "2026-03-02T10:00")["found"]
    assert [each["number"] for each in before] == [NUMBER]
    assert eodes("search", "nothing-of-that").exit_code == 1


@pytest.mark.parametrize("what", ["deliveries", "certificates", "messages"])
def test_pages_follow_each_other_without_gap_or_repetition(office: PostOffice, what: str) -> None:
    for place in range(5):
        office.put("kcci", record(f"K001-25-000000{place}"), f"m-{place}")
    office.work()
    every, seen, after = said("search", "--in", what)["found"], [], ()
    while (page := said("search", "--in", what, "--limit", "2", *after))["found"]:
        seen += page["found"]
        if page["after"] is None:
            break
        after = ("--after", page["after"])
    assert [each["id"] for each in seen] == [each["id"] for each in every]
    assert len({each["id"] for each in seen}) == len(seen) >= 5


UNSEARCHABLE = [
    ("--in", "messages", "--state", "used"), ("--after", "x"), ("--since", "soon"),
    ("--in", "certificates", "--kind", "feedback"), ("--partner", "nobody"),
]  # fmt: skip


@pytest.mark.parametrize("words", UNSEARCHABLE)
def test_what_cannot_be_searched_for_is_wrong_usage(office: PostOffice, words) -> None:
    assert eodes("search", *words).exit_code == 2


def test_what_was_too_large_is_put_back_into_its_inbox_and_let_go_of_when_it_lies_there(office: PostOffice) -> None:
    small = PostOffice(office.broker, office.ledger, office.clock, limits=Limits(size=100))
    small.put("kcci", record(NUMBER), "m-1", receiver="ID")
    small.work()
    (lies,) = said("dead", "queue")["messages"]
    assert (lies["source"], lies["reason"], lies["message_id"], lies["to"]) == (
        "from.kcci", "DOC-SIZE", "m-1", "from.kcci",
    )  # fmt: skip
    assert office.broker.depths([DEAD]) == {DEAD: 1}
    assert said("dead", "queue", "dead", lies["id"], "--yes")["left"] == 0
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert said("dead", "list")["groups"] == []
    assert eodes("ledger", "verify").exit_code == 0


def test_what_lies_among_the_unknown_needs_a_system_named(office: PostOffice) -> None:
    office.broker.send([Parcel(UNKNOWN, "u-1", record(NUMBER))])
    assert eodes("dead", "queue", "unknown", "--yes").exit_code == 2
    assert office.broker.depths([UNKNOWN]) == {UNKNOWN: 1}
    assert eodes("dead", "queue", "unknown", "--into", "kcci", "--yes").exit_code == 0
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_page_runs_as_it_stands(office: PostOffice, line: str, monkeypatch) -> None:
    office.put("kcci", fixture("kcci/certificate/kr-cn-1-item.json"), "m-1")
    office.work()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        line, shell=True, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0 or (ended.returncode == 1 and not ended.stderr), ended.stderr


def test_the_page_names_every_column_that_a_search_gives(office: PostOffice) -> None:
    sent(office)
    for what in ("deliveries", "certificates", "messages"):
        (columns,) = re.findall(rf"^\| {what} \| (.*) \|$", PAGE, re.MULTILINE)
        assert set(said("search", "--in", what)["found"][0]) == set(columns.split(", "))
