"""Signatures on the wire: the relay signs what it sends to a partner, and takes in only what the partner signed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import keys
import pytest
import xmlsec
from post_office import START, PostOffice, calendar, catalogue, kinds, record
from test_quarantine import Returning

from adapter import translate
from adapter.envelope import digest
from adapter.ledger import Deed, Entry, Ledger
from adapter.ledger import Outcome as Written
from adapter.ledger.payload import unpacked
from adapter.messages import Cancellation, Function, Header, Kind
from adapter.relay.embedded import Embedded
from adapter.relay.exchange import Exchange
from adapter.relay.intake import Intake
from adapter.relay.quarantine import Quarantine
from adapter.relay.witness import Witness
from adapter.simulator import Endpoint
from adapter.trust import Seals, pin

NUMBER = "K001-25-0000001"
THEIRS = Seals(
    signing=(keys.signing("partner"),), pinned={"ID": (pin(keys.certificate_pem("us")),)}, signed={"ID": True}
)


def ours(*pins: tuple[str, datetime | None, datetime | None]) -> Seals:
    """Our side: signs with one key, and holds the partner to these certificates, from when until when."""
    pinned = tuple(pin(keys.certificate_pem(name), since, until) for name, since, until in pins)
    return Seals(signing=(keys.signing("us"),), pinned={"ID": pinned} if pins else {}, signed={"ID": True})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where queues and ledger lie."""
    yield tmp_path


def opened(place: Path, seals: Seals) -> PostOffice:
    return PostOffice(Embedded(place / "broker.db"), Ledger.open(f"sqlite:///{place / 'ledger.db'}"), seals=seals)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """A post office that signs, and trusts one certificate of the partner's."""
    made = opened(tmp_path, ours(("partner", None, None)))
    with closing(made.ledger), closing(made.broker):
        yield made


@pytest.fixture
def partner(office: PostOffice, tmp_path: Path) -> Iterator[Endpoint]:
    """The partner's own system: it signs, and holds us to our certificate."""
    with closing(Embedded(tmp_path / "broker.db")) as broker:
        yield Endpoint(catalogue().system("ID"), broker, catalogue(), office.clock, calendar(), seals=THEIRS)


def withdrawn(number: str, at: datetime, seals: Seals) -> bytes:
    """The partner's cancellation of its certificate of this number."""
    content = Cancellation(number=number, agreement="ik-cepa", reason="issued_in_error", cancelled_on=at.date())
    header = Header(
        id=f"c-{number[-1]}", kind=Kind.CANCELLATION, function=Function.CANCEL, sender="ID", receiver="KR", sent_at=at
    )
    return translate.write(content, catalogue().system("ID"), catalogue(), header, seals).body


def dead(office: PostOffice) -> list[tuple[str, str]]:
    return [(each.stage, each.code) for each in office.ledger.dead()]


def test_a_certificate_goes_out_signed_and_comes_back_used_with_every_message_signed(
    office: PostOffice, partner: Endpoint
) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    (received,) = partner.step()
    assert received.delivery.body.count(b"<ds:Signature ") == 1
    assert (received.reading.verdict, received.reading.content.number) == ("valid", NUMBER)
    office.work()
    assert office.states() == {NUMBER: "accepted"}
    partner.settle()
    office.work()
    assert office.states() == {NUMBER: "used"}
    assert dead(office) == []


def test_what_is_sent_are_the_bytes_that_were_signed_as_the_ledger_keeps_them(
    office: PostOffice, tmp_path: Path
) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    (sent,) = office.take("ID")
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        (stored,) = ledger.execute("SELECT coding, body FROM bodies WHERE id = ?", (sent.message_id,))
    assert unpacked(*stored) == sent.body
    assert xmlsec.verify(sent.body, keys.certificate_pem("us"), tmp_path).returncode == 0


def test_an_unsigned_message_of_the_partner_is_refused_and_the_partner_is_told_in_a_signed_one(
    office: PostOffice, partner: Endpoint
) -> None:
    office.put("ID", withdrawn(NUMBER, office.clock.now, Seals(signed={"ID": False})), "m-9")
    office.work()
    assert dead(office) == [("signature", "SIG-01")]
    (told,) = partner.step()
    assert (told.reading.verdict, told.reading.content.outcome) == ("valid", "rejected")
    assert [each.code for each in told.reading.content.complaints] == ["SIG-01"]
    assert told.reading.content.received == "m-9"


@pytest.mark.parametrize("stranger", ["neighbour", "us"])
def test_a_message_that_another_signed_is_refused_and_nothing_of_it_is_believed(
    office: PostOffice, stranger: str
) -> None:
    seals = replace(THEIRS, signing=(keys.signing(stranger),))
    office.put("ID", withdrawn(NUMBER, office.clock.now, seals), "m-9")
    office.work()
    assert dead(office) == [("signature", "SIG-07")]
    assert office.ledger.held(9) == []


def test_nothing_is_accepted_where_no_certificate_is_pinned(tmp_path: Path) -> None:
    office = opened(tmp_path, ours())
    with closing(office.ledger), closing(office.broker):
        office.put("ID", withdrawn(NUMBER, office.clock.now, THEIRS))
        office.work()
        assert dead(office) == [("undecided", "SIG-10")]
        assert kinds(office.take("ID")) == ["response"]


def retry(office: PostOffice, seals: Seals) -> list[str]:
    """What an operator's retry of all that is dead makes of it: the stage of each."""
    known = catalogue()
    exchange = Exchange(known, calendar(), seals=seals)
    quarantine = Quarantine(known.folders, known.cache, exchange.limits, seals=seals)
    intake = Intake(office.ledger, exchange, quarantine, Witness(), hands_over=False, deed=Deed("retry", "han"))
    originals = office.ledger.originals([each.id for each in office.ledger.dead()])
    again = intake.retry(intake.bring_up(originals, office.clock.now), office.clock.now)
    return [each.outcome.entry.stage for each in again]


def test_what_could_not_be_checked_is_checked_when_it_is_tried_again(tmp_path: Path) -> None:
    office = opened(tmp_path, ours())
    with closing(office.ledger), closing(office.broker):
        for place, name in enumerate(("partner", "neighbour")):
            seals = replace(THEIRS, signing=(keys.signing(name),))
            office.put("ID", withdrawn(f"K001-25-000000{place}", office.clock.now, seals), f"m-{place}")
        office.work()
        assert retry(office, ours()) == ["undecided", "undecided"]
        assert sorted(retry(office, ours(("partner", None, None)))) == ["held", "signature"]


@pytest.mark.parametrize("stage", ["read", "schema"])
def test_what_was_refused_before_its_signature_was_asked_for_is_held_to_it_when_it_is_tried_again(
    office: PostOffice, stage: str
) -> None:
    """Else whoever sends what cannot be read yet has it accepted, unsigned, as soon as it can."""
    seals = Seals(signed={"ID": False}) if stage == "read" else replace(THEIRS, signing=(keys.signing("neighbour"),))
    body = withdrawn(NUMBER, office.clock.now, seals)
    entry = Entry("d-1", "ID", "m-9", digest(body), len(body), body, stage=stage, code="X-1")
    office.ledger.write([Written(entry)], [], office.clock.now)
    assert retry(office, ours(("partner", None, None))) == ["signature"]


def test_what_was_verified_when_it_came_is_not_verified_again(office: PostOffice) -> None:
    body = withdrawn(NUMBER, office.clock.now, THEIRS)
    entry = Entry("d-1", "ID", "m-9", digest(body), len(body), body, stage="mapping", code="X-1")
    office.ledger.write([Written(entry)], [], office.clock.now)
    assert retry(office, ours(("partner", None, START - timedelta(hours=1)))) == ["held"]


def test_without_a_key_a_record_is_kept_dead_as_undecided_and_nothing_leaves_unsigned(tmp_path: Path) -> None:
    office = opened(tmp_path, replace(ours(("partner", None, None)), signing=()))
    with closing(office.ledger), closing(office.broker):
        office.put("kcci", record(NUMBER))
        office.work()
        assert dead(office) == [("signature", "SIG-13")]
        assert office.take("ID") == []
        assert kinds(office.take("kcci")) == ["response"]


def test_other_partners_are_served_without_signatures(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000002", "kr-cn-1-item"))
    office.work()
    (sent,) = office.take("CN")
    assert b"Signature" not in sent.body


def test_a_signed_delivery_that_came_back_often_is_decided_apart_by_the_same_certificates(office: PostOffice) -> None:
    office.put("ID", withdrawn(NUMBER, office.clock.now, THEIRS), "m-1")
    office.put("ID", withdrawn("K001-25-0000003", office.clock.now, Seals(signed={"ID": False})), "m-2")
    office.relay = office.open(Returning(office.broker))  # type: ignore[arg-type]
    office.work()
    assert [each.key for each in office.ledger.held(9)] == [NUMBER.replace("-", "")]
    assert dead(office) == [("signature", "SIG-01")]


def test_what_was_held_is_not_verified_again_when_its_certificate_comes(tmp_path: Path) -> None:
    """It was signed with what was in use when it came, and that is what counts."""
    soon = START + timedelta(hours=1)
    office = opened(tmp_path, ours(("partner", None, soon), ("partner-2", None, None)))
    with closing(office.ledger), closing(office.broker):
        office.put("ID", withdrawn(NUMBER, office.clock.now, THEIRS), "m-1")
        office.work()
        assert len(office.ledger.held(9)) == 1
        office.clock.forward(hours=25)
        office.work()
        assert dead(office) == [("refer", "REF-01")]


def test_a_key_is_rolled_over_without_a_message_lost(tmp_path: Path) -> None:
    """Old and new hold at once for an hour; only what is signed with a key outside its time is refused."""
    begins, ends = START + timedelta(hours=1), START + timedelta(hours=2)
    office = opened(tmp_path, ours(("partner", None, ends), ("partner-2", begins, None)))
    old, new = THEIRS, replace(THEIRS, signing=(keys.signing("partner-2"),))
    with closing(office.ledger), closing(office.broker):
        for place, (hours, seals) in enumerate(
            ((0.5, old), (0.5, new), (1.5, old), (1.5, new), (2.5, old), (2.5, new))
        ):
            office.clock.now = START + timedelta(hours=hours)
            office.put("ID", withdrawn(f"K001-25-000000{place}", office.clock.now, seals), f"m-{place}")
            office.work()
        assert sorted(each.key[-1] for each in office.ledger.held(9)) == ["0", "2", "3", "5"]
        assert sorted((each.message_id, each.code) for each in office.ledger.dead()) == [
            ("m-1", "SIG-09"), ("m-4", "SIG-09"),
        ]  # fmt: skip


def test_our_newest_key_that_holds_signs(tmp_path: Path) -> None:
    """A new key is named beside the old one before its time comes, and nothing has to be done on the day."""
    turn = START + timedelta(hours=1)
    signing = (keys.signing("us"), keys.signing("us-2", since=turn))
    office = opened(tmp_path, replace(ours(), signing=signing))
    with closing(office.ledger), closing(office.broker):
        for number, name, other in (("1", "us", "us-2"), ("2", "us-2", "us")):
            office.put("kcci", record(f"K001-25-000000{number}"), number)
            office.work()
            (sent,) = office.take("ID")
            assert xmlsec.verify(sent.body, keys.certificate_pem(name), tmp_path).returncode == 0
            assert xmlsec.verify(sent.body, keys.certificate_pem(other), tmp_path).returncode != 0
            office.clock.now = turn


def test_the_ledger_knows_what_was_held_to_a_signature_though_it_died_before(office: PostOffice) -> None:
    office.put("ID", b"<nothing/>", "m-9")
    office.put("CN", b"<nothing/>", "m-8")
    office.work()
    dead = office.ledger.originals([each.id for each in office.ledger.dead()])
    assert {each.source: (each.stage, each.sealed) for each in dead} == {"ID": ("read", True), "CN": ("read", False)}
