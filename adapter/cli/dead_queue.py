"""`eodes dead queue`: what lies in the broker's queues `dead` and `unknown`, shown, and put back where it came from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.guard import VALID, refuse
from adapter.cli.join import broker_of
from adapter.cli.log import configure_log
from adapter.cli.say import put, put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.delivery import Delivery
from adapter.relay.broker import Broker, Parcel
from adapter.relay.handing import hand_over
from adapter.relay.names import DEAD, inbox
from adapter.settings import settings

MOST, MOST_BYTES = 256, 64_000_000
"""How many are looked at, and of how many bytes: those that lie there the longest."""
WAIT = 3.0
"""Seconds until a queue counts as empty: the first delivery of a new connection takes longer."""
COLUMNS = ("id", "source", "reason", "message_id", "size", "to")


def run(
    queue: str, ids: Sequence[str], into: str | None, yes: bool, broker: str | None, partner_vhosts: str | None,
    json: bool, home: Path | None,
) -> int:  # fmt: skip
    """Put what lies there, or put it back; each is let go of only when its inbox has confirmed it."""
    configure_log(reader=True)
    told = settings(broker, partner_vhosts=partner_vhosts)
    known = open_catalogue(home or told.home)
    target = inbox(known.system(into).code) if into else None
    with broker_of(told, known, make=False) as queues:
        window = queues.take([queue], MOST, MOST_BYTES, WAIT) if queues.depths([queue]).get(queue) else []
        try:
            lying = [_line(each, _home_of(each, target, known)) for each in window]
            chosen = _chosen(window, lying, ids)
            _require_homes(chosen, yes)
        except BaseException:
            queues.release(window)
            raise
        _put_back(queues, window, chosen if yes else [])
        left = queues.depths([queue]).get(queue, 0)
    told_lines = [line for _, line in chosen]
    if json:
        put_json({"queue": queue, "applied": yes, "left": left, "messages": told_lines})
        return VALID
    if told_lines:
        put_table(COLUMNS, [[line[name] for name in COLUMNS] for line in told_lines])
    many = f"{len(chosen)} of {queue}"
    put(f"{many} put back; {left} lie there\n" if yes else f"{many} shown, and left there; --yes puts them back\n")
    return VALID


def _line(each: Delivery, home: str | None) -> dict[str, Any]:
    """What is written on it; never what is in it."""
    named = _text(each, "message_id") if each.source == DEAD else each.message_id
    return {
        "id": each.message_id, "source": _text(each, "source"), "reason": _text(each, "reason"),
        "message_id": named or None, "size": len(each.body), "to": home,
    }  # fmt: skip


def _text(each: Delivery, name: str) -> str | None:
    """What a header says in words; anybody may have written anything else there."""
    value = each.headers.get(name)
    return value if isinstance(value, str) else None


def _home_of(each: Delivery, into: str | None, known: Catalogue) -> str | None:
    """The inbox that it came from, unless another is named; None where that is none of ours."""
    source = _text(each, "source") if each.source == DEAD else None
    return into or (source if source in {inbox(code) for code in known.systems} else None)


def _chosen(
    window: Sequence[Delivery], lying: Sequence[dict[str, Any]], ids: Sequence[str]
) -> list[tuple[Delivery, dict[str, Any]]]:
    there = {line["id"] for line in lying}
    for id in ids:
        if id not in there:
            raise refuse(f"{id}: none of the first {MOST} that lie there has this id")
    return [(each, line) for each, line in zip(window, lying, strict=True) if not ids or line["id"] in ids]


def _require_homes(chosen: Sequence[tuple[Delivery, dict[str, Any]]], yes: bool) -> None:
    homeless = [line["id"] for _, line in chosen if line["to"] is None]
    if yes and homeless:
        raise refuse(f"{homeless[0]}: it does not say whose inbox it was for; name the system with --into")


def _put_back(
    queues: Broker, window: Sequence[Delivery], chosen: Sequence[tuple[Delivery, dict[str, Any]]]
) -> None:  # fmt: skip
    """Confirmed there, then acknowledged here: ended in between it lies in both, and is taken in once."""
    moved = [each for each, _ in chosen]
    try:
        hand_over(queues, [_parcel(each, line) for each, line in chosen])
    except BaseException:
        queues.release(window)
        raise
    queues.acknowledge(moved)
    queues.release([each for each in window if each not in moved])


def _parcel(each: Delivery, line: dict[str, Any]) -> Parcel:
    receiver = each.headers.get("receiver")
    headers: dict[str, str | int] = {"receiver": receiver} if isinstance(receiver, str) else {}
    return Parcel(line["to"], line["message_id"] or "", each.body, headers=headers)
