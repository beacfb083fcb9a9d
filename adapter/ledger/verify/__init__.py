"""The proof that the ledger is what was written: chains and anchors are computed again, every row is held to them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine

from adapter.findings import Finding
from adapter.ledger.engine import snapshot
from adapter.ledger.schema import HISTORY, INTERVENTIONS, ITEMS, VERIFICATIONS
from adapter.ledger.verify.anchors import Anchor, check_anchors
from adapter.ledger.verify.links import check_links
from adapter.ledger.verify.rows import check_certificates, check_deliveries, check_messages, check_steps
from adapter.ledger.verify.scratch import Scratch

__all__ = ["MOST", "Anchor", "Proof", "Tell", "say_nothing", "verify"]

MOST = 1_000
"""How many findings are told; all are counted."""

Tell = Callable[[str, int, int], None]
"""Is told what is looked at, how much of it is done, and of how much."""


@dataclass(slots=True)
class Proof:
    """What was looked at and what was found; sound if nothing was."""

    checked: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    """The first of them."""
    anchor: Anchor | None = None
    """The last one. Whoever notes its hash elsewhere will see if anything before it was written anew."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.codes


def say_nothing(what: str, done: int, of: int) -> None:
    """Nobody looks."""


def verify(engine: Engine, tell: Tell = say_nothing, noted: str | None = None) -> Proof:
    """Look at all that was written until now; `noted` is the hash of an anchor that must be there. Raises Unavailable.

    What the journal says of each row is kept in a file meanwhile, so that memory does not grow with the ledger.
    """
    proof = Proof()
    with snapshot(engine) as connection, TemporaryDirectory(prefix="eodes-verify-") as folder:
        scratch = Scratch(Path(folder) / "journal.db")
        try:
            for finding in _findings(connection, scratch, proof, tell, noted):
                proof.codes[finding.code] += 1
                if len(proof.findings) < MOST:
                    proof.findings.append(finding)
        finally:
            scratch.close()
    return proof


def _findings(
    connection: Connection, scratch: Scratch, proof: Proof, tell: Tell, noted: str | None
) -> Iterator[Finding]:
    def count(what: str, done: int, of: int) -> None:
        proof.checked[what] = done
        tell(what, done, of)

    yield from check_links(connection, scratch, count)
    proof.anchor = yield from check_anchors(connection, noted, count)
    yield from check_deliveries(connection, scratch, count)
    yield from check_messages(connection, scratch, count)
    yield from check_certificates(connection, scratch, count)
    for table in (HISTORY, ITEMS, VERIFICATIONS, INTERVENTIONS):
        yield from check_steps(connection, table, scratch, count)
