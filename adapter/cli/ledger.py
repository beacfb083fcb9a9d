"""`eodes ledger`: what is kept, proved."""

from adapter.cli.guard import INVALID, VALID
from adapter.cli.join import ledger_of
from adapter.cli.progress import how_far
from adapter.cli.say import printable, put, put_json
from adapter.ledger.verify import Proof
from adapter.settings import settings


def verify(database: str | None, noted: str | None, json: bool) -> int:
    """Put what was looked at, what was found, and the anchor to note; anything found makes it fail."""
    told = settings(database=database)
    with ledger_of(told) as ledger, how_far() as tell:
        proof = ledger.verify(tell, noted)
    if json:
        put_json(_said(proof))
    else:
        put("".join(_lines(proof)))
    return VALID if proof.is_sound else INVALID


def _said(proof: Proof) -> dict[str, object]:
    anchor = proof.anchor
    return {
        "verdict": "valid" if proof.is_sound else "invalid",
        "checked": dict(proof.checked),
        "codes": dict(sorted(proof.codes.items())),
        "findings": [finding.as_dict() for finding in proof.findings],
        "anchor": {"number": anchor.number, "day": anchor.day, "hash": anchor.hash} if anchor else None,
    }


def _lines(proof: Proof) -> list[str]:
    lines = [f"{printable(str(finding))}\n" for finding in proof.findings]
    if (left := proof.codes.total() - len(proof.findings)) > 0:
        lines.append(f"... and {left} more: {dict(sorted(proof.codes.items()))}\n")
    checked = ", ".join(f"{number} {what}" for what, number in proof.checked.items()) or "nothing is there yet"
    lines.append(f"{'valid' if proof.is_sound else 'INVALID'}: {checked}\n")
    if proof.anchor:
        lines.append(f"anchor of {proof.anchor.day}: {proof.anchor.hash}\n")
    return lines
