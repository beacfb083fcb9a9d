"""Goldens: files that say what is expected; they change only on purpose."""

from pathlib import Path


def settle(golden: Path, found: str, update: bool) -> None:
    """Holds what was found against its golden; an update writes one that is missing or says something else."""
    if update and (not golden.exists() or golden.read_text(encoding="utf-8") != found):
        golden.write_text(found, encoding="utf-8")
    assert golden.exists(), f"{golden} is missing: look at what it would say, then run pytest --update"
    assert golden.read_text(encoding="utf-8") == found
