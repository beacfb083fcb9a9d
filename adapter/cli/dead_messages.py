"""The dead among our own messages, those that their destination will never take, for `eodes dead`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapter.cli.guard import refuse
from adapter.ledger import Deed, Ledger, Posted
from adapter.ledger.interventions import ENDPOINT

TOGETHER = 500
"""How many come alive in one transaction: the relay writes in between."""


def find(ledger: Ledger, id: str) -> Posted | None:
    """The message of this id, if it is dead."""
    message = ledger.message(id)
    return message if message and message.died_at and message.closed_at is None else None


def spelt(ledger: Ledger, code: str | None, partner: str | None) -> tuple[str | None, str | None]:
    """A code and a system as the ledger has them: upper and lower case are one, as everywhere."""
    groups = [*ledger.dead_groups(), *ledger.dead_message_groups()]
    systems = {str(each.system).lower(): each.system for each in groups}
    return code and code.upper(), partner and systems.get(partner.lower(), partner)


def line(each: Posted) -> dict[str, Any]:
    """A dead message as a delivery is shown: it came from us, and belongs to whom it was for."""
    died_at = each.died_at or each.created_at
    return {
        "id": each.id, "side": "out", "system": each.receiver, "source": each.sender, "partner": each.receiver,
        "message_id": each.id, "kind": each.kind, "agreement": each.agreement, "number": each.number,
        "stage": ENDPOINT, "code": each.code, "said": each.first_error, "received_at": died_at.isoformat(),
        "size": each.size,
    }  # fmt: skip


def send_after_all(ledger: Ledger, ids: Sequence[str], yes: bool, deed: Deed) -> list[dict[str, Any]]:
    """Those of these that are dead are due again; what is decided on them is their destination's."""
    if yes:
        some = [ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)]
        sent = {id for each in some for id in ledger.revive(each, datetime.now(UTC), deed)}
    else:
        sent = {id for id in ids if find(ledger, id)}
    return [
        {"id": id, "became": "due" if id in sent else "left", "stage": ENDPOINT, "code": None}
        | ({} if id in sent else {"why": "it is not dead any more"})
        for id in ids
    ]


def give_up(ledger: Ledger, ids: Sequence[str], yes: bool, deed: Deed) -> list[dict[str, Any]]:
    """They are never sent; what they held back goes on."""
    for id in ids:
        if find(ledger, id) is None:
            raise refuse(f"{id}: no dead message has this id; what came and died holds nothing back")
    gone = set(ledger.give_up(ids, datetime.now(UTC), deed)) if yes else set(ids)
    return [
        {"id": id, "became": "given up" if id in gone else "left", "stage": ENDPOINT, "code": None} for id in ids
    ]  # fmt: skip
