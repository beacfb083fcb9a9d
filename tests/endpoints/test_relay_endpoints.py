"""The whole relay with a partner behind an endpoint: whatever that does, nothing is lost or doubled in effect."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from authority import Authority, identity
from partner import ACCEPT, Partner, answer
from post_office import PostOffice, fixture, record
from test_https import drop_by_drop, garbage, half, half_of_the_headers, reset, silence, twice

from adapter.connections import Connections
from adapter.ledger import Ledger, Position
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.folder import SIDECAR
from adapter.relay.endpoints.opening import over

PAGE = answer("200 OK", b"<html>sorry</html>", Content_Type="text/html", Eodes_Message_Id="")
HOSTILE = {
    "slowly": silence, "drop by drop": drop_by_drop, "reset": reset, "half a reply": half,
    "half of the headers": half_of_the_headers, "garbage": garbage, "a page": PAGE, "twice": twice,
    "a redirect": answer("307 Temporary", Location="https://127.0.0.1:1/"), "busy": answer("503 Busy"),
    "another's receipt": answer("202 Accepted", Eodes_Message_Id="m-0"),
}  # fmt: skip


def number(place: int) -> str:
    return f"K001-25-{place:07d}"


class Town:
    """A relay whose partner ID is reached otherwise than by its queue."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.authority = Authority(folder / "certificates")
        self.ours, self.theirs = self.authority.give("ours"), self.authority.give("theirs")
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.office = self.reopen(kind="queue")

    def reopen(self, **endpoint) -> PostOffice:
        """The relay started anew, with this endpoint."""
        clock = None
        if hasattr(self, "office"):
            self.office.broker.close()
            clock = self.office.clock
        connections = Connections.model_validate({"partners": {"ID": {"endpoint": endpoint}}})
        self.office = PostOffice(over(Embedded(self.folder / "queues.db"), connections), self.ledger, clock)
        return self.office

    def https(self, partner: Partner, own=None, **more) -> PostOffice:
        tls = identity(own or self.ours, self.authority.file, **more.pop("tls", {}))
        return self.reopen(kind="https", url=partner.url, tls=tls, **({"timeout": 0.5} | more))

    def put(self, places) -> None:
        for place in places:
            self.office.put("kcci", record(number(place)), f"m-{place}")

    def work_off(self, hours: int = 40) -> None:
        """An hour after the other, until nothing is left for the partner."""
        for _ in range(hours):
            self.office.work()
            if not [each for each in self.ledger.queue(self.office.clock.now) if each.receiver == "ID"]:
                return
            self.office.clock.forward(hours=1)
        raise AssertionError(self.ledger.queue(self.office.clock.now))

    def messages(self) -> list[str]:
        """The certificates' messages as the ledger has them."""
        return sorted(each.message for each in self.ledger.standings(1000))


@pytest.fixture
def town(tmp_path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.office.broker.close()
    town.ledger.close()


@pytest.mark.parametrize("mood", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_a_partner_answers_nothing_is_lost_and_nothing_doubled_in_effect(town, mood):
    with Partner(identity(town.theirs, town.authority.file), *[mood, mood, ACCEPT, mood]) as partner:
        town.https(partner, at_once=1)
        town.put(range(4))
        town.work_off()
    assert sorted({*partner.ids}) == town.messages()
    assert len({(id, body) for id, _, body in partner.received}) == 4  # the same id is always the same bytes
    assert town.ledger.verify().is_sound
    assert town.ledger.dead_messages() == []


def test_a_partner_that_does_it_all_gets_everything_in_the_order_of_each_certificate(town):
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    with Partner(identity(town.theirs, town.authority.file), *HOSTILE.values()) as partner:
        town.https(partner, at_once=4)
        town.put(range(6))
        for place in range(6):
            body = json.dumps(cancellation | {"certificateNo": number(place)}).encode()
            town.office.put("kcci", body, f"c-{place}")
        town.work_off()
    for place in range(6):
        kinds = [said["eodes-kind"] for _, said, _ in partner.received if said.get("eodes-number") == number(place)]
        assert set(kinds) == {"certificate", "cancellation"}
        assert "certificate" not in kinds[kinds.index("cancellation") :]
    assert len({*partner.ids}) == 12
    assert town.ledger.verify().is_sound


def test_a_partner_that_is_away_is_left_alone_and_the_others_are_served(town):
    with Partner(identity(town.theirs, town.authority.file)) as partner:
        pass
    town.https(partner, at_once=1)
    town.put(range(6))
    town.office.put("kcci", fixture("kcci/certificate/kr-cn-1-item.json"), "m-cn")
    town.office.work()
    assert len(town.office.take("CN")) == 1
    assert town.ledger.turns()["ID"].position is Position.OPEN
    (backlog,) = [each for each in town.ledger.queue(town.office.clock.now) if each.receiver == "ID"]
    assert backlog.open == 6 and "refused" in (backlog.first_error or "")


def test_what_a_partner_declines_is_dead_and_the_rest_arrives(town):
    with Partner(identity(town.theirs, town.authority.file), answer("422 No")) as partner:
        town.https(partner, at_once=1)
        town.put(range(3))
        for _ in range(5):
            town.office.work()
            town.office.clock.forward(minutes=1)
        (dead,) = town.ledger.dead_messages()
        assert dead.id == partner.ids[0] and "it answers 422" in (dead.first_error or "")
        assert sorted({*partner.ids}) == town.messages()
        assert partner.ids.count(dead.id) == 1


def test_certificates_of_both_sides_are_changed_over_without_a_lost_message(town):
    new_ours, new_theirs = town.authority.give("ours-new"), town.authority.give("theirs-new")
    held = {"tls": {"peer": [town.theirs[0], new_theirs[0]]}}
    with Partner(identity(town.theirs, town.authority.file)) as before:
        town.https(before, **held)
        town.put(range(5))
        town.work_off()
    town.put(range(5, 10))  # while the partner changes its certificate
    town.office.work()
    with Partner(identity(new_theirs, town.authority.file)) as after:
        town.https(after, **held)
        town.work_off()
        town.https(after, own=new_ours, **held)
        town.put(range(10, 15))
        town.work_off()
    assert sorted(before.ids + after.ids) == town.messages()


def test_a_change_of_endpoint_is_a_change_of_the_file_alone(town, tmp_path):
    town.put(range(2))
    town.office.work()
    assert len(town.office.take("ID")) == 2
    (tmp_path / "out").mkdir()
    town.reopen(kind="folder", folder=tmp_path / "out")
    town.put(range(2, 5))
    town.work_off()
    assert town.office.take("ID") == []
    files = [each for each in (tmp_path / "out").iterdir() if not each.name.endswith(SIDECAR)]
    town.reopen(kind="queue")
    town.put(range(5, 7))
    town.work_off()
    assert len(files) == 3 and len(town.office.take("ID")) == 2


def test_a_partner_gets_no_more_in_a_second_than_was_agreed(tmp_path, town):
    (tmp_path / "out").mkdir()
    broker = Embedded(tmp_path / "queues.db")
    told = {"kind": "folder", "folder": tmp_path / "out", "per_second": 2}
    connections = Connections.model_validate({"partners": {"ID": {"endpoint": told}}})
    now = 0.0
    town.office.broker.close()
    town.office = PostOffice(over(broker, connections, clock=lambda: now), town.ledger)
    town.put(range(6))
    town.office.work()
    out = tmp_path / "out"
    assert len(list(out.glob("*.xml"))) == 2
    for expected in (4, 6):
        now += 1
        town.office.clock.forward(seconds=3)
        town.office.work()
        assert len(list(out.glob("*.xml"))) == expected
    assert {each.attempts for place in range(6) for each in town.ledger.messages_of(number(place))} == {1}
    assert sorted(each.stem for each in out.glob("*.xml")) == town.messages()
