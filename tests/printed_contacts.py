"""Records of the agreement whose form prints the exporter's contact, with contacts told apart from all else."""

import re
import tomllib
from collections.abc import Iterator

import shelf

CONTACTS = {"phone": "+82 98765 0001", "fax": "+82 98765 0002", "email": "SECRET.desk@mail.example"}
"""What the printed contacts are replaced by: each bears a mark, and each is what the partner's form takes."""
MARK = re.compile("|".join(map(re.escape, CONTACTS.values())))
AGREEMENTS = {
    "kcci": re.compile(rb'(?<="agreement": ")[^"]+'),
    "unipass": re.compile(rb"(?<=<wco:StatusCode>)[^<]+"),
}
"""Where a domestic record names its agreement."""
PRINTED = "kr-in"


def printed() -> list[shelf.Fixture]:
    """The domestic records of the agreement."""
    return [
        fixture
        for fixture in shelf.documents()
        if fixture.kind == "certificate" and fixture.path.stem.startswith(PRINTED) and fixture.system.side == "domestic"
    ]


def marked(fixture: shelf.Fixture) -> bytes:
    """The record with marked contacts in place of those it has."""
    body = fixture.body
    contact = fixture.read().content.exporter.contact
    for name, value in CONTACTS.items():
        if said := getattr(contact, name):
            body = body.replace(said.encode(), value.encode())
    return body


def under(body: bytes, system: str, agreement: str) -> bytes:
    """The record as if it were issued under another agreement of its system."""
    words = tomllib.loads((shelf.ROOT / f"mappings/codes/{system}-agreements.toml").read_text())
    return AGREEMENTS[system].sub(words[agreement].encode(), body, count=1)


def broken_contacts(fixture: shelf.Fixture) -> Iterator[tuple[str, bytes]]:
    """The record once for every printed contact and every way to break it."""
    body = marked(fixture)
    for name, value in CONTACTS.items():
        for how, wrong in {
            "too long": value + "0" * 5_000,
            "a text": f"{value} & ask",
            "a control character": f"{value}\u0081",
            "letters with marks": f"{value} q\u0303",
            "empty": "",
        }.items():
            if value.encode() in body:
                yield f"{name}: {how}", body.replace(value.encode(), wrong.replace("&", "&amp;").encode())
