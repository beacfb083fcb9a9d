"""`eodes map`: a national record becomes a partner's document, or a partner's document a national record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapter.catalogue import Catalogue
from adapter.cli.guard import refuse, worst
from adapter.cli.progress import watched
from adapter.cli.say import put, put_json
from adapter.cli.seals import seals_at, writing
from adapter.cli.start import STDIN, contents, facts_on, open_catalogue, there
from adapter.cli.verdicts import Judged, as_json, judged, told
from adapter.delivery import Delivery
from adapter.findings import Rejected, Verdict
from adapter.rules import Facts
from adapter.system import System
from adapter.translate import forward, read, traced
from adapter.trust import Seals


def run(
    files: list[str],
    sender: str,
    receiver: str,
    out: Path | None,
    json: bool,
    strict: bool,
    day: str | None,
    home: Path | None,
    connections: Path | None = None,
) -> int:
    """Map each file, give the worst exit code."""
    if len(there(files)) > 1 and not (out or json):
        raise refuse("several files need --out DIR, or --json")
    catalogue = open_catalogue(home)
    between, facts = (catalogue.system(sender), catalogue.system(receiver)), facts_on(day)
    places = _places(files, out, between[1], catalogue)
    seals = seals_at(connections, catalogue)
    every = []
    for name in watched(files):
        each = mapped(name, between, catalogue, facts, strict, seals)
        told(each)
        every.append(_kept(each, places.get(name)))
    if json:
        put_json(as_json(every))
    elif not out and every[0].body is not None:
        put(every[0].body)
    return worst([each.code for each in every])


def mapped(
    name: str, between: tuple[System, System], catalogue: Catalogue, facts: Facts, strict: bool, seals: Seals | None
) -> Judged:
    """A file read and, if it is valid, written for the receiver."""
    sender, receiver = between
    reading = read(Delivery(contents(name), sender.code), catalogue, facts, seals=seals)
    each = judged(name, reading, strict)
    if each.verdict is not Verdict.VALID or reading.content is None:
        return each
    header = reading.header
    try:
        at = datetime.now(UTC).replace(microsecond=0)
        message = forward(
            reading.content, sender, receiver, catalogue, at,
            function=header.function, answers=header.answers, seals=writing(seals, receiver),
        )  # fmt: skip
    except Rejected as refusal:
        return each.with_findings(traced(refusal.findings, reading), refusal.stage or "write")
    return each.with_body(message.body)


def _places(files: Sequence[str], out: Path | None, receiver: System, catalogue: Catalogue) -> dict[str, Path]:
    """Where each file's result goes; two that would go to one place, or over a source, are refused."""
    if out is None:
        return {}
    is_json = next((table.is_json for table in catalogue.tables(receiver)), False)
    stems = {name: "stdin" if name == STDIN else Path(name).stem for name in files}
    places = {name: out / f"{stem}{'.json' if is_json else '.xml'}" for name, stem in stems.items()}
    taken: dict[Path, str] = {}
    for name, place in places.items():
        if place in taken:
            raise refuse(f"{taken[place]} and {name} would both be written to {place}")
        if place.exists() and any(place.samefile(source) for source in files if source != STDIN):
            raise refuse(f"{place} would be written over a file that is mapped; choose another --out")
        taken[place] = name
    out.mkdir(parents=True, exist_ok=True)
    return places


def _kept(each: Judged, place: Path | None) -> Judged:
    """The same, its body written whole to its place."""
    if place is None or each.body is None:
        return each
    from adapter.cli.keep import keep

    keep(place, each.body)
    return each.with_place(str(place))
