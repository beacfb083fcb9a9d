"""A window's outcomes, written whole in one transaction."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from adapter.ledger.engine import put
from adapter.ledger.entries import CORRECTED, Entry, Outcome, Outpaced, Post, Standing
from adapter.ledger.facts import Facts
from adapter.ledger.history import write_steps
from adapter.ledger.holds import write_holds
from adapter.ledger.interventions import correct, look_again, settled_by
from adapter.ledger.items import write_items
from adapter.ledger.kin import keep_apart, require_known
from adapter.ledger.payload import packed
from adapter.ledger.schema import BODIES, CERTIFICATES, DELIVERIES, OUTBOX
from adapter.ledger.statements import ANSWERS, CLOSE, ENTRY, POST, REOPEN, REVISE, REVISED, STANDING, put_new
from adapter.ledger.verifications import write_verifications

_first = itemgetter(0)


def write_window(
    connection: Connection, outcomes: Sequence[Outcome], closed: Sequence[str], at: int, leased_until: int, facts: Facts
) -> None:
    """Entries, certificates, messages and changes; rows go in sorted, so that workers side by side cannot deadlock.

    `closed` are messages that were confirmed meanwhile.
    """
    keep_apart(connection, outcomes)
    fresh = [_entry(outcome, at) for outcome in outcomes if not outcome.repeated]
    _put_all(connection, DELIVERIES, ENTRY, fresh)
    certificates = [_standing(outcome.certificate, at) for outcome in outcomes if outcome.certificate]
    _put_all(connection, CERTIFICATES, STANDING, certificates)
    _put_posts(connection, outcomes, at, leased_until)
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
    put(connection, CLOSE, [(at, id) for id in closed])
    facts.closed += closed


def _put_all(connection: Connection, table: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    rows.sort(key=_first)
    if put(connection, put_new(table, columns, connection.dialect.name), rows) != len(rows):
        raise Outpaced


def _put_posts(connection: Connection, outcomes: Sequence[Outcome], at: int, leased_until: int) -> None:
    direct: list[tuple[Any, ...]] = []
    waiting: list[tuple[Any, ...]] = []
    bodies: list[tuple[str, bytes, str | None]] = []
    for outcome in outcomes:
        for post in outcome.posts:
            if post.direct:
                direct.append(_post(post, outcome.entry, at, leased_until))
            else:
                waiting.append(_post(post, outcome.entry, at, at))
            bodies.append((post.message.id, *packed(post.message.body)))
    bodies.sort(key=_first)
    # The bodies come first: they are locked in sorted order, and the messages' own order is the order of sending.
    put(connection, put_new(BODIES, ("id", "body", "coding"), connection.dialect.name), bodies)
    statement = put_new(OUTBOX, POST, connection.dialect.name)
    if put(connection, statement, direct) != len(direct):
        raise Outpaced
    put(connection, statement, waiting)


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


def _entry(outcome: Outcome, at: int) -> tuple[Any, ...]:
    entry = outcome.entry
    stored = (None, None) if entry.body is None else packed(entry.body)
    return (
        entry.id, entry.source, entry.message_id, entry.reference, entry.digest, entry.size, entry.kind,
        entry.agreement, entry.number, entry.key, entry.partner, entry.stage, entry.code, entry.message,
        entry.findings, _answers(outcome), at, *stored, entry.named, entry.sealed,
    )  # fmt: skip


def _standing(standing: Standing, at: int) -> tuple[Any, ...]:
    return (
        standing.id, standing.country, standing.issuer, standing.agreement, standing.key, standing.version,
        standing.number, standing.system, standing.holder, standing.digest, standing.state, standing.items,
        standing.message, standing.delivery, at, at,
        standing.issued_on and standing.issued_on.isoformat(), standing.original, standing.form, standing.earlier,
        standing.draws_on, standing.valid_from and standing.valid_from.isoformat(),
    )  # fmt: skip


def _post(post: Post, entry: Entry, at: int, next_attempt_at: int) -> tuple[Any, ...]:
    message = post.message
    return (
        message.id, message.receiver, message.sender, message.kind.value, message.function.value, message.agreement,
        message.number, message.answers, message.content_type, message.digest, len(message.body), post.certificate,
        entry.id, post.origin, post.reference, at, next_attempt_at, at if post.kept else None, message.key or entry.key,
    )  # fmt: skip
