"""A cluster loses its leader, and then is torn: what was confirmed is there, and a majority carries on."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import servers
from cluster import Cluster
from crews import LAYOUTS, Crews
from ground import CHAMBER, PARTNER, Ground
from nothing_lost import assert_nothing_was_lost

from adapter.relay.names import inbox, outbox

RECORDS = 600
QUEUES = (inbox(CHAMBER), outbox(PARTNER), outbox(CHAMBER))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Three nodes of the drill's own."""
    with servers.private(Cluster) as cluster:
        yield cluster


@pytest.fixture
def ground(cluster: Cluster, tmp_path: Path) -> Iterator[Ground]:
    """Two relays that know all nodes."""
    database = f"sqlite:///{tmp_path / 'ledger.db'}"
    crews = Crews(cluster.url, database, tmp_path, tmp_path / "cache", LAYOUTS[0])
    with closing(Ground(cluster.url, database, cluster.nodes[0], crews, tmp_path)) as ground:
        yield ground


@pytest.mark.drill
def test_no_confirmed_message_is_lost_with_a_leader_or_by_a_partition(cluster: Cluster, ground: Ground) -> None:
    ground.open()
    leader = cluster.leader(inbox(CHAMBER))
    ground.put(RECORDS, meanwhile=leader.kill)
    ground.pass_on()  # two of three are a majority

    leader.restart()
    cluster.catch_up(QUEUES)
    apart = cluster.leader(inbox(CHAMBER))
    assert apart is not leader
    ground.put(RECORDS, meanwhile=lambda: cluster.cut_off(apart))
    ground.pass_on()
    assert cluster.leader(inbox(CHAMBER)) is not apart

    cluster.heal(apart)
    cluster.catch_up(QUEUES)
    ground.put(RECORDS)
    ground.come_to_rest()
    ground.finish()
    assert_nothing_was_lost(ground, cut_off=2 * len(LAYOUTS[0]))
