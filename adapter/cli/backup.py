"""`eodes ledger backup`: ledger and queues that are files, copied into a folder while the relay goes on working."""

from pathlib import Path

from adapter.cli.guard import VALID, refuse
from adapter.cli.readers import SQLITE
from adapter.cli.say import put
from adapter.ledger.backup import back_up
from adapter.settings import EMBEDDED, settings

OTHERWISE = "it is no file: use the database's own tools, such as pg_dump --format=custom"


def run(folder: Path, broker: str | None, database: str | None) -> int:
    """Copy the files under the names that EODES_DATA knows; nothing that is there already is written over."""
    told = settings(broker, database)
    if not told.ledger_url.startswith(SQLITE):
        raise refuse(f"the ledger cannot be copied: {OTHERWISE}")
    ledger = Path(told.ledger_url.removeprefix(SQLITE).partition("?")[0])
    if not ledger.is_file():
        raise refuse(f"there is no ledger {ledger}")
    copies = {ledger: folder / "ledger.db"}
    queues = Path(told.broker_url.removeprefix(EMBEDDED))
    if told.broker_url.startswith(EMBEDDED) and queues.is_file():
        copies[queues] = folder / "queues.db"
    if there := [str(copy) for copy in copies.values() if copy.exists()]:
        raise refuse(f"{' and '.join(there)}: there already; name another folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    back_up(ledger, copies)
    put("".join(f"{source} -> {copy}\n" for source, copy in copies.items()))
    return VALID
