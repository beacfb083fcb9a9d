"""What tests write into a ledger."""

from datetime import UTC, datetime

from adapter.delivery import Message
from adapter.envelope import digest
from adapter.ledger import Entry, Post, Standing
from adapter.messages import Function, Kind

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def entry(id: str, stage: str = "done") -> Entry:
    code = None if stage == "done" else "X-1"
    body = b"body of " + id.encode()
    return Entry(
        id, "kcci", f"m-{id}", digest(body), len(body), body, stage=stage, code=code, message=code, findings=None
    )


def standing(id: str, state: str = "issued") -> Standing:
    return Standing(id, "KR", "KCCI", "ik-cepa", f"KEY{id}", "1", f"KEY-{id}", "kcci", "ID", "d", state, 1, "m", "e")


def post(
    id: str, body: bytes = b"<certificate/>", certificate: str | None = None, direct: bool = True, kept: bool = False
) -> Post:
    message = Message(
        id, Kind.CERTIFICATE, Function.ISSUE, "KR", "ID", body, "application/xml", "ik-cepa", digest=digest(body)
    )
    return Post(message, certificate, direct=direct, kept=kept)
