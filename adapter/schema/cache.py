"""Outlines on disk: as JSON, by checksum of every file they were read from, written whole or not at all."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from adapter.files import version_of, write_whole

FORMAT = 1
"""Raised whenever what is stored changes its meaning."""


class Content(NamedTuple):
    """An outline in its stored form."""

    files: Mapping[Path, bytes]
    types: Sequence[Any]
    roots: Mapping[str, Any]
    notes: Callable[[], Sequence[Mapping[str, str]]]


def checksum(data: bytes) -> str:
    """The checksum a file is known by."""
    return blake2b(data, digest_size=20).hexdigest()


def load(path: Path, cache: Path | None) -> Content | None:
    """The stored outline of this schema, if there is one and none of its files has changed."""
    if cache is None:
        return None
    try:
        head, types, notes = _place(path, cache).read_bytes().split(b"\n", 2)
        about = json.loads(head)
        if about["format"] != FORMAT or about["reader"] != _reader(path):
            return None
        folder = path.resolve().parent
        if any(checksum((folder / name).read_bytes()) != digest for name, digest in about["files"].items()):
            return None
        found, roots = json.loads(types)
        return Content({}, found, roots, lambda: json.loads(notes))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ):  # absent, from another version, or damaged: read the schema again
        return None


def keep(path: Path, cache: Path | None, content: Content) -> Content:
    """Store the outline if the folder can be written; either way give it back."""
    if cache is None:
        return content
    folder = path.resolve().parent
    files = {os.path.relpath(file, folder): checksum(data) for file, data in content.files.items()}
    about = {"format": FORMAT, "reader": _reader(path), "files": files}
    lines = (about, [content.types, content.roots], content.notes())
    text = "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(_place(path, cache), text.encode())
    return content


def _place(path: Path, cache: Path) -> Path:
    return cache / f"{path.name.partition('.')[0]}-{checksum(os.fsencode(path.resolve()))[:16]}.outline"


def _reader(path: Path) -> str:
    return "json" if path.name.endswith(".json") else f"xmlschema {version_of('xmlschema')}"
