"""What tests write into a ledger."""

from datetime import UTC, datetime

from adapter.ledger import Entry, Standing

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def entry(id: str, stage: str = "done") -> Entry:
    code = None if stage == "done" else "X-1"
    return Entry(id, "kcci", f"m-{id}", "0" * 64, 4, b"body", stage=stage, code=code, message=code, findings=None)


def standing(id: str, state: str = "issued") -> Standing:
    return Standing(id, "KR", "KCCI", "ik-cepa", f"KEY{id}", "1", f"KEY-{id}", "kcci", "ID", "d", state, 1, "m", "e")
