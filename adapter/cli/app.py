"""The commands: what each takes; what it does is imported only when it is asked for."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from adapter.cli.app_ledger import ledger
from adapter.cli.guard import guarded
from adapter.cli.options import (
    CHECK_JSON,
    CODES,
    FILE_JSON,
    PARTNERS_JSON,
    QUEUES_JSON,
    SHOW_JSON,
    Broker,
    Database,
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
app.add_typer(topology)
app.add_typer(ledger, name="ledger")


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
    home: Home = None,
) -> int:
    """Turn records into a partner's documents, or back."""
    from adapter.cli.map import run

    return run(files, sender, receiver, out, json, strict, on, home)


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
    home: Home = None,
) -> int:
    """Hold documents to schema, table and rules."""
    from adapter.cli.validate import run

    return run(files, system, junit, json, strict, on, home, second_opinion)


@app.command("check", epilog=f"{CODES}\n\n{CHECK_JSON}")
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


@app.command("partners", epilog=PARTNERS_JSON)
@guarded
def list_partners(json: Json = False, home: Home = None) -> int:
    """List partners and domestic systems."""
    from adapter.cli.partners import run

    return run(json, home)


@app.command("show", epilog=SHOW_JSON)
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


@app.command("relay")
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
    home: Home = None,
) -> int:
    """Relay messages between the systems' queues.

    It ends after a whole round when it is told to (Ctrl-C, SIGTERM); what is under way when --drain is over comes
    again. Exit codes: 0 or 130 (Ctrl-C) when told to, 1 when it failed and may be started again, 2 wrong settings.

    Queues and ledger are files of its own unless a broker and a database are named, by option or by EODES_BROKER and
    EODES_DATABASE; the files lie in EODES_DATA, else in ~/.local/state/eodes. EODES_PARTNER_VHOSTS stands for
    --partner-vhosts; `eodes topology grant` makes those vhosts.
    """
    from adapter.cli.relay import run

    return run(broker, database, partner_vhosts, role, workers, drain, home)


@app.command("send")
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


@app.command("queues", epilog=QUEUES_JSON)
@guarded
def show_queues(
    broker: Broker = None,
    database: Database = None,
    partner_vhosts: PartnerVhosts = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show what waits, what is due and what died."""
    from adapter.cli.queues import run

    return run(broker, database, partner_vhosts, json, home)


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
