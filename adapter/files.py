"""Files written whole or not at all, and the versions of the packages that what they hold was made with."""

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path


def write_whole(place: Path, data: bytes) -> None:
    """Write a file so that whoever reads it sees all of it or the one before; raises OSError."""
    import tempfile  # 6 ms that only writing costs

    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_private(place: Path | str) -> None:
    """Make an empty file that only its owner may read, unless there is one, or none can be: whoever opens it tells."""
    with suppress(OSError):
        os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def is_open_to_others(place: Path) -> bool:
    """Whether others than its owner may do anything with what lies there."""
    try:
        return bool(place.stat().st_mode & 0o077)
    except OSError:
        return False


def version_of(package: str) -> str:
    """The installed version of a package, without importing it.

    Read off the name of the folder beside it: importlib.metadata, which knows more ways, takes 20 ms to import.
    """
    spec = find_spec(package)
    site = Path(spec.origin).parents[1] if spec and spec.origin else None
    names = os.listdir(site) if site and site.is_dir() else []
    found = [name for name in names if name.startswith(f"{package}-") and name.endswith(".dist-info")]
    if len(found) == 1:
        return found[0].removesuffix(".dist-info").partition("-")[2]
    from importlib.metadata import version

    return version(package)
