"""Writes docs/rules.md: the rules as the code and the agreements have them, and the agreement's text row by row.

`make docs` runs it; a test fails where the page is older than what it tells of.
"""

import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.examples import example
from adapter.rules import Entry, catalogue
from adapter.words import ENGLISH, Language, Words

HERE = Path(__file__).parent
PAGE = HERE / "rules.md"
HEAD = """# Rules

<!-- Written by `make docs` from adapter/rules, mappings/ and docs/rules.toml: change those, not this. -->

Every message is held to the rules of its kind, under its agreement's parameters (`mappings/agreements/*.toml`) as they
hold on the certificate's day of issue. A finding has the rule's code, a severity, our field, the document's path and
the clause that it rests on. An **error** refuses; **undecided** means that a fact is missing or a check failed: nothing
is known to be wrong; a **warning** and an **info** refuse nothing. What rests on a fact that was recalled, not read,
warns at most, and is marked so here.

`eodes rules` lists them, `eodes explain CODE` says what any code means and what to do about it.
"""
ROWS = """
## What an agreement asks for, and how it is met

After the text of IK-CEPA, row by row. V is a rule, D a limit of time, O a report, M a message, F a field.

| row | article | what it says | | how it is met | rules |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    known = Catalogue.open()
    words = Language(ENGLISH, known.folders)
    parts = [HEAD]
    entries = sorted(catalogue(known.agreements.values()), key=lambda entry: (entry.about, entry.code))
    for about, group in groupby(entries, key=lambda entry: entry.about):
        parts.append(f"\n## On {about.replace(', ', ' and ').replace('_', ' ')}\n")
        parts += ["".join(_rule(entry, words[entry.code], known)) for entry in group]
    rows = tomllib.loads((HERE / "rules.toml").read_text(encoding="utf-8"))
    return "".join([*parts, ROWS, *(_row(code, row) for code, row in rows.items())])


def _rule(entry: Entry, words: Words, known: Catalogue) -> Iterator[str]:
    yield f"\n**{entry.code}** · {entry.severity} · {entry.title}  \n{words.explanation}\n"
    clauses = [
        f"- {agreement}: {'; '.join(dict.fromkeys(_source(row) for row in rows))}\n"
        for agreement, rows in entry.sources.items()
        if rows
    ]
    yield "\n" if clauses else ""
    yield from clauses
    yield f"\n      {example(entry.code, known.folders)}\n"


def _source(row: Any) -> str:
    span = " ".join(f"{word} {day}" for word, day in (("from", row.since), ("until", row.until)) if day)
    return row.source + (f" ({span})" if span else "") + (" *(recalled)*" if row.recalled else "")


def _row(code: str, row: dict[str, Any]) -> str:
    cells = (code, row["article"], row["says"], row["kind"], row["met"], " ".join(row.get("codes", ())))
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
