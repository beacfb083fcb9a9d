"""What the ledger shows: looks that change nothing, keep nobody from writing, and never load bytes into a list."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from adapter.ledger.agenda import Unanswered, list_lapsing, list_numbers, list_unanswered
from adapter.ledger.counts import Counts, count_all
from adapter.ledger.day import read_day
from adapter.ledger.dead import (
    DeadGroup,
    dead_ids,
    dead_message_ids,
    group_dead,
    group_dead_messages,
    list_dead,
    one_dead,
    stages,
)
from adapter.ledger.destinations import Turn, last_turns, turns_of
from adapter.ledger.engine import micros, open_engine, reading
from adapter.ledger.entries import Standing, Step
from adapter.ledger.find import Wanted, search
from adapter.ledger.history import read_steps
from adapter.ledger.holds import Waits, list_held
from adapter.ledger.interventions import Intervention, read_interventions
from adapter.ledger.known import DayAsked, DayBook
from adapter.ledger.lists import (
    list_backlogs,
    list_dropped,
    list_ended,
    list_reused,
    list_standings,
    list_unanswerable,
)
from adapter.ledger.originals import Original, read_body, read_originals
from adapter.ledger.search import (
    arrived,
    dead_messages,
    deliveries_about,
    due_at,
    messages_about,
    messages_named,
    page_before,
    posted,
    sent_page,
)
from adapter.ledger.shown import Arrived, Backlog, Dead, Place, Posted
from adapter.ledger.story import Story, read_story
from adapter.ledger.verifications import Verification, list_verifications
from adapter.ledger.verify import Proof, Tell, say_nothing, verify


class Looks:
    """Every verb is one look at the database; raises findings.Unavailable where it cannot be reached."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @staticmethod
    def at(url: str) -> "Looks":
        """The ledger at this database URL, to look at; raises ValueError where there is none, or Unavailable."""
        return Looks(open_engine(url, make=False))

    def standings(self, limit: int = 100) -> list[Standing]:
        """The certificates that came last, newest first."""
        with reading(self._engine) as connection:
            return list_standings(connection, limit)

    def history(self, certificate: str) -> list[Step]:
        """The states of the certificate of this id, oldest first."""
        with reading(self._engine) as connection:
            return read_steps(connection, certificate)

    def deliveries_of(self, number: str) -> list[Arrived]:
        """The deliveries about the certificate of this number, oldest first, without their bytes."""
        with reading(self._engine) as connection:
            return sorted(arrived(connection, deliveries_about(number)), key=lambda each: (each.received_at, each.id))

    def messages_of(self, number: str) -> list[Posted]:
        """The messages about the certificate of this number and the answers, oldest first, without their bytes."""
        with reading(self._engine) as connection:
            return sorted(posted(connection, messages_about(number)), key=lambda each: each.created_at)

    def deliveries(self, before: Place | None = None, limit: int = 100) -> list[Arrived]:
        """A page of deliveries, newest first, without their bytes; `before` is the place of the last page's last."""
        with reading(self._engine) as connection:
            return arrived(connection, page_before(before, limit))

    def due(self, at: datetime, limit: int = 100) -> list[Posted]:
        """The messages that are due, those first that are due the longest; nothing is leased."""
        with reading(self._engine) as connection:
            return posted(connection, due_at(micros(at), limit))

    def dead_messages(self, limit: int = 100, code: str | None = None, receiver: str | None = None) -> list[Posted]:
        """The messages that their destinations will never take, those first that died last."""
        with reading(self._engine) as connection:
            return posted(connection, dead_messages(limit, code, receiver))

    def queue(self, at: datetime) -> list[Backlog]:
        """What waits for each receiver."""
        with reading(self._engine) as connection:
            return list_backlogs(connection, at)

    def counts(self) -> Counts:
        """How many deliveries are dead and held, and how large it all is."""
        with reading(self._engine) as connection:
            return count_all(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def turns(self) -> dict[str, Turn]:
        """The last turn of each destination's breaker that ever turned, by receiver."""
        with reading(self._engine) as connection:
            return last_turns(connection)

    def turns_of(self, receiver: str) -> list[Turn]:
        """All turns of a destination's breaker, oldest first."""
        with reading(self._engine) as connection:
            return turns_of(connection, receiver)

    def held(self, limit: int = 100) -> list[Waits]:
        """What is held, what has waited longest first."""
        with reading(self._engine) as connection:
            return list_held(connection, limit)

    def reused(self, ids: Collection[str]) -> list[tuple[str, str]]:
        """Source and message id of those of these ids that more than one delivery of a source bears."""
        with reading(self._engine) as connection:
            return list_reused(connection, ids)

    def unanswerable(self, ids: Collection[str]) -> list[str]:
        """Those of these deliveries whose answers cannot be sent again: their bytes were dropped."""
        with reading(self._engine) as connection:
            return list_unanswerable(connection, ids)

    def dropped(self, messages: Collection[str]) -> list[str]:
        """Those of these messages that cannot be sent again: their bytes were dropped."""
        with reading(self._engine) as connection:
            return list_dropped(connection, messages)

    def dead(self, limit: int = 100, code: str | None = None, system: str | None = None) -> list[Dead]:
        """The deliveries that died last, newest first, without their bytes."""
        with reading(self._engine) as connection:
            return list_dead(connection, limit, code, system)

    def dead_groups(self) -> list[DeadGroup]:
        """What died, counted by code and by whose it is."""
        with reading(self._engine) as connection:
            return group_dead(connection)

    def dead_message_groups(self) -> list[DeadGroup]:
        """Messages that their destinations will never take, counted by code and receiver."""
        with reading(self._engine) as connection:
            return group_dead_messages(connection)

    def dead_messages_of(self, code: str, receiver: str) -> list[str]:
        """The ids of all dead messages of this code and receiver, oldest first."""
        with reading(self._engine) as connection:
            return dead_message_ids(connection, code, receiver)

    def message(self, id: str) -> Posted | None:
        """One message, without its bytes."""
        with reading(self._engine) as connection:
            return next(iter(posted(connection, messages_named([id]))), None)

    def message_body(self, id: str) -> bytes | None:
        """A message's bytes; None where they are not here, or not as they were written any more."""
        with reading(self._engine) as connection:
            return read_body(connection, id)

    def search(self, wanted: Wanted) -> list[dict[str, Any]]:
        """A page of what is searched for, newest first, each row by its columns' names and without its bytes."""
        with reading(self._engine) as connection:
            return search(connection, wanted)

    def sent(self, receiver: str, since: datetime, until: datetime) -> Iterator[list[Posted]]:
        """What a receiver's end confirmed in a time, oldest first, page by page."""
        behind = (0, 0)
        while True:
            with reading(self._engine) as connection:
                found, behind = sent_page(connection, receiver, (micros(since), micros(until)), behind)
            if not found:
                return
            yield found

    def endings(self, certificates: Sequence[str]) -> dict[str, str]:
        """The states of those of these certificates that are cancelled or superseded, by id."""
        with reading(self._engine) as connection:
            return list_ended(connection, certificates)

    def dead_of(self, code: str, system: str) -> list[str]:
        """Ids of all that died of this code and belong to this system, oldest first."""
        with reading(self._engine) as connection:
            return dead_ids(connection, code, system)

    def dead_letter(self, id: str) -> Dead | None:
        """One delivery that died, or in whose place another was taken in, with its findings and bytes."""
        with reading(self._engine) as connection:
            return one_dead(connection, id)

    def stages(self, ids: Sequence[str]) -> dict[str, str]:
        """How these deliveries stand, by id."""
        with reading(self._engine) as connection:
            return stages(connection, ids)

    def originals(self, ids: Sequence[str]) -> list[Original]:
        """These deliveries as they came, oldest first."""
        with reading(self._engine) as connection:
            return read_originals(connection, ids)

    def story(self, number: str) -> Story:
        """All that is known of the certificates of this number, in one look."""
        with reading(self._engine) as connection:
            return read_story(connection, number)

    def interventions(self, subjects: Sequence[str]) -> list[Intervention]:
        """What was done to these deliveries and messages later, oldest first."""
        with reading(self._engine) as connection:
            return read_interventions(connection, subjects)

    def lapsing(self, since: date, until: date, over: Collection[str]) -> list[Standing]:
        """The certificates whose validity began from one day to another, but for those in a state that ends it."""
        with reading(self._engine) as connection:
            return list_lapsing(connection, since, until, over)

    def numbers(self) -> list[tuple[str, str, str]]:
        """Issuing body, agreement and number of every certificate, copies and such left out."""
        with reading(self._engine) as connection:
            return list_numbers(connection)

    def unanswered(self, states: Collection[str]) -> list[Unanswered]:
        """The certificates in these states whose message left, those first that left first."""
        with reading(self._engine) as connection:
            return list_unanswered(connection, states)

    def verifications(self, partner: str | None = None, is_open: bool = False) -> list[Verification]:
        """The verifications, those asked first come first; of one partner, or only such as wait for a reply."""
        with reading(self._engine) as connection:
            return list_verifications(connection, partner, is_open)

    def day(self, asked: DayAsked) -> DayBook:
        """What was exchanged with a partner on a day (UTC), and what the partner said of it."""
        with reading(self._engine) as connection:
            return read_day(connection, asked)

    def verify(self, tell: Tell = say_nothing, noted: str | None = None) -> Proof:
        """Whether all is as it was written, see verify.verify; it takes minutes for a large ledger."""
        return verify(self._engine, tell, noted)
