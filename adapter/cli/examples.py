"""Examples of findings, by code: from the bad files of fixtures/, or as the words have one."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from adapter.findings import Finding, Severity

BAD = "fixtures/*/bad/*.complaint.json"
RULES = "fixtures/rules/*.json"


def example(code: str, folders: tuple[Path, ...]) -> Finding | None:
    """A finding of this code, of a file that it comes first in if there is one."""
    first, any_place = _shown(folders)
    return first.get(code) or any_place.get(code)


@cache
def _shown(folders: tuple[Path, ...]) -> tuple[dict[str, Finding], dict[str, Finding]]:
    first: dict[str, Finding] = {}
    any_place: dict[str, Finding] = {}
    for path in (path for folder in folders for shown in (RULES, BAD) for path in sorted(folder.glob(shown))):
        told = [_finding(said) for said in json.loads(path.read_text(encoding="utf-8"))["findings"]]
        for finding in told:
            any_place.setdefault(finding.code, finding)
        if told:
            first.setdefault(told[0].code, told[0])
    return first, any_place


def _finding(said: dict[str, Any]) -> Finding:
    return Finding(**{**said, "severity": Severity(said["severity"])})
