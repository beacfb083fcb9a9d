"""What each code means to people and what they may do about it: a catalogue by code, in any language added."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ENGLISH = "en"
FOLDER = "mappings/words"
"""Where languages lie, each a file: en.toml."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one code."""

    explanation: str
    remedy: str
    title: str | None = None
    """Absent for a rule in English: the rule's docstring says it."""
    example: str | None = None
    """A finding as it is printed, where no file of fixtures/ shows one."""


class Language(Mapping[str, Words]):
    """The words of one language by code, in English where it lacks them."""

    def __init__(self, language: str, folders: Sequence[Path]) -> None:
        """The first folder goes before the others; LookupError for a language that none of them has."""
        files = _files(language, folders) if language.isalpha() else []
        if not files:
            there = sorted({path.stem for folder in folders for path in (folder / FOLDER).glob("*.toml")})
            raise LookupError(f"no words in {language!r}; there are {', '.join(there)}")
        self._words: dict[str, Words] = {}
        for path in dict.fromkeys((*_files(ENGLISH, folders), *files)):
            for code, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
                self._words[code] = Words(**said)

    def __getitem__(self, code: str) -> Words:
        return self._words[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def _files(language: str, folders: Sequence[Path]) -> list[Path]:
    """The files of a language, the one that goes before the others last."""
    every = (folder / FOLDER / f"{language}.toml" for folder in reversed(folders))
    return [path for path in every if path.is_file()]
