"""`eodes ledger`: what is kept, proved; gaps in numbers, told; what need not be kept any longer, dropped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapter.agreement import Agreement
from adapter.cli.guard import INVALID, VALID, refuse
from adapter.cli.join import ledger_of
from adapter.cli.progress import how_far
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.ledger.prune import Pruned
from adapter.ledger.retention import Retention
from adapter.ledger.verify import Proof
from adapter.numbering import series_of
from adapter.settings import settings

MOST_RUNS = 20
"""Runs of missing numbers told of one series; --json tells all."""
SERIES = ("issuer", "agreement", "form", "count", "first", "last", "missing", "twice")
PRUNED = ("agreement", "deliveries", "messages", "bytes", "years", "recalled", "source")


def verify(database: str | None, noted: str | None, json: bool) -> int:
    """Put what was looked at, what was found, and the anchor to note; anything found makes it fail."""
    told = settings(database=database)
    if noted is not None and not re.fullmatch(r"[0-9a-f]{64}", noted):
        raise refuse("--anchor: no anchor's hash, which is 64 hexadecimal digits in small letters")
    with ledger_of(told, make=False) as ledger, how_far() as tell:
        proof = ledger.verify(tell, noted)
    if json:
        put_json(_said(proof))
    else:
        put("".join(_lines(proof)))
    return VALID if proof.is_sound else INVALID


def numbers(database: str | None, json: bool) -> int:
    """Put every series of numbers, with what is missing in it and what was used twice."""
    with ledger_of(settings(database=database), make=False) as ledger:
        found = series_of(ledger.numbers())
    if json:
        put_json({"series": [asdict(each) for each in found]})
        return VALID
    rows = [[*astuple(each)[:-2], _runs(each.missing), ", ".join(map(str, each.twice))] for each in found]
    put_table(SERIES, rows)
    return VALID


def _runs(missing: Sequence[tuple[int, int]]) -> str:
    told = [str(first) if first == last else f"{first}-{last}" for first, last in missing[:MOST_RUNS]]
    left = len(missing) - len(told)
    return ", ".join(told) + (f" and {left} more" if left else "")


def prune(database: str | None, apply: bool, json: bool, home: Path | None) -> int:
    """Put how much is over its retention, by agreement, and drop its bytes if that is asked for."""
    told = settings(database=database)
    agreements = open_catalogue(home or told.home).agreements
    try:
        retention = Retention.of(agreements)
    except ValueError as error:
        raise refuse(str(error)) from None
    at = datetime.now(UTC)
    with ledger_of(told, make=False) as ledger, how_far() as tell:
        pruned = ledger.prune(retention, at, apply, tell)
    rows = [_row(name, pruned, agreements, retention, at) for name in sorted(pruned.bytes)]
    if json:
        put_json({"applied": apply, "dropped": rows})
        return VALID
    put_table(PRUNED, [[row[name] for name in PRUNED] for row in rows])
    total = f"{pruned.deliveries.total()} deliveries and {pruned.messages.total()} messages"
    put(f"the bytes of {total} were dropped\n" if apply else f"the bytes of {total} would go; --apply drops them\n")
    return VALID


def _row(
    name: str, pruned: Pruned, agreements: Mapping[str, Agreement], retention: Retention, at: datetime
) -> dict[str, Any]:
    terms = agreements[name].on(at.date()).retention if name else None
    return {
        "agreement": name or None,
        "deliveries": pruned.deliveries[name],
        "messages": pruned.messages[name],
        "bytes": pruned.bytes[name],
        "years": terms.years if terms else retention.longest,
        "recalled": terms.recalled if terms else False,
        "source": terms.source if terms else "no certificate: the longest of all agreements, from receipt",
    }


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
