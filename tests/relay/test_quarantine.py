"""Deliveries that came back often: only what fails alone is dead, and nothing good dies with it."""

import json
import multiprocessing
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from deadly import KILLS, NOTE
from post_office import START, PostOffice, catalogue, kinds, record

from adapter.delivery import Delivery
from adapter.findings import Finding
from adapter.relay.broker import Broker
from adapter.relay.quarantine import FAILED, SUSPICIOUS, Quarantine, _decide_each
from adapter.schema import Limits

SCRIPT = """
import json, os, signal, sys
from datetime import datetime
from pathlib import Path
import deadly
from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.relay.quarantine import Quarantine
from adapter.schema import Limits

if __name__ == "__mp_main__" and "unborn" in sys.argv:
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    marks = {"good": b"{}", "kills": deadly.KILLS, "hangs": deadly.HANGS, "once": deadly.KILLS_ONCE}
    marks["unborn"] = os.urandom(1_000_000)  # more than any pipe holds
    suspects = [Delivery(marks[word], "from.kcci", times=5) for word in sys.argv[2:]]
    quarantine = Quarantine((Path(sys.argv[1]),), None, Limits(), patience=5.0)
    try:
        found = quarantine.fatal(suspects, datetime.fromisoformat("2026-03-02T09:30:00+00:00"))
    except Unavailable as trouble:
        sys.exit(f"unavailable: {trouble}")
    print(json.dumps({place: [finding.code, finding.message] for place, finding in found.items()}))
"""


class Returning:
    """A broker that says of every delivery that it came back often."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker

    def take(self, *asked: Any) -> list[Delivery]:
        return [replace(each, times=SUSPICIOUS) for each in self.broker.take(*asked)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broker, name)


class Fatal:
    """A quarantine that finds the first of its suspects fatal."""

    def fatal(self, suspects: object, at: object) -> dict[int, Finding]:
        return {0: Finding(code="REL-02", message="it came back often")}


def fatal(tmp_path: Path, *words: str) -> dict[int, list[str]]:
    done = decide(tmp_path, *words)
    done.check_returncode()
    return {int(place): said for place, said in json.loads(done.stdout).items()}


def decide(tmp_path: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Let a process of its own have these suspects decided; ended where that never comes to an end."""
    script = tmp_path / "decide.py"
    script.write_text(SCRIPT)
    here, project = Path(__file__).parent, catalogue().folders[0]
    return subprocess.run(
        [sys.executable, script, project, *words], capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": f"{here}:{project}", "PATH": "", NOTE: str(tmp_path / "note")},
    )  # fmt: skip


def test_what_kills_the_process_that_decides_it_is_found_among_good_ones(tmp_path: Path) -> None:
    found = fatal(tmp_path, "good", "kills", "good", "kills")
    assert sorted(found) == [1, 3]
    assert found[1] == ["REL-02", "it came back often, and decided alone, the process that decided it ended"]


def test_what_was_read_when_the_process_was_killed_from_outside_is_not_condemned(tmp_path: Path) -> None:
    assert fatal(tmp_path, "good", "once", "good") == {}
    assert (tmp_path / "note").exists()


def test_a_process_that_is_killed_as_it_begins_is_not_waited_for_and_condemns_nobody(tmp_path: Path) -> None:
    assert decide(tmp_path, "unborn", "good").stderr == (
        "unavailable: the process that decides deliveries apart did not begin\n"
    )


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    assert fatal(tmp_path, "hangs", "good") == {
        0: ["REL-02", "it came back often, and decided alone, it took too long"]
    }


def test_good_deliveries_that_came_back_with_a_bad_one_are_not_condemned() -> None:
    suspects = [Delivery(record(f"K001-25-{place:07d}"), "from.kcci", times=SUSPICIOUS) for place in range(3)]
    assert Quarantine(catalogue().folders, None, Limits()).fatal(suspects, START) == {}


def test_a_good_delivery_that_came_back_often_goes_on(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    office.relay = office.open(Returning(office.broker))  # type: ignore[arg-type]
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]


def test_a_fatal_delivery_is_dead_with_its_code_and_its_sender_is_told(office: PostOffice) -> None:
    office.put("kcci", KILLS)
    office.relay = office.open(Returning(office.broker))  # type: ignore[arg-type]
    office.relay._intake._quarantine = Fatal()  # type: ignore[assignment]
    office.work()
    assert [(dead.stage, dead.code) for dead in office.ledger.dead()] == [("crash", "REL-02")]
    assert kinds(office.take("kcci")) == ["response"]


def test_a_process_that_fails_prints_nothing_of_what_it_failed_at(monkeypatch, capfd) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the exporter SECRET")

    monkeypatch.setattr("adapter.relay.quarantine.decide_all", fail)
    ours, theirs = multiprocessing.Pipe()
    quarantine = Quarantine(catalogue().folders, None, Limits())
    process = multiprocessing.get_context("fork").Process(target=_decide_each, args=(theirs, quarantine))
    process.start()
    for word in (START, Delivery(b"{}", "from.kcci", times=SUSPICIOUS)):
        ours.send(word)
    process.join(60)
    assert process.exitcode == FAILED
    assert "SECRET" not in "".join(capfd.readouterr())
