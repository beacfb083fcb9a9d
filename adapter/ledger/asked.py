"""What a window depends on, looked up together: most of it only where a delivery says something rare."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from adapter.ledger.day import read_day
from adapter.ledger.entries import HELD, Sent, Standing
from adapter.ledger.holds import holds_until
from adapter.ledger.items import read_items
from adapter.ledger.kin import find_kin
from adapter.ledger.known import Known, Paper, Question, Rare
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import DELIVERIES, OUTBOX
from adapter.ledger.statements import SENT, rows_of
from adapter.ledger.verifications import read_verifications


def find(connection: Connection, question: Question) -> Known:
    """All that the ledger knows of what is asked."""
    stages = rows_of(connection, DELIVERIES, ("id", "stage"), DELIVERIES.c.id, question.deliveries)
    standings = find_kin(connection, {*question.keys, *question.used, *question.read})
    sent = [Sent(*row) for row in rows_of(connection, OUTBOX, SENT, OUTBOX.c.id, question.answered)]
    held = [id for id, stage in stages if stage == HELD]
    holds = holds_until(connection, held) if held else {}
    return Known(dict(stages), standings, sent, holds, _rare(connection, question, standings))


def find_papers(connection: Connection, standings: Iterable[Standing]) -> Mapping[str, Paper]:
    """These certificates as they came, by their ids, as far as their bytes are kept."""
    of = {each.delivery: each for each in standings}
    rows = rows_of(connection, DELIVERIES, ("id", "source", "coding", "body"), DELIVERIES.c.id, of)
    return {
        of[id].id: Paper(source, unpacked(coding, body)) for id, source, coding, body in rows if body is not None
    }  # fmt: skip


def _rare(connection: Connection, question: Question, standings: list[Standing]) -> Rare | None:
    if not (question.used or question.read or question.requests or question.days):
        return None
    used, read = set(question.used), set(question.read)
    stocks = sorted({each.stock for each in standings if each.key in used})
    return Rare(
        tuple(read_items(connection, stocks)) if stocks else (),
        find_papers(connection, [each for each in standings if each.key in read or each.draws_on in read]),
        tuple(read_verifications(connection, sorted(set(question.requests)))) if question.requests else (),
        {(each.partner, each.day): read_day(connection, each) for each in question.days},
    )
