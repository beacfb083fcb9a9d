"""The files that make up a schema: the one named and those it imports, all of them local."""

import re
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
LINKS = (f"{XS}import", f"{XS}include", f"{XS}redefine", f"{XS}override")
FETCHES = re.compile(rb"<!ENTITY[^>]*(?:SYSTEM|PUBLIC)")
SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:|^//|^/|^\\")


class SchemaError(Exception):
    """A schema that cannot be used: the operator's own file is wrong."""


def schema_files(path: Path, within: Path | None = None) -> dict[Path, bytes]:
    """Every file of the set with its bytes, the named one first.

    Raises SchemaError for a location that is not a relative path, that leads out of `within`, or that is missing.
    """
    files: dict[Path, bytes] = {}
    ahead = [path.resolve()]
    while ahead:
        file = ahead.pop(0)
        if file not in files:
            files[file] = _local(file, within)
            ahead.extend(_linked(file, files[file]))
    return files


def _local(file: Path, within: Path | None) -> bytes:
    if within and not file.is_relative_to(within.resolve()):
        raise SchemaError(f"{file.name} is outside the schemas' folder")
    try:
        return file.read_bytes()
    except OSError as error:
        raise SchemaError(f"{file.name} cannot be read: {error.strerror}") from error


def _linked(file: Path, data: bytes) -> list[Path]:
    # A schema may have a DTD of its own (that of XML signatures has), but nothing is fetched for it.
    if FETCHES.search(data):
        raise SchemaError(f"{file.name} declares an external entity")
    parser = etree.XMLParser(resolve_entities=True, load_dtd=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SchemaError(f"{file.name} is not well-formed XML: {error.msg}") from None
    locations = [link.get("schemaLocation") for link in root.iterchildren(*LINKS)]
    return [_resolved(file, location) for location in locations if location]


def _resolved(file: Path, location: str) -> Path:
    if SCHEME.match(location):
        raise SchemaError(f"{file.name} imports {location!r}; only relative paths are followed")
    return (file.parent / unquote(location)).resolve()
