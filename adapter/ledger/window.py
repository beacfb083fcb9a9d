"""A window's outcomes, written whole in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from adapter.ledger.engine import put
from adapter.ledger.entries import CORRECTED, Entry, Outcome, Outpaced, Post, Standing
from adapter.ledger.facts import Facts
from adapter.ledger.history import write_steps
from adapter.ledger.holds import write_holds
from adapter.ledger.interventions import correct, look_again, settled_by
from adapter.ledger.items import write_items
from adapter.ledger.kin import keep_apart, require_known
from adapter.ledger.many import put_new
from adapter.ledger.payload import packed
from adapter.ledger.schema import BODIES, CERTIFICATES, DELIVERIES, OUTBOX
from adapter.ledger.statements import ANSWERS, CLOSE, ENTRY, POST, REOPEN, REVISE, REVISED, STANDING
from adapter.ledger.verifications import write_verifications

BODY = ("id", "body", "coding")
Row = tuple[Any, ...]
"""A row as it is written."""
_first = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Pages:
    """The rows of a window, ready to be written; sorted, so that workers side by side cannot deadlock."""

    deliveries: list[Row]
    certificates: list[Row]
    bodies: list[Row]
    direct: list[Row]
    """Messages that are handed over as soon as they are written."""
    waiting: list[Row]


def pages_of(outcomes: Sequence[Outcome], at: int, leased_until: int) -> Pages:
    """The rows of what is new, their bytes compressed."""
    posts = [(post, outcome.entry) for outcome in outcomes for post in outcome.posts]
    return Pages(
        sorted([_entry(outcome, at) for outcome in outcomes if not outcome.repeated], key=_first),
        sorted([_standing(outcome.certificate, at) for outcome in outcomes if outcome.certificate], key=_first),
        sorted([(post.message.id, *packed(post.message.body)) for post, _ in posts], key=_first),
        [_post(post, entry, at, leased_until) for post, entry in posts if post.direct],
        [_post(post, entry, at, at) for post, entry in posts if not post.direct],
    )


def write_window(
    connection: Connection, outcomes: Sequence[Outcome], pages: Pages, closed: Sequence[str], at: int, facts: Facts
) -> None:
    """Entries, certificates, messages and changes; `closed` are messages that were confirmed meanwhile."""
    keep_apart(connection, outcomes)
    _put_all(connection, DELIVERIES, ENTRY, pages.deliveries)
    _put_all(connection, CERTIFICATES, STANDING, pages.certificates)
    # The bodies come first: they are locked in sorted order, and the messages' own order is the order of sending.
    put_new(connection, BODIES, BODY, pages.bodies)
    _put_all(connection, OUTBOX, POST, pages.direct)
    put_new(connection, OUTBOX, POST, pages.waiting)
    facts.note(connection, outcomes)
    close(connection, outcomes, closed, at, facts)
    require_known(connection, outcomes)
    if rare := [outcome for outcome in outcomes if outcome.repeated or outcome.again]:
        facts.again += _repeat(connection, rare, at, facts)
    for outcome in outcomes:
        if outcome.deed and outcome.deed.corrects:
            facts.interventions += correct(connection, outcome, at)
            facts.revised.append((outcome.deed.corrects, CORRECTED))
    if waiting := [outcome for outcome in outcomes if outcome.hold or outcome.revised]:
        write_holds(connection, waiting, at)
    if said := [outcome for outcome in outcomes if outcome.items or outcome.verifications]:
        facts.items += write_items(connection, said, at)
        facts.verifications += write_verifications(connection, said, at)


def close(connection: Connection, outcomes: Sequence[Outcome], confirmed: Iterable[str], at: int, facts: Facts) -> None:
    """The steps of certificates, and the end of messages that were confirmed: what they carry was sent."""
    closed = sorted(confirmed)
    facts.states += write_steps(connection, outcomes, closed, at)
    if closed:
        connection.execute(CLOSE, {"at": at, "these": closed})
    facts.closed += closed


def _put_all(connection: Connection, table: Table, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Outpaced where another worker wrote one of these first."""
    if put_new(connection, table, columns, rows) != len(rows):
        raise Outpaced


def _repeat(connection: Connection, outcomes: Iterable[Outcome], at: int, facts: Facts) -> list[str]:
    reopened: list[str] = []
    for outcome in outcomes:
        again = {*outcome.again}
        if outcome.answers_again:
            answered = settled_by(connection, outcome.entry.id)
            before = (connection.execute(ANSWERS, {"this": answered}).scalar() or "").split()
            again.update(set(before) & set(_answers(outcome).split()) if outcome.revised else before)
        if outcome.revised:
            facts.interventions += look_again(connection, outcome, at)
            row = _entry(outcome, at)
            put(connection, REVISE, [(*(row[place] for place in REVISED), outcome.entry.id)])
        put(connection, REOPEN, [(at, message) for message in sorted(again)])
        reopened += sorted(again)
    return reopened


def _answers(outcome: Outcome) -> str:
    return " ".join(post.message.id for post in outcome.posts if post.origin is None)


def _entry(outcome: Outcome, at: int) -> Row:
    entry = outcome.entry
    stored = (None, None) if entry.body is None else packed(entry.body)
    return (
        entry.id, entry.source, entry.message_id, entry.reference, entry.digest, entry.size, entry.kind,
        entry.agreement, entry.number, entry.key, entry.partner, entry.stage, entry.code, entry.message,
        entry.findings, _answers(outcome), at, *stored, entry.named, entry.sealed,
    )  # fmt: skip


def _standing(standing: Standing, at: int) -> Row:
    return (
        standing.id, standing.country, standing.issuer, standing.agreement, standing.key, standing.version,
        standing.number, standing.system, standing.holder, standing.digest, standing.state, standing.items,
        standing.message, standing.delivery, at, at,
        standing.issued_on and standing.issued_on.isoformat(), standing.original, standing.form, standing.earlier,
        standing.draws_on, standing.valid_from and standing.valid_from.isoformat(),
    )  # fmt: skip


def _post(post: Post, entry: Entry, at: int, next_attempt_at: int) -> Row:
    message = post.message
    return (
        message.id, message.receiver, message.sender, message.kind.value, message.function.value, message.agreement,
        message.number, message.answers, message.content_type, message.digest, len(message.body), post.certificate,
        entry.id, post.origin, post.reference, at, next_attempt_at, at if post.kept else None, message.key or entry.key,
    )  # fmt: skip
