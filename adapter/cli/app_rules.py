"""The commands on rules, codes and deadlines: what each takes; what it does is imported only when it is asked for."""

from typing import Annotated

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import Home, Json


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
