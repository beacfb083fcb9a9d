"""`eodes dead retry` and `edit`: what died is decided again, from what came or from a corrected record."""

import getpass
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapter.calendar import Calendar
from adapter.cli import dead_messages
from adapter.cli.guard import INVALID, VALID, refuse
from adapter.cli.join import connections_of, ledger_of
from adapter.cli.log import configure_log
from adapter.cli.progress import how_far
from adapter.cli.say import printable, put, put_json, tell
from adapter.cli.seals import require_agreement, seals_of
from adapter.cli.start import cache_folder, contents, open_catalogue, there
from adapter.cli.tables import put_table
from adapter.delivery import Delivery
from adapter.findings import Trouble, Unavailable
from adapter.ledger import DISMISSED, HELD, LIVING, Deed, Ledger, Original
from adapter.relay.arrival import Arrival, arrive
from adapter.relay.exchange import Exchange
from adapter.relay.intake import TOGETHER, Intake, got_past_its_signature
from adapter.relay.names import inbox
from adapter.relay.quarantine import Quarantine
from adapter.relay.taken import Taken
from adapter.relay.witness import Witness
from adapter.settings import Settings, settings

COLUMNS = ("became", "stage", "code", "count")
RETRY, EDIT, GIVE_UP, DISMISS = "retry", "edit", "give up", "dismiss"


def retry(
    ids: Sequence[str], code: str | None, partner: str | None, yes: bool, by: str | None, why: str | None, json: bool,
    database: str | None, connections: Path | None, home: Path | None,
) -> int:  # fmt: skip
    """Decide again what is named or is of one group; unless told yes, only say what would come of it."""
    if bool(ids) == bool(code and partner) or (ids and (code or partner)):
        raise refuse("name ids, or a group with --code and --partner")
    configure_log(reader=True)
    told = settings(database=database, connections=connections)
    exchange = exchange_of(told, home)
    deed = Deed(RETRY, by or operator(), why)
    with ledger_of(told, make=False) as ledger, how_far() as progress:
        require_agreement(ledger, connections_of(told, exchange.catalogue))
        intake = intake_of(ledger, exchange, deed)
        messages, chosen = _choose(ledger, ids, *dead_messages.spelt(ledger, code, partner))
        results = dead_messages.send_after_all(ledger, messages, yes, deed)
        for start in range(0, len(chosen), TOGETHER):
            originals = ledger.originals(chosen[start : start + TOGETHER])
            _require_seals(originals, exchange)
            results += _again(intake, originals, yes)
            progress("dead", len(results), len(messages) + len(chosen))
    _put(results, yes, json)
    return INVALID if any(each["became"] in ("dead", "left") for each in results) else VALID


def edit(
    id: str, file: str, why: str, yes: bool, by: str | None, json: bool, database: str | None, connections: Path | None,
    home: Path | None,
) -> int:  # fmt: skip
    """Take a corrected record in in the place of a dead one; unless told yes, only say what would come of it."""
    there([file])
    configure_log(reader=True)
    told = settings(database=database, connections=connections)
    exchange = exchange_of(told, home)
    with ledger_of(told, make=False) as ledger:
        require_agreement(ledger, connections_of(told, exchange.catalogue))
        _require_dead(ledger, [id])
        (original,) = ledger.originals([id])
        arrival = _corrected(original, contents(file), exchange)
        intake = intake_of(ledger, exchange, Deed(EDIT, by or operator(), why, corrects=id))
        at = datetime.now(UTC)
        try:
            taken = intake.correct(arrival, at) if yes else intake.weigh([arrival], at)[0]
        except Unavailable as trouble:
            if trouble.trouble is Trouble.OUTPACED:
                raise refuse(f"{id}: another was first to decide on it; `eodes dead show {id}` says how") from None
            raise
    result = _result(taken) | {"original": id, "reference": arrival.reference}
    if json:
        put_json({"applied": yes and result["became"] != "dead", "findings": _findings(taken), **result})
    else:
        put(f"{_said(result, yes)}\n")
        tell(*(str(finding) for finding in taken.found))
    return INVALID if result["became"] == "dead" else VALID


def exchange_of(told: Settings, home: Path | None) -> Exchange:
    """Today's rules, tables, calendar and keys, as the relay has them."""
    catalogue = open_catalogue(home or told.home)
    return Exchange(catalogue, Calendar(cache_folder()), seals=seals_of(told, catalogue))


def intake_of(ledger: Ledger, exchange: Exchange, deed: Deed) -> Intake:
    """The relay's own intake, at work for an operator: what comes of it is left to dispatch."""
    known = exchange.catalogue
    quarantine = Quarantine(known.folders, known.cache, exchange.limits, seals=exchange.seals)
    return Intake(ledger, exchange, quarantine, Witness(), hands_over=False, deed=deed)


def operator() -> str:
    """Who is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise refuse("say who you are with --by NAME: this login has no name") from None


def give_up(
    ids: Sequence[str], why: str, yes: bool, by: str | None, json: bool, database: str | None
) -> int:  # fmt: skip
    """Never send dead messages; unless told yes, only say which."""
    with ledger_of(settings(database=database), make=False) as ledger:
        results = dead_messages.give_up(ledger, [*dict.fromkeys(ids)], yes, Deed(GIVE_UP, by or operator(), why))
    _put(results, yes, json)
    return VALID


def dismiss(
    ids: Sequence[str], why: str, yes: bool, by: str | None, json: bool, database: str | None
) -> int:  # fmt: skip
    """Deliveries that died were seen to elsewhere; unless told yes, only say which."""
    deed = Deed(DISMISS, by or operator(), why)
    with ledger_of(settings(database=database), make=False) as ledger:
        for id in ids:
            if dead_messages.find(ledger, id):
                raise refuse(f"{id}: it is a message of ours: `eodes dead give-up` never sends it")
        _require_dead(ledger, ids)
        stages = ledger.stages(ids)
        gone = set(ledger.dismiss(ids, datetime.now(UTC), deed)) if yes else {*ids}
    _put([_dismissed(id, stages[id], id in gone) for id in dict.fromkeys(ids)], yes, json)
    return VALID


def _dismissed(id: str, stage: str, is_gone: bool) -> dict[str, Any]:
    return {"id": id, "became": DISMISSED if is_gone else "left", "stage": stage, "code": None}


def _choose(
    ledger: Ledger, ids: Sequence[str], code: str | None, partner: str | None
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Messages, and deliveries, that are named or are of one group; all of them dead."""
    if not ids:
        return ledger.dead_messages_of(str(code), str(partner)), ledger.dead_of(str(code), str(partner))
    named = [*dict.fromkeys(ids)]
    sent = [id for id in named if dead_messages.find(ledger, id)]
    came = [id for id in named if id not in sent]
    _require_dead(ledger, came)
    return sent, came


def _require_dead(ledger: Ledger, ids: Sequence[str]) -> None:
    stages = ledger.stages(ids)
    for id in ids:
        if id not in stages:
            raise refuse(f"{id}: nothing dead has this id; `eodes dead list --all` shows what has")
        if stages[id] in LIVING:
            raise refuse(f"{id}: it is not dead: {stages[id]}")


def _require_seals(originals: Sequence[Original], exchange: Exchange) -> None:
    """What the relay held to a signature is not taken in by a command that was not told whom to believe."""
    for each in originals:
        system = exchange.systems.get(each.source)
        why = _owes_a_signature(each) if system and system.side == "partner" else None
        if system and why and not exchange.seals.say_of(system):
            raise refuse(
                f"{each.id}: {why}, and nothing here says whom to believe: name the relay's own "
                "connections.toml with --connections or EODES_CONNECTIONS"
            )


def _owes_a_signature(original: Original) -> str | None:
    """Why it is held to a signature when it is decided again; None where it was not, or where its own was good."""
    if (original.code or "").startswith("SIG-"):
        return "it died of its signature"
    if original.sealed and not got_past_its_signature(original):
        return "it died before its signature was looked at"
    return None


def _again(intake: Intake, originals: Sequence[Original], yes: bool) -> Iterator[dict[str, Any]]:
    """What came of each that is still dead and has its bytes; the others are left."""
    at = datetime.now(UTC)
    ready = [each for each in originals if each.body is not None and each.stage not in LIVING]
    arrivals = intake.bring_up(ready, at)
    for taken in intake.retry(arrivals, at) if yes else intake.weigh(arrivals, at):
        yield _result(taken)
    for each in originals:
        if each.stage in LIVING:
            yield {"id": each.id, "became": each.stage, "stage": each.stage, "code": None}
        elif each.body is None:
            yield {"id": each.id, "became": "left", "stage": each.stage, "code": each.code, "why": _missing(each)}


def _missing(each: Original) -> str:
    if each.is_damaged:
        return "its bytes are not as they were written; ask `eodes ledger verify`"
    return "its bytes were dropped" if each.dropped_at else "its bytes lie in the broker's queue dead"


def _result(taken: Taken) -> dict[str, Any]:
    entry = taken.outcome.entry
    became = entry.stage if entry.stage in LIVING else "dead"
    code = entry.code if became in ("dead", HELD) else None
    return {"id": entry.id, "became": became, "stage": entry.stage, "code": code}


def _put(results: Sequence[dict[str, Any]], yes: bool, json: bool) -> None:
    if json:
        put_json({"applied": yes, "results": results})
        return
    counted = Counter((each["became"], each["stage"], each["code"]) for each in results)
    put_table(COLUMNS, [[*key, count] for key, count in sorted(counted.items(), key=str)])
    for each in results:
        if why := each.get("why"):
            put(f"{each['id']}: left as it is: {why}\n")
    if not results:
        put("nothing is dead of that\n")
    else:
        put(f"{len(results)} done\n" if yes else f"{len(results)} would be done, with this outcome; --yes does it\n")


def _said(result: dict[str, Any], yes: bool) -> str:
    if result["became"] == "dead":
        return f"it would die again, at {result['stage']} of {result['code']}: nothing was taken in"
    named = printable(result["reference"])
    if yes:
        return f"{result['id']} was taken in in its place: {result['became']}; answers refer to {named}"
    return f"it would be taken in: {result['became']}, with answers that refer to {named}; --yes does it"


def _findings(taken: Taken) -> list[dict[str, Any]]:
    return [finding.as_dict() for finding in taken.found]


def _corrected(original: Original, body: bytes, exchange: Exchange) -> Arrival:
    """The corrected record as if its sender had sent it, under the name that answers referred to before."""
    system = exchange.systems.get(original.source)
    if system is None or system.side == "partner":
        raise refuse(
            f"{original.source}: only a domestic record is corrected here; whoever sent this sends a right one"
        )
    name = original.reference or original.message_id or original.digest
    headers = {"receiver": original.named} if original.named else {}
    facts = exchange.facts(datetime.now(UTC))
    for message_id in dict.fromkeys((original.message_id, name)):
        arrival = arrive(Delivery(body, inbox(system.code), message_id, headers, 2), exchange, facts)
        if arrival.reference == name:
            break
    if arrival.id == original.id:
        raise refuse("it is the record that died, byte for byte; `eodes dead retry` decides it again")
    if arrival.reference != name and original.kind is not None:
        raise refuse(f"its own id is another than {name}, to which answers refer; leave that as it was")
    return arrival
