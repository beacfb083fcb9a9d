"""The commands that move messages: what each takes; what it does is imported only when it is asked for."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import (
    QUEUES_JSON,
    TAKE_JSON,
    Broker,
    ConnectionsFile,
    Database,
    Files,
    Home,
    Json,
    PartnerVhosts,
)

movement = typer.Typer()


@movement.command("relay")
@guarded
def relay_messages(
    broker: Broker = None,
    database: Database = None,
    partner_vhosts: PartnerVhosts = None,
    role: Annotated[
        Literal["both", "intake", "dispatch"], typer.Option("--role", help="Take in, send, or do both.")
    ] = "both",
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes side by side; one that ends is started again.")
    ] = 1,
    drain: Annotated[
        float, typer.Option("--drain", metavar="SECONDS", min=0.0, help="How long it may take to end when told to.")
    ] = 30.0,
    watch: Annotated[
        str | None,
        typer.Option("--watch", metavar="HOST:PORT", help="Serve /metrics, /health and /ready; a port alone is local."),
    ] = None,
    connections: ConnectionsFile = None,
    home: Home = None,
) -> int:
    """Relay messages between the systems' queues.

    It ends after a whole round when it is told to (Ctrl-C, SIGTERM); what is under way when --drain is over comes
    again. Exit codes: 0 or 130 (Ctrl-C) when told to, 1 when it failed and may be started again, 2 wrong settings.

    Queues and ledger are files of its own unless a broker and a database are named, by option or by EODES_BROKER and
    EODES_DATABASE; the files lie in EODES_DATA, else in ~/.local/state/eodes. EODES_PARTNER_VHOSTS stands for
    --partner-vhosts, `eodes topology grant` makes those vhosts; EODES_CONNECTIONS stands for --connections, EODES_WATCH
    for --watch.
    """
    from adapter.cli.relay import run

    return run(broker, database, partner_vhosts, role, workers, drain, watch, connections, home)


@movement.command("receive")
@guarded
def receive_messages(
    connections: ConnectionsFile = None,
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    drain: Annotated[
        float, typer.Option("--drain", metavar="SECONDS", min=0.0, help="How long it may take to end when told to.")
    ] = 30.0,
    home: Home = None,
) -> int:
    """Receive what partners put in by HTTPS, a folder or their own broker.

    What arrives is brought to the partner's inbox, and only then is the partner told that it was taken; `eodes relay`
    goes on with it. It ends when it is told to (Ctrl-C, SIGTERM), after what is under way. Exit codes: as of
    `eodes relay`. EODES_CONNECTIONS stands for --connections.
    """
    from adapter.cli.receive import run

    return run(connections, broker, partner_vhosts, drain, home)


@movement.command("send")
@guarded
def send_files(
    files: Files,
    sender: Annotated[str, typer.Option("--from", metavar="SYSTEM", help="Whose documents they are.")],
    receiver: Annotated[str | None, typer.Option("--to", metavar="PARTNER", help="For one partner only.")] = None,
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    home: Home = None,
) -> int:
    """Put documents into their system's queue."""
    from adapter.cli.send import run

    return run(files, sender, receiver, broker, partner_vhosts, home)


@movement.command("take", epilog=TAKE_JSON)
@guarded
def take_messages(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="Whose messages: a domestic system or a partner.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Put each body there, under its message id.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave them in the queue: only look.")] = False,
    json: Json = False,
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    home: Home = None,
) -> int:
    """Take what waits for a system out of its queue.

    Each body goes to standard output, or to a file with --out; only when it is written there is the message gone from
    the queue. What each message is stands on standard error. With --keep the first 256 at most are shown.
    """
    from adapter.cli.take import run

    return run(system, out, keep, json, broker, partner_vhosts, home)


@movement.command("queues", epilog=QUEUES_JSON)
@guarded
def show_queues(
    broker: Broker = None,
    database: Database = None,
    partner_vhosts: PartnerVhosts = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show what waits, what is due and what died.

    It only looks: what is not there it does not make. Exit code 2 if queues or ledger are not there or do not answer.
    """
    from adapter.cli.queues import run

    return run(broker, database, partner_vhosts, json, home)


@movement.command("simulate")
@guarded
def simulate_systems(
    systems: Annotated[list[str], typer.Argument(metavar="SYSTEM...", help="Whom to play, such as partners.")],
    decide_after: Annotated[
        float, typer.Option("--decide-after", metavar="SECONDS", min=0.0, help="How often its customs decide.")
    ] = 5.0,
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    home: Home = None,
) -> int:
    """Play systems at the other ends of the queues, to try a relay out.

    A played partner validates what it takes, acknowledges, responds, grants preference and confirms what it is asked to
    verify. It ends when it is told to (Ctrl-C, SIGTERM). Never play a partner on queues that the real one uses.
    """
    from adapter.cli.simulate import run

    return run(systems, decide_after, broker, partner_vhosts, home)
