"""`eodes rules` and `eodes explain`: what is checked, what it rests on, what a code means and what to do about it."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.examples import example
from adapter.cli.guard import VALID, refuse
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.parameters import Parameter
from adapter.rules import Entry, catalogue
from adapter.words import Language, Words

COLUMNS = ("code", "severity", "about", "what it checks", "clause")


def run(agreement: str | None, json: bool, home: Path | None) -> int:
    """Put every rule, with its clause in one agreement or in all."""
    known = open_catalogue(home)
    agreements = [known.agreement(agreement)] if agreement else list(known.agreements.values())
    entries = catalogue(agreements)
    if json:
        put_json({"rules": [_told(entry) for entry in entries]})
        return VALID
    put_table(COLUMNS, map(_row, entries))
    return VALID


def explain(code: str, language: str, json: bool, home: Path | None) -> int:
    """Put what a code means, what to do about it, what it rests on, and an example."""
    known = open_catalogue(home)
    words, code = _words(language, known), code.upper()
    if code not in words:
        near = get_close_matches(code, words, 5, 0.5)
        raise refuse(f"no code {code!r}" + (f"; do you mean {', '.join(near)}?" if near else ""))
    entry = next((entry for entry in catalogue(known.agreements.values()) if entry.code == code), None)
    shown = example(code, known.folders)
    said = str(shown) if shown else words[code].example
    if json:
        put_json(_explained(code, words[code], entry, said))
    else:
        put("".join(f"{printable(line)}\n" for line in _lines(code, words[code], entry, said)))
    return VALID


def _words(language: str, known: Catalogue) -> Language:
    try:
        return Language(language, known.folders)
    except LookupError as error:
        raise refuse(f"--language: {error}") from None


def _row(entry: Entry) -> list[str]:
    return [entry.code, entry.severity, entry.about, entry.title, "; ".join(_clauses(entry.sources))]


def _clauses(sources: Mapping[str, tuple[Parameter, ...]]) -> Iterator[str]:
    for agreement, rows in sources.items():
        for source in dict.fromkeys(row.source + (" (recalled)" if row.recalled else "") for row in rows):
            yield f"{agreement}: {source}"


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code, "severity": str(entry.severity), "about": entry.about.split(", "), "title": entry.title,
        "clauses": {
            agreement: [
                {"source": row.source, "recalled": row.recalled, "since": row.since, "until": row.until} for row in rows
            ]
            for agreement, rows in entry.sources.items()
            if rows
        },
    }  # fmt: skip


def _explained(code: str, words: Words, entry: Entry | None, shown: str | None) -> dict[str, Any]:
    rule = _told(entry) if entry else {"code": code, "severity": None, "about": [], "title": None, "clauses": {}}
    own = {"title": words.title or rule["title"], "explanation": words.explanation, "remedy": words.remedy}
    return {**rule, **own, "example": shown}


def _lines(code: str, words: Words, entry: Entry | None, shown: str | None) -> Iterator[str]:
    yield f"{code}  {entry.severity}, on {entry.about}" if entry else code
    yield words.title or (entry.title if entry else "")
    yield ""
    yield f"What it means: {words.explanation}"
    yield f"What to do:    {words.remedy}"
    for place, clause in enumerate(_clauses(entry.sources) if entry else ()):
        yield f"{'' if place else 'Rests on:':15}{clause}"
    if shown:
        yield f"Example:       {shown}"
