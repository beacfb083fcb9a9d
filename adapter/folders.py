"""Folders that lie over each other, the user's own on top, and what TOML files in them say."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from adapter.certificate import Part
from adapter.mapping.path import TableError
from adapter.refusals import refusals

M = TypeVar("M", bound=Part)


def topmost(folders: tuple[Path, ...], name: str) -> Path | None:
    """The file of this name in the first folder that has one."""
    return next((path for folder in folders if (path := folder / name).is_file()), None)


def toml_files(folders: tuple[Path, ...], below: str) -> list[Path]:
    """TOML files below each folder, by name, the first folder's winning."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / below).glob("*.toml")):
            found.setdefault(path.name, path)
    return [found[name] for name in sorted(found)]


def _named(path: Path) -> str:
    """A file with its folder, as other messages name it: every system has a system.toml."""
    return f"{path.parent.name}/{path.name}"


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says; TableError where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise TableError(f"{_named(path)}: not TOML that can be read: it is nested too deep") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{_named(path)}: not TOML: {error}") from None


def read_model(model: type[M], values: Mapping[str, Any], path: Path) -> M:
    """The model of a file's values; TableError with all that it refuses."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        said = "; ".join(f"{place} {words}".strip() for place, words in refusals(error, model))
        raise TableError(f"{_named(path)}: {said}") from None
