"""`eodes track`: one certificate's whole way across messages, and why it is not at its receiver."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.certificate import match_key
from adapter.cli.guard import INVALID, VALID
from adapter.cli.join import ledger_of
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.cli.track_why import Answer, Complaints, answers
from adapter.delivery import Delivery
from adapter.ledger import Ledger, Posted, Standing
from adapter.ledger.story import Story
from adapter.messages import Response
from adapter.settings import settings

COLUMNS = ("at", "event", "what", "system", "detail", "id")
ELSEWHERE = "`eodes search` finds a part of one; what could not be read has none: see `eodes dead list`"
PAPERS = ("id", "number", "agreement", "issuer", "version", "system", "holder", "state", "issued_on", "original")


def run(number: str, json: bool, database: str | None, home: Path | None) -> int:
    """Put the timeline of the certificates of this number, then a sentence for each."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    with ledger_of(told, make=False) as ledger:
        story = ledger.story(number)
        found = answers(story, _complaints(ledger, known), datetime.now(UTC))
    timeline = sorted(_timeline(story), key=itemgetter("at"))
    if json:
        papers = [_paper(each) for each in story.standings]
        said = {"answers": [_answer(each) for each in found], "certificates": papers, "timeline": timeline}
        put_json({"number": number, "key": match_key(number), **said})
    elif story:
        put_table(COLUMNS, [[each[name] for name in COLUMNS] for each in timeline])
        put("".join(f"{printable(line)}\n" for line in map(_line, found)))
    else:
        put(f"nothing is known of this number; {ELSEWHERE}\n")
    return VALID if story else INVALID


def _complaints(ledger: Ledger, known: Catalogue) -> Complaints:
    """Reads a response as it came: only its codes are told, its texts are whoever wrote them's."""

    def codes(delivery: str) -> Sequence[str]:
        for each in ledger.originals([delivery]):
            if each.body is not None and each.source in known.systems:
                content = translate.read(Delivery(each.body, each.source), known).content
                return [each.code for each in content.complaints] if isinstance(content, Response) else []
        return []

    return codes


def _line(each: Answer) -> str:
    named = each.number
    if each.standing:
        version = "" if each.standing.version == "1" else f", {each.standing.version}"
        named = f"{each.number} ({each.agreement}, {each.standing.issuer}{version})"
    return f"{named}: {each.why}"


def _answer(each: Answer) -> dict[str, Any]:
    paper, delivery = each.standing, each.delivery
    return {
        "certificate": paper.id if paper else None, "delivery": delivery.id if delivery else None,
        "number": each.number, "agreement": each.agreement, "issuer": paper.issuer if paper else None,
        "version": paper.version if paper else None, "state": paper.state if paper else None,
        "receiver": paper.holder if paper else None, "is_there": each.is_there, "since": each.since.isoformat(),
        "why": each.why,
    }  # fmt: skip


def _paper(each: Standing) -> dict[str, Any]:
    said = {name: getattr(each, name) for name in PAPERS}
    return said | {"received_at": each.received_at.isoformat() if each.received_at else None}


def _event(at: datetime | None, event: str, what: object, **more: object) -> dict[str, Any]:
    names = ("system", "id", "agreement", "certificate", "detail")
    return {"at": at.isoformat() if at else "", "event": event, "what": str(what), **{n: more.get(n) for n in names}}


def _timeline(story: Story) -> Iterator[dict[str, Any]]:
    for each in story.deliveries:
        died = f"{each.stage} {each.code or ''}".strip()
        yield _event(
            each.received_at, "received", each.kind or "unread", system=each.source, id=each.id,
            agreement=each.agreement, detail=died,
        )  # fmt: skip
    for message in story.messages:
        yield from _of_message(message)
    for paper in story.standings:
        for step in story.steps.get(paper.id, ()):
            yield _event(
                step.at, "state", step.state, system=paper.issuer, id=step.cause, agreement=paper.agreement,
                certificate=paper.id, detail=f"of {paper.number} ({paper.version})",
            )  # fmt: skip
    yield from _of_the_rest(story)


def _of_message(each: Posted) -> Iterator[dict[str, Any]]:
    common = {"system": each.receiver, "id": each.id, "agreement": each.agreement, "certificate": each.certificate}
    kept = "kept until it is asked for" if each.closed_at and not each.attempts else each.function
    yield _event(each.created_at, "written", each.kind, **common, detail=kept)
    if each.closed_at and each.attempts:
        error = f", at first: {each.first_error}" if each.first_error else ""
        yield _event(each.closed_at, "confirmed", each.kind, **common, detail=f"attempts: {each.attempts}{error}")


def _of_the_rest(story: Story) -> Iterator[dict[str, Any]]:
    """Decisions on items, verifications, and what was done by hand."""
    for item in story.items:
        if item.status:
            left = f", {item.balance} {item.unit or ''} left" if item.balance is not None else ""
            detail = f"item {item.item}: {item.quantity or ''} {item.unit or ''}{left}".rstrip()
            yield _event(item.at, "item", item.status, certificate=item.certificate, detail=detail)
    for step in story.verifications:
        what = f"{step.part} {'reply' if step.is_reply else 'question'}"
        yield _event(
            step.at, "verification", what, system=step.answerer if step.is_reply else step.asker, id=step.request,
            agreement=step.agreement, certificate=step.certificate, detail=step.result,
        )  # fmt: skip
    for done in story.interventions:
        before = f"had died of {done.code}" if done.code else None
        detail = "; ".join(part for part in (before, done.why, done.other and f"now {done.other}") if part)
        yield _event(done.at, "done", done.what, system=done.by, id=done.subject, detail=detail)
