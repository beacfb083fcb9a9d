"""`eodes validate`: a document is held to its schema, its table and its agreement's rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapter.cli.guard import worst
from adapter.cli.progress import watched
from adapter.cli.say import printable, put, put_json
from adapter.cli.seals import seals_at
from adapter.cli.start import contents, facts_on, open_catalogue, there
from adapter.cli.verdicts import Judged, as_json, judged, told
from adapter.delivery import Delivery
from adapter.translate import disputed, read


def run(
    files: list[str],
    system: str,
    junit: Path | None,
    json: bool,
    strict: bool,
    day: str | None,
    home: Path | None,
    twice: bool = False,
    connections: Path | None = None,
) -> int:
    """Judge each file, give the worst exit code."""
    there(files)
    catalogue = open_catalogue(home)
    source = catalogue.system(system).code
    facts, seals = facts_on(day), seals_at(connections, catalogue)
    every = []
    for name in watched(files):
        body = contents(name)
        one = judged(name, read(Delivery(body, source), catalogue, facts, seals=seals), strict)
        differ = disputed(body, catalogue.system(source), catalogue) if twice else None
        every.append(one.with_findings([differ], "schema") if differ else one)
        told(every[-1])
    if junit:
        from adapter.cli.junit import report
        from adapter.cli.keep import keep

        keep(junit, report(every, source))
    if json:
        put_json(as_json(every))
    else:
        put("".join(_lines(every)))
    return worst([each.code for each in every])


def _lines(every: Sequence[Judged]) -> list[str]:
    lines = []
    for each in every:
        table = each.reading.table
        number = getattr(each.reading.content, "number", None)
        said = ", ".join(str(part) for part in (table and table.message, number) if part)
        lines.append(f"{each.verdict}  {printable(each.file)}{f'  ({printable(said)})' if said else ''}\n")
    return lines
