"""All that the ledger has of one certificate's number, read in one look and without a payload."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from adapter.certificate import match_key
from adapter.ledger.destinations import Turn, last_turns
from adapter.ledger.entries import Standing, Step
from adapter.ledger.history import read_steps
from adapter.ledger.holds import Waits, held_about
from adapter.ledger.interventions import Intervention, read_interventions
from adapter.ledger.items import read_items
from adapter.ledger.kin import find_kin
from adapter.ledger.schema import DELIVERIES
from adapter.ledger.search import ARRIVED, arrived, deliveries_about, messages_about, posted
from adapter.ledger.shown import Arrived, Posted
from adapter.ledger.statements import columns_of
from adapter.ledger.steps import ItemStep, VerificationStep
from adapter.ledger.verifications import verifications_about


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that came, became of it and left, about the certificates of one number, each list oldest first."""

    key: str
    standings: tuple[Standing, ...]
    """Also all that hang together with those of the number, whose own may be another."""
    steps: Mapping[str, tuple[Step, ...]]
    """By certificate."""
    deliveries: tuple[Arrived, ...]
    messages: tuple[Posted, ...]
    causes: Mapping[str, Arrived]
    """Deliveries about other certificates that brought a step about, by id."""
    items: tuple[ItemStep, ...]
    verifications: tuple[VerificationStep, ...]
    held: tuple[Waits, ...]
    interventions: tuple[Intervention, ...]
    turns: Mapping[str, Turn]
    """How each destination's breaker stands, by receiver."""

    def __bool__(self) -> bool:
        return bool(self.standings or self.deliveries or self.messages)


def read_story(connection: Connection, number: str) -> Story:
    """What is known of this number, however it is spelt."""
    key = match_key(number)
    standings = find_kin(connection, [key])
    deliveries = sorted(arrived(connection, deliveries_about(number)), key=lambda each: (each.received_at, each.id))
    messages = sorted(posted(connection, messages_about(number)), key=lambda each: (each.created_at, each.id))
    steps = {each.id: tuple(read_steps(connection, each.id)) for each in standings}
    there = {each.id for each in deliveries} | {each.id for each in messages}
    causes = {step.cause for told in steps.values() for step in told} - there
    subjects = sorted(there)
    return Story(
        key, tuple(standings), steps, tuple(deliveries), tuple(messages),
        {each.id: each for each in arrived(connection, deliveries_named(causes))},
        tuple(read_items(connection, sorted({each.stock for each in standings}))) if standings else (),
        tuple(verifications_about(connection, key)),
        tuple(held_about(connection, key)),
        tuple(read_interventions(connection, subjects)),
        last_turns(connection),
    )  # fmt: skip


def deliveries_named(ids: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """The deliveries of these ids."""
    return select(*columns_of(DELIVERIES, ARRIVED)).where(DELIVERIES.c.id.in_(sorted(ids)))
