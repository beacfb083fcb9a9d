"""Worker, broker and database are killed again and again at random points: nothing is lost, nothing is done twice."""

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest
import servers
from crews import LAYOUTS, Crews
from ground import Ground
from nothing_lost import assert_nothing_was_lost
from servers import PrivatePostgreSQL, PrivateRabbitMQ

CUT_OFF = {"worker": 1, "broker": 2, "database": 2}
"""How many relays a death cuts off from what they have on their way: there are two, and both use the same servers."""
SEED = "EODES_DRILL_SEED"


def seeds(rounds: int) -> Sequence[int]:
    """Of each round; the one in EODES_DRILL_SEED if a round is to be repeated."""
    given = os.environ.get(SEED)
    return [int(given)] if given else range(rounds)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Says with every failure how to see it again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"{SEED}={seed} repeats this round; what the relays said lies in its folder, in `log`")
        raise


@pytest.fixture(scope="module")
def broker() -> Iterator[PrivateRabbitMQ]:
    """A broker of the drill's own."""
    with servers.private(PrivateRabbitMQ) as broker:
        yield broker


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[PrivatePostgreSQL | None]:
    """A database server of the drill's own, or none: SQLite has no server to kill."""
    with servers.private(PrivatePostgreSQL) if request.param == "postgresql" else nullcontext() as server:
        yield server


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all relays: what schemas say is read once."""
    return tmp_path_factory.mktemp("cache")


class Drill:
    """A round: what dies in it, and after how many messages that were seen, is decided by its seed."""

    def __init__(self, broker: PrivateRabbitMQ, database: PrivatePostgreSQL | None, cache: Path, folder: Path) -> None:
        self.broker, self.database, self.cache, self.folder = broker, database, cache, folder

    def play(self, seed: int, records: int, deaths: int) -> None:
        chance = random.Random(seed)
        with ExitStack() as stack, repeatable(seed):
            ground, plan = self._enter(stack, seed), self._plan(chance, records, deaths)
            ground.open()
            ground.put(records)
            for after, seen_by, victim in plan:
                count = {"ledger": ground.taken, "partner": lambda: ground.partner.processed}[seen_by]
                ground.partner.receive(until=lambda count=count, after=after: count() >= after)
                self._kill(victim, ground, chance)
            ground.come_to_rest()
            ground.finish()
            assert_nothing_was_lost(ground, cut_off=sum(CUT_OFF[victim] for *_, victim in plan))

    def _enter(self, stack: ExitStack, seed: int) -> Ground:
        url = stack.enter_context(self.broker.vhost())
        ledger = f"sqlite:///{self.folder / 'ledger.db'}"
        if self.database:
            ledger = stack.enter_context(self.database.database())
        crews = Crews(url, ledger, self.folder, self.cache, LAYOUTS[seed % len(LAYOUTS)])
        ground = Ground(url, ledger, self.broker, crews, self.folder)
        stack.callback(ground.close)
        return ground

    def _plan(self, chance: random.Random, records: int, deaths: int) -> list[tuple[int, str, str]]:
        """After how many messages, seen by whom, dies what; everything that can die does, at least once."""
        victims = ["worker", "broker", *(["database"] if self.database else [])]
        dying = victims + [chance.choice(victims) for _ in range(deaths - len(victims))]
        chance.shuffle(dying)
        seen_by = chance.choices(("ledger", "partner"), k=deaths)
        return list(zip(sorted(chance.sample(range(1, records), deaths)), seen_by, dying, strict=True))

    def _kill(self, victim: str, ground: Ground, chance: random.Random) -> None:
        if victim == "worker":
            ground.crews.kill_one(chance)
        elif victim == "broker":
            self.broker.kill()
            self.broker.restart()
        elif self.database:
            self.database.kill()
            self.database.restart()


@pytest.fixture
def drill(broker: PrivateRabbitMQ, database: PrivatePostgreSQL | None, cache: Path, tmp_path: Path) -> Drill:
    """A round on each database."""
    return Drill(broker, database, cache, tmp_path)


@pytest.mark.parametrize("seed", seeds(3))
def test_nothing_is_lost_and_nothing_done_twice_whatever_is_killed(drill: Drill, seed: int) -> None:
    drill.play(seed, records=600, deaths=3)


@pytest.mark.drill
@pytest.mark.parametrize("seed", seeds(20))
def test_nothing_is_lost_in_twenty_rounds_of_two_thousand(drill: Drill, seed: int) -> None:
    drill.play(seed, records=2_000, deaths=6)
