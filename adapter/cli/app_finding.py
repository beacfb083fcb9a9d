"""The commands that find things out of the ledger, and send again: what each takes; what it does is imported later."""

from typing import Annotated, Literal

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import REPLAY_JSON, SEARCH_JSON, TRACK_JSON, By, Database, Home, Json, Why, Yes

finding = typer.Typer()

Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="From then on: YYYY-MM-DD or YYYY-MM-DDTHH:MM, in UTC.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Before then.")]


@finding.command("track", epilog=TRACK_JSON)
@guarded
def track_number(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The certificate's number, however it is spelt.")],
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Tell a certificate's whole way, and why it is not there.

    All that came, became of it and left, in order of time; then a sentence for each certificate of that number.
    """
    from adapter.cli.track import run

    return run(number, json, database, home)


@finding.command("search", epilog=SEARCH_JSON)
@guarded
def search_ledger(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="A number or a part of one, a message's id, or a code.")
    ] = None,
    what: Annotated[
        Literal["deliveries", "certificates", "messages"],
        typer.Option("--in", help="What came, what was exchanged, or what leaves."),
    ] = "deliveries",
    partner: Annotated[str | None, typer.Option("--partner", metavar="SYSTEM", help="On either side.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="certificate, feedback, ...")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--state", metavar="STATE",
            help="Deliveries: done, held, dead, corrected, dismissed or the stage where they died; certificates: their "
            "state; messages: open, sent, kept, dead, given_up.",
        ),
    ] = None,
    agreement: Annotated[str | None, typer.Option("--agreement", metavar="NAME", help="Under this agreement.")] = None,
    since: Since = None,
    until: Until = None,
    after: Annotated[str | None, typer.Option("--after", metavar="PLACE", help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many on a page.")] = 50,
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:  # fmt: skip
    """Search what came and what leaves, newest first.

    A TEXT that is a whole number, id or code finds that alone; else numbers that have it as a part.
    """
    from adapter.cli.search import run
    from adapter.ledger.find import Wanted

    wanted = Wanted(what, text, partner, kind, state, agreement, limit=limit)
    return run(wanted, since, until, after, json, database, home)


@finding.command("replay", epilog=REPLAY_JSON)
@guarded
def replay_messages(
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER...]", help="All that left for partners about these.")
    ] = None,
    ids: Annotated[list[str] | None, typer.Option("--message", metavar="MESSAGE", help="One by its id.")] = None,
    partner: Annotated[
        str | None, typer.Option("--partner", metavar="SYSTEM", help="Only what left for it; all with --since.")
    ] = None,
    since: Since = None,
    until: Until = None,
    ended: Annotated[
        bool, typer.Option("--ended", help="Certificates too that were cancelled or superseded since.")
    ] = False,
    yes: Yes = False,
    by: By = None,
    why: Why = None,
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Send again what left before, with the same ids and bytes.

    For a partner that lost what it had. What it still has it drops, knowing the ids. A certificate that was
    cancelled or superseded since is left out unless told otherwise; its cancellation is not.
    """
    from adapter.cli.replay import Chosen, run

    return run(Chosen(ids or (), numbers or (), partner, since, until), ended, yes, by, why, json, database, home)
