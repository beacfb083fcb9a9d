"""The commands: what each takes; what it does is imported only when it is asked for."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapter.cli.app_dead import dead
from adapter.cli.app_finding import finding
from adapter.cli.app_knowledge import (
    check_tables,
    explain_code,
    list_deadlines,
    list_partners,
    list_rules,
    reconcile_day,
    show_table,
)
from adapter.cli.app_ledger import ledger
from adapter.cli.app_movement import movement
from adapter.cli.guard import guarded
from adapter.cli.options import (
    CHECK_JSON,
    CODES,
    DEADLINES_JSON,
    EXPLAIN_JSON,
    FILE_JSON,
    PARTNERS_JSON,
    RECONCILE_JSON,
    RULES_JSON,
    SHOW_JSON,
    Broker,
    ConnectionsFile,
    Files,
    Home,
    HomeForAll,
    Json,
    PartnerVhosts,
    Strict,
    Today,
)
from adapter.cli.say import put
from adapter.cli.topology import topology

app = typer.Typer(
    name="eodes",
    help="Maps, validates and relays certificates of origin between domestic systems and free-trade partners.",
    epilog=CODES, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
app.add_typer(movement)
app.add_typer(finding)
app.add_typer(topology)
app.add_typer(ledger, name="ledger")
app.add_typer(dead, name="dead")


def say_version(asked: bool) -> None:
    """The version of what is installed."""
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            put(f"eodes {version('eodes-adapter')}\n")
        except PackageNotFoundError:  # run from its sources
            put("eodes (not installed)\n")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    home: HomeForAll = None,
    _: Annotated[bool, typer.Option("--version", callback=say_version, is_eager=True, help="Say the version.")] = False,
) -> None:
    """What stands before the command holds for it too."""
    if home is not None:
        context.default_map = home_for(context.command, str(home))


def home_for(command: Any, home: str) -> dict[str, Any]:
    """The folder as what every command below takes unless told otherwise."""
    below = getattr(command, "commands", {})
    return {"home": home} | {name: home_for(each, home) for name, each in below.items()}


@app.command("map", epilog=f"{CODES}\n\n{FILE_JSON}")
@guarded
def map_files(
    files: Files,
    sender: Annotated[
        str,
        typer.Option("--from", metavar="SYSTEM", help="Where the documents come from: a domestic system or a partner."),
    ],
    receiver: Annotated[str, typer.Option("--to", metavar="SYSTEM", help="Whom to write them for.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Put each result there, under its source's name.")
    ] = None,
    json: Json = False,
    strict: Strict = False,
    on: Today = None,
    connections: ConnectionsFile = None,
    home: Home = None,
) -> int:
    """Turn records into a partner's documents, or back.

    With --connections (or EODES_CONNECTIONS) they are signed, and signatures verified, where that is asked for.
    """
    from adapter.cli.map import run

    return run(files, sender, receiver, out, json, strict, on, home, connections)


@app.command("validate", epilog=f"{CODES}\n\n{FILE_JSON}")
@guarded
def validate_files(
    files: Files,
    system: Annotated[
        str,
        typer.Option("--partner", metavar="SYSTEM", help="Whose documents they are: a partner or a domestic system."),
    ],
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report too.")] = None,
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion", help="Ask xmlschema too; where it differs from lxml, undecided.")
    ] = False,
    json: Json = False,
    strict: Strict = False,
    on: Today = None,
    connections: ConnectionsFile = None,
    home: Home = None,
) -> int:
    """Hold documents to schema, table and rules.

    With --connections (or EODES_CONNECTIONS) also to the signature that they are to have, as on the day of --on.
    """
    from adapter.cli.validate import run

    return run(files, system, junit, json, strict, on, home, second_opinion, connections)


app.command("check", epilog=f"{CODES}\n\n{CHECK_JSON}")(check_tables)
app.command("partners", epilog=PARTNERS_JSON)(list_partners)
app.command("show", epilog=SHOW_JSON)(show_table)
app.command("deadlines", epilog=DEADLINES_JSON)(list_deadlines)
app.command("reconcile", epilog=RECONCILE_JSON)(reconcile_day)
app.command("rules", epilog=RULES_JSON)(list_rules)
app.command("explain", epilog=EXPLAIN_JSON)(explain_code)


@app.command("asyncapi")
@guarded
def describe_queues(broker: Broker = None, partner_vhosts: PartnerVhosts = None, home: Home = None) -> int:
    """Describe queues and messages in AsyncAPI 3.0.

    For whoever puts records into the queues or takes messages out of them: JSON on standard output, with the server
    that a broker is named as.
    """
    from adapter.cli.asyncapi import run

    return run(broker, partner_vhosts, home)


@app.command("demo")
@guarded
def play_demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where received documents go.")] = Path(
        "build/demo"
    ),
    home: Home = None,
) -> int:
    """Play the main job on this machine."""
    from adapter.cli.demo import run

    return run(out, home)
