"""The commands that tell what is known: what each takes; what it does is imported only when it is asked for."""

from typing import Annotated

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import Database, Home, Json, Strict, Today


@guarded
def check_tables(
    partner: Annotated[
        str | None, typer.Argument(metavar="[SYSTEM]", help="A partner or a domestic system; all unless given.")
    ] = None,
    notes: Annotated[
        bool, typer.Option("--notes", help="Tell limits and decisions too, not only what is wrong.")
    ] = False,
    json: Json = False,
    strict: Strict = False,
    home: Home = None,
) -> int:
    """Prove that mapping tables are fit for use."""
    from adapter.cli.check import run

    return run(partner, json, strict, home, notes)


@guarded
def list_partners(json: Json = False, home: Home = None) -> int:
    """List partners and domestic systems."""
    from adapter.cli.partners import run

    return run(json, home)


@guarded
def show_table(
    system: Annotated[str | None, typer.Argument(metavar="SYSTEM", help="A partner or a domestic system.")] = None,
    message: Annotated[
        str | None, typer.Argument(metavar="[MESSAGE]", help="certificate, cancellation, ...; all unless given.")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="NAME", help="Only this agreement's tables.")
    ] = None,
    json: Json = False,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="The JSON Schema of our own model of the message instead.")
    ] = False,
    home: Home = None,
) -> int:
    """Show a table with its types and WCO IDs."""
    from adapter.cli.show import run

    return run(system, message, agreement, json, json_schema, home)


@guarded
def list_rules(
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="NAME", help="Only this agreement's clauses.")
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """List the rules that content is held to."""
    from adapter.cli.rules import run

    return run(agreement, json, home)


@guarded
def explain_code(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of a finding, such as ISS-01.")],
    language: Annotated[
        str, typer.Option("--language", metavar="NAME", help="A language of mappings/words/: en, or one of your own.")
    ] = "en",
    json: Json = False,
    home: Home = None,
) -> int:
    """Say what a finding's code means and what to do."""
    from adapter.cli.rules import explain

    return explain(code, language, json, home)


@guarded
def list_deadlines(
    partner: Annotated[str | None, typer.Option("--partner", metavar="SYSTEM", help="Only this partner's.")] = None,
    on: Today = None,
    within: Annotated[
        int, typer.Option("--within", metavar="DAYS", min=0, max=3_650, help="How far to look ahead.")
    ] = 30,
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """List what is due and overdue, by partner.

    Certificates that expire, certificates that a partner has not answered in its own time, verifications that wait for
    a reply: in the local days of whoever has to act. Exit code 2 if there is no ledger; it is not made.
    """
    from adapter.cli.deadlines import run

    return run(partner, on, within, json, database, home)


@guarded
def reconcile_day(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Whose day it is.")],
    day: Annotated[
        str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="Which day, in UTC; yesterday unless given.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Instead, tell the partner what we have of the day: the relay sends it.")
    ] = False,
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Hold a day's messages against what the partner says of it, or tell the partner ours.

    The relay answers a partner's reconciliation by itself; this looks at the same day again, as the ledger has it now.
    """
    from adapter.cli.reconcile import run

    return run(partner, day, json, database, home, send)
