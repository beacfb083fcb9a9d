"""The commands of `eodes ledger`: what each takes; what it does is imported only when it is asked for."""

from pathlib import Path
from typing import Annotated

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import CODES, NUMBERS_JSON, PRUNE_JSON, VERIFY_JSON, Broker, Database, Home, Json

ledger = typer.Typer(
    help="Prove the ledger, copy it, and let go of bytes that need not be kept.",
    no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


@ledger.command("verify", epilog=f"{CODES}\n\n{VERIFY_JSON}")
@guarded
def verify_ledger(
    database: Database = None,
    anchor: Annotated[
        str | None,
        typer.Option("--anchor", metavar="HASH", help="An anchor's hash that was noted elsewhere: it must be there."),
    ] = None,
    json: Json = False,
) -> int:
    """Prove that all is there as it was written.

    Journal and anchors are computed again; every delivery, message and certificate is held to them, byte by byte.
    """
    from adapter.cli.ledger import verify

    return verify(database, anchor, json)


@ledger.command("numbers", epilog=NUMBERS_JSON)
@guarded
def tell_numbers(database: Database = None, json: Json = False) -> int:
    """Tell gaps in the numbers of certificates.

    Issuing bodies number their certificates consecutively. A gap may be a certificate that was never exchanged, so it
    is told here and refuses nothing. Exit code 2 if there is no ledger; it is not made.
    """
    from adapter.cli.ledger import numbers

    return numbers(database, json)


@ledger.command("prune", epilog=PRUNE_JSON)
@guarded
def prune_ledger(
    database: Database = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Drop them; without this it is only said what would go.")
    ] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Drop bytes that need not be kept any longer.

    As many years after the day of issue as the certificate's agreement says; what belongs to no certificate is kept
    for the longest of all. Rows, states and digests stay, and nothing is touched of which a message is under way.
    """
    from adapter.cli.ledger import prune

    return prune(database, apply, json, home)


@ledger.command("backup")
@guarded
def back_up_ledger(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the copies go; made if need be.")],
    broker: Broker = None,
    database: Database = None,
) -> int:
    """Copy ledger and queues that are files, as they are at one moment.

    The relay may go on working: it waits with writing until the copies are made. Put them into another machine's
    EODES_DATA and start the relay there; what was under way comes again. For PostgreSQL use pg_dump.
    """
    from adapter.cli.backup import run

    return run(folder, broker, database)
