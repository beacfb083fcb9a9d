"""A folder, from both sides: what we put in and what we take out."""

import json
import os
import random

import pytest
from parcels import ids
from structlog.testing import capture_logs

from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.folder import Folder
from adapter.relay.receiving.folder import FolderSource
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.source import Outage

PARCEL = Parcel(
    "to.xa", "m-1", b"<certificate/>", "application/xml", "certificate", "m-0",
    {"sender": "XB", "function": "issue", "number": "번호/1"},
)  # fmt: skip


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_message_is_a_file_and_what_is_written_on_it_lies_beside(tmp_path):
    (receipt,) = Folder(tmp_path).carry([PARCEL])
    assert (receipt.outcome, receipt.message_id) == (Outcome.CONFIRMED, "m-1")
    assert names(tmp_path) == ["m-1.headers.json", "m-1.xml"]
    assert (tmp_path / "m-1.xml").read_bytes() == PARCEL.body
    assert json.loads((tmp_path / "m-1.headers.json").read_bytes()) == {
        "message_id": "m-1", "type": "certificate", "content_type": "application/xml", "correlation_id": "m-0",
        "sender": "XB", "function": "issue", "number": "번호/1",
    }  # fmt: skip


def test_what_is_written_on_it_is_there_before_it_and_both_are_whole(tmp_path, monkeypatch):
    seen = []
    replace = os.replace

    def watch(self, place):
        replace(self, place)
        seen.append((place.name, place.stat().st_size > 0))

    monkeypatch.setattr("pathlib.Path.replace", watch)
    list(Folder(tmp_path).carry([PARCEL]))
    assert seen == [("m-1.headers.json", True), ("m-1.xml", True)]


def test_the_same_message_again_is_the_same_file(tmp_path):
    assert [each.outcome for each in Folder(tmp_path).carry([PARCEL, PARCEL])] == [Outcome.CONFIRMED] * 2
    assert len(names(tmp_path)) == 2


@pytest.mark.parametrize("id", ["../m-1", ".m-1", "a/b", "m 1", "..", "urn:uuid:1"])
def test_whatever_its_id_it_stays_in_its_folder_and_can_be_seen(tmp_path, id):
    (tmp_path / "out").mkdir()
    (receipt,) = Folder(tmp_path / "out").carry([Parcel("to.xa", id, b"{}", "application/json")])
    assert receipt.outcome is Outcome.CONFIRMED
    assert names(tmp_path) == ["out"]
    assert len([name for name in names(tmp_path / "out") if not name.startswith(".")]) == 2


def test_a_link_that_lies_in_wait_leads_nothing_to_anywhere_else(tmp_path):
    """The partner writes in that folder too, and knows a message's id once it came."""
    ours, out = tmp_path / "ours", tmp_path / "out"
    ours.write_text("ours"), out.mkdir()
    hidden = [f".m-1.xml.{os.getpid()}.part", ".m-1.xml.part", ".m-1.xml"]
    for name in (*hidden, "m-1.xml", "m-1.headers.json"):
        (out / name).symlink_to(ours)
    (receipt,) = Folder(out).carry([PARCEL])
    assert (receipt.outcome, ours.read_text()) == (Outcome.CONFIRMED, "ours")
    assert (out / "m-1.xml").read_bytes() == PARCEL.body and not (out / "m-1.xml").is_symlink()


def test_two_who_write_the_same_message_at_once_never_show_half_of_it(tmp_path, monkeypatch):
    """In containers both have the same process number."""
    sync, shown = os.fsync, []

    def other(handle):
        monkeypatch.setattr("os.fsync", sync)
        list(Folder(tmp_path).carry([PARCEL]))
        shown.append((tmp_path / "m-1.xml").read_bytes())

    monkeypatch.setattr("os.fsync", other)
    (receipt,) = Folder(tmp_path).carry([PARCEL])
    assert (receipt.outcome, shown) == (Outcome.CONFIRMED, [PARCEL.body])


def test_a_folder_that_is_gone_or_full_is_tried_again(tmp_path, monkeypatch):
    (receipt,) = Folder(tmp_path / "gone").carry([PARCEL])
    assert (receipt.outcome, receipt.own) == (Outcome.REFUSED, True)
    assert "No such file" in receipt.reason
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    (receipt,) = Folder(tmp_path).carry([PARCEL])
    assert receipt.outcome is Outcome.REFUSED and "No space left" in receipt.reason
    assert names(tmp_path) == []


class Post:
    """A partner's folder, our broker, and who brings from one to the other."""

    def __init__(self, folder):
        self.folder = folder / "in"
        self.folder.mkdir()
        self.broker = Embedded(folder / "queues.db")
        self.keeper = Keeper(self.broker)
        self.broker.declare(["from.xa"])
        outage = Outage("XA", random.random, lambda _: None)
        self.source = FolderSource("XA", self.folder, self.keeper, 100, outage, lambda _: None)

    def put(self, name, body=b"<a/>", **said):
        if said:
            stem = name.rpartition(".")[0]
            (self.folder / f"{stem}.headers.json").write_text(json.dumps(said))
        (self.folder / name).write_bytes(body)

    def inbox(self):
        return self.broker.take(["from.xa"], 100, 10**9, 0)


@pytest.fixture
def post(tmp_path):
    post = Post(tmp_path)
    yield post
    post.keeper.close()
    post.broker.close()


def test_what_our_own_sending_side_puts_in_comes_out_as_it_was(post):
    list(Folder(post.folder).carry([PARCEL]))
    assert post.source.step() == 1
    (delivery,) = post.inbox()
    assert (delivery.message_id, delivery.body) == ("m-1", PARCEL.body)
    assert delivery.headers == {
        "content_type": "application/xml", "type": "certificate", "correlation_id": "m-0",
        "sender": "XB", "function": "issue", "number": "번호/1",
    }  # fmt: skip
    assert names(post.folder) == ["bad", "done"]
    assert names(post.folder / "done") == ["m-1.headers.json", "m-1.xml"]


def test_a_file_without_anything_beside_it_is_known_by_its_name(post):
    post.put("m%2F1.xml")
    post.source.step()
    assert ids(post.inbox()) == ["m/1"]


def test_files_come_in_the_order_in_which_they_were_written(post):
    for place, name in enumerate(("c", "a", "b")):
        post.put(f"{name}.xml")
        os.utime(post.folder / f"{name}.xml", (place, place))
    post.source.step()
    assert ids(post.inbox()) == ["c", "a", "b"]


def test_hidden_files_are_left_until_they_have_their_name(post):
    post.put(".m-1.xml.part")
    post.put("m-2.headers.json", b"{}")
    assert post.source.step() == 0
    assert names(post.folder) == [".m-1.xml.part", "bad", "done", "m-2.headers.json"]


def test_until_our_broker_has_it_a_file_stays_where_it_is(post):
    post.put("m-1.xml")

    class Away:
        def send(self, parcels):
            raise Unavailable("nobody answers")

    broker, post.keeper._broker = post.keeper._broker, Away()
    with pytest.raises(Unavailable):
        post.source.step()
    assert "m-1.xml" in names(post.folder)
    post.keeper._broker = broker
    post.source.step()
    assert ids(post.inbox()) == ["m-1"]
    assert "m-1.xml" in names(post.folder / "done")


def test_what_nobody_can_read_is_set_aside_with_the_reason_and_holds_up_no_other(post, tmp_path):
    (tmp_path / "secret").write_text("hush")
    post.put("large.xml", b"x" * 101)
    (post.folder / "broken.headers.json").write_text("{")
    post.put("broken.xml")
    (post.folder / "list.headers.json").write_text("[]")
    post.put("list.xml")
    post.put("long.xml", message_id="x" * 71)
    (post.folder / "link.xml").symlink_to(tmp_path / "secret")
    os.mkfifo(post.folder / "pipe.xml")
    post.put("m-1.xml")
    with capture_logs() as logs:
        post.source.step()
    assert ids(post.inbox()) == ["m-1"]
    files = [name for name in names(post.folder / "bad") if not name.endswith(".headers.json")]
    assert files == ["broken.xml", "large.xml", "link.xml", "list.xml", "long.xml", "pipe.xml"]
    told = {each["file"]: each["trouble"] for each in logs}
    assert sorted(told) == files
    assert told["large.xml"] == "it is larger than 100 bytes" and told["broken.xml"].endswith("is no JSON")


def test_a_file_that_is_taken_twice_comes_twice_under_one_id(post):
    post.put("m-1.xml")
    post.source.step()
    (post.folder / "done" / "m-1.xml").rename(post.folder / "m-1.xml")
    post.source.step()
    assert ids(post.inbox()) == ["m-1", "m-1"]


def test_a_folder_that_is_away_is_waited_for_and_told_once(post):
    rounds = iter(range(6))
    post.folder.rename(post.folder.parent / "away")
    with capture_logs() as logs:
        post.source.run(lambda: next(rounds, None) is None)
    assert [each["event"] for each in logs] == ["nothing comes in from a partner"]
    assert "No such file" in logs[0]["trouble"]


@pytest.mark.parametrize("said", [{"type": "x" * 300}, {"correlation_id": "é" * 200}, {"sender": "\ud800"}])
def test_a_lie_beside_a_file_that_no_broker_can_carry_holds_up_no_other(post, said):
    (post.folder / "m-1.headers.json").write_text(json.dumps(said))
    post.put("m-1.xml")
    post.put("m-2.xml")
    post.source.step()
    deliveries = post.inbox()
    assert sorted(ids(deliveries)) == ["m-1", "m-2"]
    assert not any(name in each.headers for each in deliveries for name in said)


@pytest.mark.parametrize("where", ["done", "bad"])
def test_files_are_not_moved_to_where_a_link_leads(post, tmp_path, where):
    ours = tmp_path / "ours"
    ours.mkdir()
    (post.folder / where).symlink_to(ours)
    post.put("m-1.xml" if where == "done" else "large.xml", b"x" * (10 if where == "done" else 101))
    with pytest.raises(OSError):
        post.source.step()
    assert names(ours) == []
