"""Two relays on one ledger that reach a partner differently: its messages are never put where nobody looks for them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from post_office import PostOffice, kinds, record
from shell import eodes
from structlog.testing import capture_logs

from adapter.connections import Connections, open_connections
from adapter.ledger import Ledger
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.opening import over

OTHERWISE = "another relay reaches this destination otherwise; its messages wait"
AGAIN = "this destination is reached as others say; its messages go on"


class Town:
    """Relays on one ledger and one broker, each with connections of its own, that share a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.out.mkdir()
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.office = self.relay()

    def relay(self, **partner: object) -> PostOffice:
        connections = Connections.model_validate({"partners": {"ID": partner} if partner else {}})
        clock = self.office.clock if hasattr(self, "office") else None
        broker = over(Embedded(self.folder / "queues.db"), connections)
        return PostOffice(broker, self.ledger, clock, routes=connections.said)

    def arrived(self) -> int:
        return len(list(self.out.glob("*.xml")))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with closing(made.ledger):
        yield made


def test_a_relay_that_lacks_the_file_puts_nothing_into_the_partners_queue(town: Town) -> None:
    whole, lacking = town.relay(endpoint={"kind": "folder", "folder": town.out}), town.office
    whole.work()
    lacking.put("kcci", record("K001-25-0000001"))
    with capture_logs() as logs:
        lacking.work()
        town.office.clock.forward(minutes=20)
        lacking.work()
    assert lacking.take("ID") == [] and town.arrived() == 0
    (told,) = [line for line in logs if line["event"] == OTHERWISE]
    assert (told["receiver"], told["ours"]) == ("ID", "not said: its queue")
    assert "connections.toml" in told["advice"] and str(town.out) not in str(told)
    whole.work()
    assert town.arrived() == 1 and lacking.take("ID") == []


def test_it_still_serves_everybody_else(town: Town) -> None:
    town.relay(endpoint={"kind": "folder", "folder": town.out}).work()
    town.office.put("kcci", record("K001-25-0000001", "kr-cn-1-item"))
    town.office.work()
    assert kinds(town.office.take("CN")) == ["certificate"]


def test_a_file_that_says_only_how_it_signs_says_nothing_of_where_it_goes(town: Town) -> None:
    town.relay(endpoint={"kind": "folder", "folder": town.out}).work()
    lacking = town.relay(signed=False)
    lacking.put("kcci", record("K001-25-0000001"))
    lacking.work()
    assert lacking.take("ID") == []


def test_of_two_places_the_one_that_was_there_first_is_served_until_it_ends(town: Town) -> None:
    other = town.folder / "other"
    other.mkdir()
    first = town.relay(endpoint={"kind": "folder", "folder": town.out})
    second = town.relay(endpoint={"kind": "folder", "folder": other})
    first.work()
    second.put("kcci", record("K001-25-0000001"))
    with capture_logs() as logs:
        second.work()
        assert list(other.glob("*.xml")) == []
        town.office.clock.forward(minutes=1)  # the first has ended
        second.work()
    assert len(list(other.glob("*.xml"))) == 1 and town.arrived() == 0
    assert [line["event"] for line in logs if line["event"] in (OTHERWISE, AGAIN)] == [OTHERWISE, AGAIN]


def test_back_to_its_queue_goes_what_is_said_to(town: Town) -> None:
    town.relay(endpoint={"kind": "folder", "folder": town.out}).work()
    town.office.clock.forward(minutes=1)
    back = town.relay(endpoint={"kind": "queue"})
    back.put("kcci", record("K001-25-0000001"))
    back.work()
    assert kinds(back.take("ID")) == ["certificate"]


def test_a_password_that_changes_makes_no_other_place(tmp_path: Path) -> None:
    def route(url: str) -> str:
        file = tmp_path / "connections.toml"
        file.write_text(f'[partners.ID.endpoint]\nkind = "amqp"\nurl = "{url}"\n')
        return open_connections(file).said["ID"]

    assert route("amqps://u:hush@host/v") == route("amqps://w:hiss@host/v") != route("amqps://u:hush@host/w")
    assert "hush" not in route("amqps://u:hush@host/v")


def test_where_partners_sign_nobody_takes_in_who_was_not_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EODES_DATABASE", f"sqlite:///{town.folder / 'ledger.db'}")
    monkeypatch.setenv("EODES_DATA", str(town.folder))
    monkeypatch.delenv("EODES_CONNECTIONS", raising=False)
    town.ledger.declare({"signatures of ID": "signed"}, town.office.clock.now)
    for words in (["relay"], ["dead", "retry", "x"], ["dead", "edit", "x", "--from", __file__, "--why", "so"]):
        refusal = eodes(*words)
        assert (refusal.exit_code, "the messages of ID are signed" in refusal.stderr) == (2, True), refusal.stderr
        assert "EODES_CONNECTIONS" in refusal.stderr


def test_a_file_says_of_whom_it_says_it_whether_they_sign(tmp_path: Path) -> None:
    file = tmp_path / "connections.toml"
    file.write_text(
        "[partners.ID]\nsigned = true\n[partners.CN]\nsigned = false\n[partners.VN.endpoint]\nkind = 'queue'\n"
    )
    assert open_connections(file).said == {"signatures of ID": "signed", "signatures of CN": "unsigned", "VN": "queue"}
