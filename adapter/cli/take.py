"""`eodes take`: what waits for a system comes out of its queue, as the system itself would take it."""

from json import dumps
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

from adapter.cli.guard import VALID, refuse
from adapter.cli.join import broker_at
from adapter.cli.keep import keep_for_good
from adapter.cli.log import configure_log
from adapter.cli.say import pour, tell
from adapter.cli.start import open_catalogue
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.relay.broker import Broker
from adapter.relay.names import outbox
from adapter.settings import settings

MOST, MOST_BYTES = 256, 16_000_000
FIRST_WAIT, WAIT = 3.0, 0.5
"""Seconds until a queue counts as empty: the first delivery of a new connection takes longer."""
HEADERS = ("type", "number", "agreement", "sender", "function", "correlation_id", "content_type")
SAFE = {*ascii_letters, *digits, *"._-"}
ENDINGS = {"application/json": "json", "application/xml": "xml"}


def run(
    system: str, out: Path | None, keep: bool, json: bool, broker: str | None, partner_vhosts: str | None,
    home: Path | None,
) -> int:  # fmt: skip
    """Write each message, then let go of it; what could not be written stays in the queue."""
    configure_log(reader=True)
    told = settings(broker, partner_vhosts=partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    queue = outbox(catalogue.system(system).code)
    if out:
        out.mkdir(parents=True, exist_ok=True)
    with broker_at(told, catalogue, queue) as queues:
        taken = _take_all(queues, queue, out, json, keep)
        left = queues.depths([queue]).get(queue, 0)
    if left and not taken:
        raise refuse(f"{left} messages wait in {queue} and none could be taken: may this user read from it?")
    tell(f"{taken} messages {'shown, and left' if keep else 'taken'}; {left} wait in {queue}")
    return VALID


def _take_all(broker: Broker, queue: str, out: Path | None, json: bool, keep: bool) -> int:
    """How many were written; each window is settled before the next is taken."""
    taken, wait = 0, FIRST_WAIT if broker.depths([queue]).get(queue) else WAIT
    while window := broker.take([queue], MOST, MOST_BYTES, wait):
        done = 0
        try:
            for delivery in window:
                _write(delivery, out, json)
                done += 1
        finally:
            broker.acknowledge([] if keep else window[:done])
            broker.release(window if keep else window[done:])
        taken, wait = taken + done, WAIT
        if keep:
            break
    return taken


def _write(delivery: Delivery, out: Path | None, json: bool) -> None:
    """To a file or standard output, with a line about it; raises OSError if that failed."""
    place = _place(delivery, out) if out else None
    if place:
        keep_for_good(place, delivery.body)
    said = _said(delivery, place)
    if json:
        pour((dumps(said, ensure_ascii=False) + "\n").encode())
        return
    if not place:
        pour(delivery.body if delivery.body.endswith(b"\n") else delivery.body + b"\n")
    words = (said["message_id"], said["type"], said["number"], f"-> {place}" if place else None)
    tell("  ".join(str(word) for word in words if word))


def _place(delivery: Delivery, out: Path) -> Path:
    """A file of its own for each message; the same one again goes where it went before."""
    name = delivery.message_id or ""
    sha = digest(delivery.body)
    if not name or len(name) > 100 or set(name) - SAFE or name.startswith("."):
        name = sha[:32]
    place = out / f"{name}.{ENDINGS.get(str(delivery.headers.get('content_type')), 'bin')}"
    if place.exists() and place.read_bytes() != delivery.body:
        place = place.with_name(f"{place.stem}-{sha[:12]}{place.suffix}")
    return place


def _said(delivery: Delivery, place: Path | None) -> dict[str, Any]:
    try:
        body = None if place else delivery.body.decode()
    except UnicodeDecodeError:
        body = None
    said = {name: delivery.headers.get(name) for name in HEADERS}
    return {
        "message_id": delivery.message_id, **said, "size": len(delivery.body), "times": delivery.times,
        "written": str(place) if place else None, "body": body,
    }  # fmt: skip
