"""`eodes dead list` and `show`: what died, of what, where, and what to do about it."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from adapter.cli import dead_messages
from adapter.cli.guard import VALID, refuse
from adapter.cli.join import ledger_of
from adapter.cli.keep import keep_for_good
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.findings import Finding, Severity
from adapter.ledger import CORRECTED, DISMISSED, LIVING, Dead, Intervention, Ledger
from adapter.ledger.dead import DeadGroup
from adapter.ledger.interventions import ENDPOINT
from adapter.settings import settings
from adapter.words import ENGLISH, Language

GROUPS = ("side", "code", "system", "count", "first", "last")
COLUMNS = ("received_at", "side", "system", "source", "kind", "number", "stage", "code", "said", "id")
SHOWN = ("id", "source", "partner", "kind", "agreement", "number", "message_id", "received_at", "stage", "code")


def list_all(
    every: bool, code: str | None, partner: str | None, limit: int, json: bool, database: str | None
) -> int:  # fmt: skip
    """Put how many died of what, or each of them, newest first."""
    with ledger_of(settings(database=database), make=False) as ledger:
        code, partner = dead_messages.spelt(ledger, code, partner)
        groups = [_group("in", each) for each in ledger.dead_groups()]
        groups += [_group("out", each) for each in ledger.dead_message_groups()]
        groups = [each for each in groups if code in (None, each["code"]) and partner in (None, each["system"])]
        dead = _newest(ledger, limit, code, partner) if every else []
    if json:
        put_json({"groups": groups} | ({"dead": dead} if every else {}))
    elif not groups:
        put(f"nothing is dead{' of that; `eodes dead list` counts what is' if code or partner else ''}\n")
    elif every:
        put_table(COLUMNS, [[each[name] for name in COLUMNS] for each in dead])
        if (left := sum(each["count"] for each in groups) - len(dead)) > 0:
            put(f"and {left} older; --limit shows more\n")
    else:
        put_table(GROUPS, [[each[name] for name in GROUPS] for each in groups])
    return VALID


def show(id: str, out: Path | None, json: bool, database: str | None, home: Path | None) -> int:
    """Put one that died: what is wrong, where, and what to do; its bytes only into a file."""
    told = settings(database=database)
    words = Language(ENGLISH, open_catalogue(home or told.home).folders)
    with ledger_of(told, make=False) as ledger:
        dead, done = _message(ledger, id) or ledger.dead_letter(id), ledger.interventions([id])
    if dead is None or (dead.stage in LIVING and dead.stage != CORRECTED):
        raise refuse(f"{id}: nothing dead has this id; `eodes dead list --all` shows what has")
    if out:
        if dead.body is None:
            raise refuse(f"{id}: {_whereabouts(dead)}")
        keep_for_good(out, dead.body, private=True)
    if json:
        put_json(_told(dead, done, words) | {"written": str(out) if out else None})
    else:
        put("".join(f"{printable(line)}\n" for line in _lines(dead, done, words, out)))
    return VALID


def _newest(ledger: Ledger, limit: int, code: str | None, partner: str | None) -> list[dict[str, Any]]:
    """What came and died, and what was to leave and died, newest first."""
    came = [_line(each) for each in ledger.dead(limit, code, partner)]
    came += [dead_messages.line(each) for each in ledger.dead_messages(limit, code, partner)]
    return sorted(came, key=itemgetter("received_at"), reverse=True)[:limit]


def _message(ledger: Ledger, id: str) -> Dead | None:
    """A dead message in the shape of a delivery."""
    message = dead_messages.find(ledger, id)
    if message is None:
        return None
    said = {name: value for name, value in dead_messages.line(message).items() if name not in ("side", "system")}
    said |= {"received_at": message.died_at, "message": said.pop("said") or "", "code": message.code or ""}
    finding = {"code": message.code or "", "message": message.first_error or "", "severity": "error"}
    return Dead(**said, digest=message.digest, findings=(finding,), body=ledger.message_body(id))


def _group(side: str, each: DeadGroup) -> dict[str, Any]:
    return {
        "side": side, "code": each.code, "system": each.system, "count": each.count, "first": each.first.isoformat(),
        "last": each.last.isoformat(),
    }  # fmt: skip


def _line(each: Dead) -> dict[str, Any]:
    side = "out" if each.stage == ENDPOINT else "in"
    return {
        "id": each.id, "side": side, "system": each.partner or each.source, "source": each.source,
        "partner": each.partner,
        "message_id": each.message_id, "kind": each.kind, "agreement": each.agreement, "number": each.number,
        "stage": each.stage, "code": each.code, "said": each.message, "received_at": each.received_at.isoformat(),
        "size": each.size,
    }  # fmt: skip


def _told(dead: Dead, done: Sequence[Intervention], words: Language) -> dict[str, Any]:
    codes = dict.fromkeys(str(each["code"]) for each in dead.findings)
    return {
        **_line(dead), "digest": dead.digest, "bytes": _whereabouts(dead), "findings": [*dead.findings],
        "remedies": {code: words[code].remedy for code in codes if code in words},
        "corrected_by": next((each.other for each in reversed(done) if each.other), None),
        "done": [told_deed(each) for each in done],
    }  # fmt: skip


def told_deed(each: Intervention) -> dict[str, Any]:
    """What was done, by whom and why, and what it had died of until then."""
    return {
        "what": each.what, "at": each.at.isoformat(), "by": each.by, "why": each.why, "stage": each.stage,
        "code": each.code, "said": each.message, "other": each.other,
    }  # fmt: skip


def _lines(dead: Dead, done: Sequence[Intervention], words: Language, out: Path | None) -> Iterator[str]:
    for name in SHOWN:
        if (value := getattr(dead, name)) is not None:
            yield f"{name.replace('_', ' ')}: {value}"
    yield f"original: {dead.size} bytes, SHA-256 {dead.digest}; {f'written to {out}' if out else _whereabouts(dead)}"
    yield ""
    for finding in dead.findings:
        yield str(Finding(**{**finding, "severity": Severity(str(finding["severity"]))}))
    for code in dict.fromkeys(str(each["code"]) for each in dead.findings):
        if code in words:
            yield f"What to do about {code}: {words[code].remedy}"
    yield from map(_deed_line, done)
    yield from _next(dead)


def _next(dead: Dead) -> Iterator[str]:
    """What an operator may do now."""
    if dead.stage == CORRECTED:
        return
    yield ""
    yield f"eodes dead retry {dead.id}   decides it again, or sends it after all"
    if dead.stage == ENDPOINT:
        yield f"eodes dead give-up {dead.id} --why TEXT   never sends it, and lets go on what waits behind it"
    elif dead.partner != dead.source:
        yield f"eodes dead edit {dead.id} --from FILE --why TEXT   takes a corrected record in in its place"
    if dead.stage not in (ENDPOINT, DISMISSED):
        yield f"eodes dead dismiss {dead.id} --why TEXT   counts it as seen to: it is listed no more"


def _deed_line(each: Intervention) -> str:
    by = f" by {each.by}" if each.by else ""
    why = f": {each.why}" if each.why else ""
    before = f"; it had died at {each.stage} of {each.code}" if each.stage else ""
    other = f"; {each.other} was taken in in its place" if each.other else ""
    return f"{each.at.isoformat()} {each.what}{by}{why}{before}{other}"


def _whereabouts(dead: Dead) -> str:
    """Where its bytes are, in words."""
    if dead.body is not None:
        return "in the ledger; --out FILE writes them"
    if dead.dropped_at:
        return f"dropped on {dead.dropped_at.date()}, for retention was over"
    return "in the broker's queue dead, for the ledger could not take them in"
