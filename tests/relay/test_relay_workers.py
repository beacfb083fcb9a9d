"""Several workers on one ledger: each certificate is processed once, and nobody waits for another for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from post_office import calendar, catalogue, fixture, kinds, record

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.ledger import Ledger
from adapter.relay.broker import Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox, outbox
from adapter.relay.relay import Relay

WORKERS, BATCH = 4, 40


def work(broker: Path, url: str) -> int:
    """One worker with connections of its own, until there is nothing left to take."""
    post, ledger = Embedded(broker), Ledger.open(url)
    relay = Relay(post, ledger, catalogue(), calendar=calendar(), window=16)
    taken = 0
    for _ in range(400):
        try:
            done = relay.step(0.05)
        except Unavailable:
            continue
        taken += done.taken
        if not done and relay.settle(1):
            break
    relay.close()
    post.close()
    ledger.close()
    return taken


def put_five_times(broker: Embedded) -> None:
    queues = [name for code in catalogue().systems for name in (inbox(code), outbox(code))]
    broker.declare([*queues, "dead"])
    bodies = [record(f"K001-25-{place:07d}") for place in range(BATCH)]
    for time in range(5):
        order = bodies if time % 2 else bodies[::-1]
        broker.send([Parcel(inbox("kcci"), f"{time}-{place}", body) for place, body in enumerate(order)])


def drain(broker: Embedded, code: str) -> list[Delivery]:
    return broker.take([outbox(code)], 10_000, 10**9, 0)


def test_a_batch_sent_five_times_at_once_is_processed_once_by_four_workers(tmp_path: Path, ledger_url: str) -> None:
    broker = Embedded(tmp_path / "broker.db")
    put_five_times(broker)
    with ThreadPoolExecutor(WORKERS) as pool:
        taken = [pool.submit(work, tmp_path / "broker.db", ledger_url) for _ in range(WORKERS)]
        assert sum(each.result() for each in taken) == 5 * BATCH
    numbers = [sent.headers["number"] for sent in drain(broker, "ID")]
    assert sorted(numbers) == sorted({f"K001-25-{place:07d}" for place in range(BATCH)})
    assert kinds(drain(broker, "kcci")) == ["acknowledgement"] * 5 * BATCH


def test_workers_agree_on_which_of_two_contents_was_first(tmp_path: Path, ledger_url: str) -> None:
    broker = Embedded(tmp_path / "broker.db")
    put_five_times(broker)
    changed = [record(f"K001-25-{place:07d}", vesselName="ANOTHER VESSEL") for place in range(BATCH)]
    broker.send([Parcel(inbox("kcci"), f"other-{place}", body) for place, body in enumerate(changed)])
    with ThreadPoolExecutor(WORKERS) as pool:
        for each in [pool.submit(work, tmp_path / "broker.db", ledger_url) for _ in range(WORKERS)]:
            each.result()
    numbers = [sent.headers["number"] for sent in drain(broker, "ID")]
    assert len(numbers) == len(set(numbers)) == BATCH
    ledger = Ledger.open(ledger_url)
    assert {dead.code for dead in ledger.dead(1000)} == {"DUP-01"}
    assert ledger.queue(datetime.now(UTC)) == []
    proof = ledger.verify()
    assert (proof.findings, proof.checked["certificates"]) == ([], BATCH)
    ledger.close()


def test_the_schema_is_made_once_by_workers_that_start_together(ledger_url: str) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        ledgers = [each.result() for each in [pool.submit(Ledger.open, ledger_url) for _ in range(WORKERS)]]
    assert [ledger.dead() for ledger in ledgers] == [[]] * WORKERS
    for ledger in ledgers:
        ledger.close()


def test_partners_and_chambers_flow_through_the_same_workers(tmp_path: Path, ledger_url: str) -> None:
    broker = Embedded(tmp_path / "broker.db")
    put_five_times(broker)
    broker.send([Parcel(inbox("CN"), "c-1", fixture("cn/certificate/kr-cn-import-3-items.xml"))])
    work(tmp_path / "broker.db", ledger_url)
    assert kinds(drain(broker, "unipass")) == ["certificate"]
