"""The commands of `eodes dead`: what each takes; what it does is imported only when it is asked for."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import (
    CODES,
    DEAD_EDIT_JSON,
    DEAD_LIST_JSON,
    DEAD_QUEUE_JSON,
    DEAD_RETRY_JSON,
    DEAD_SHOW_JSON,
    Broker,
    By,
    ConnectionsFile,
    Database,
    Home,
    Json,
    PartnerVhosts,
    Why,
    Yes,
)

dead = typer.Typer(
    help="Find what died, see why, decide it again or correct it.",
    no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Only what died of this code.")]
Whose = Annotated[
    str | None,
    typer.Option(
        "--partner", metavar="SYSTEM", help="Whose it is: the partner, or the system it came from, as the list says."
    ),
]


@dead.command("list", epilog=DEAD_LIST_JSON)
@guarded
def list_dead(
    every: Annotated[bool, typer.Option("--all", help="One by one, newest first, instead of counted.")] = False,
    code: Code = None,
    partner: Whose = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many with --all.")] = 100,
    database: Database = None,
    json: Json = False,
) -> int:
    """Count what died, by code and partner."""
    from adapter.cli.dead import list_all

    return list_all(every, code, partner, limit, json, database)


@dead.command("show", epilog=DEAD_SHOW_JSON)
@guarded
def show_dead(
    id: Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as the list shows it.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the original there; it is confidential.")
    ] = None,
    database: Database = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show what one died of, where, and what to do."""
    from adapter.cli.dead import show

    return show(id, out, json, database, home)


@dead.command("retry", epilog=f"{CODES}\n\n{DEAD_RETRY_JSON}")
@guarded
def retry_dead(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[DELIVERY...]", help="Which; else a group.")] = None,
    code: Code = None,
    partner: Whose = None,
    yes: Yes = False,
    by: By = None,
    why: Why = None,
    database: Database = None,
    json: Json = False,
    connections: ConnectionsFile = None,
    home: Home = None,
) -> int:
    """Decide again what died, from the original bytes.

    By today's rules, tables and facts, as if it came now; whoever sent it is answered anew. What dies again stays dead,
    with what is wrong with it now; what it died of before is kept too. Exit code 1 if any stays dead.
    """
    from adapter.cli.dead_again import retry

    return retry(ids or [], code, partner, yes, by, why, json, database, connections, home)


@dead.command("give-up", epilog=f"{CODES}\n\n{DEAD_RETRY_JSON}")
@guarded
def give_up_dead(
    ids: Annotated[list[str], typer.Argument(metavar="MESSAGE...", help="Which of our own messages.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; it is kept.")],
    yes: Yes = False,
    by: By = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Never send a message of ours that its destination declined.

    What is about the same certificate and waits behind it goes on. A certificate that is given up never arrives.
    What came and died is dismissed instead.
    """
    from adapter.cli.dead_again import give_up

    return give_up(ids, why, yes, by, json, database)


@dead.command("dismiss", epilog=f"{CODES}\n\n{DEAD_RETRY_JSON}")
@guarded
def dismiss_dead(
    ids: Annotated[list[str], typer.Argument(metavar="DELIVERY...", help="Which of what came and died.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="How it was settled; it is kept.")],
    yes: Yes = False,
    by: By = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Count what came and died as seen to, settled elsewhere.

    Nobody is told anything. It is listed no more, and kept with who did it, when and why: `eodes dead show` and
    `eodes search --state dismissed` find it. Retry may still decide it again; from its sender it comes as anew.
    """
    from adapter.cli.dead_again import dismiss

    return dismiss(ids, why, yes, by, json, database)


@dead.command("queue", epilog=DEAD_QUEUE_JSON)
@guarded
def show_queue(
    queue: Annotated[Literal["dead", "unknown"], typer.Argument(help="Which of the broker's queues.")] = "dead",
    ids: Annotated[list[str] | None, typer.Argument(metavar="[MESSAGE...]", help="Which in it; else all.")] = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="SYSTEM", help="Into this system's inbox instead of its own.")
    ] = None,
    yes: Yes = False,
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show what lies in the broker's queues of the dead, or put it back.

    What could not even be taken in lies in `dead`, what was put in for no queue in `unknown`: of that nobody knows
    whose it is, so --into says it. The first 256 are looked at.
    """
    from adapter.cli.dead_queue import run

    return run(queue, ids or [], into, yes, broker, partner_vhosts, json, home)


@dead.command("edit", epilog=f"{CODES}\n\n{DEAD_EDIT_JSON}")
@guarded
def edit_dead(
    id: Annotated[str, typer.Argument(metavar="DELIVERY", help="The dead record's id, as the list shows it.")],
    file: Annotated[str, typer.Option("--from", metavar="FILE", help="The corrected record; - is standard input.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What was corrected and who agreed; it is kept.")],
    yes: Yes = False,
    by: By = None,
    database: Database = None,
    json: Json = False,
    connections: ConnectionsFile = None,
    home: Home = None,
) -> int:
    """Take a corrected record in, in a dead one's place.

    Both are kept, with who did it, when and why. Answers refer to the id that its sender gave to the first. One that
    would die too is not taken in: exit code 1, and nothing is changed. A partner's message is corrected by the partner.
    """
    from adapter.cli.dead_again import edit

    return edit(id, file, why, yes, by, json, database, connections, home)
