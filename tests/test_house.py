"""The rules of the house, read aloud over the adapter's own sources."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "adapter").rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# Known by name here, and all others by what lies under mappings/: an added partner is forbidden from its first day.
CODES = {"CN", "ID", "VN", "IN", "KH", "SG", "IL", "KR", "CHN", "IDN", "VNM", "IND", "KHM", "SGP", "ISR", "KOR"}
NAMES = {"china", "chinese", "indonesia", "vietnam", "viet nam", "india", "cambodia", "singapore", "israel", "korea"}
NAMES |= {"unipass", "uni-pass", "uni_pass", "kcci", "akfta", "ik-cepa", "ikcepa", "kcfta", "cepa"}

# (file, word) pairs that may stay, each with its reason.
ALLOWED: set[tuple[str, str]] = set()


def forbidden_codes():
    return CODES | {folder.name.upper() for folder in (ROOT / "mappings/partners").glob("*") if folder.is_dir()}


def forbidden_names():
    systems = {folder.name.lower() for folder in (ROOT / "mappings/domestic").glob("*") if folder.is_dir()}
    return NAMES | systems | {path.stem.lower() for path in (ROOT / "mappings/agreements").glob("*.toml")}


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path, line):
    return f"{path.relative_to(ROOT)}:{line}"


def length(function):
    return function.end_lineno - function.lineno + 1


def functions():
    return [(path, node) for path in SOURCES for node in ast.walk(tree(path)) if isinstance(node, FUNCTIONS)]


def public_things(path):
    """Each public class, function and method, with where it stands."""
    waiting = [tree(path)]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, (ast.ClassDef, *FUNCTIONS)) and not node.name.startswith("_"):
                yield node
                waiting += [node] if isinstance(node, ast.ClassDef) else []
            elif isinstance(node, (ast.If, ast.Try)):
                waiting.append(node)


def is_overload(node):
    return any("overload" in ast.unparse(decorator) for decorator in getattr(node, "decorator_list", ()))


def words(line):
    """A line with camel case taken apart, in small letters."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", line).lower()


def test_there_is_something_to_read():
    assert SOURCES


def test_no_file_is_longer_than_260_lines():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert [f"{place(path, n)}" for path, n in lengths.items() if n > 260] == []


def test_no_function_is_longer_than_40_lines():
    assert [f"{place(path, node.lineno)} {node.name}" for path, node in functions() if length(node) > 40] == []


def test_nearly_every_function_has_at_most_25_lines():
    every = functions()
    long = [f"{place(path, node.lineno)} {node.name} {length(node)}" for path, node in every if length(node) > 25]
    assert len(long) <= 0.05 * len(every), long


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_is(path):
    assert ast.get_docstring(tree(path)), f"{path.name} has no docstring"
    things = [node for node in public_things(path) if not is_overload(node)]
    assert [place(path, node.lineno) for node in things if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_partner_country_system_or_agreement_is_named(path):
    pattern = re.compile(r"(?<![a-z])(" + "|".join(map(re.escape, sorted(forbidden_names()))) + ")")
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [(number, word) for number, line in enumerate(lines, 1) for word in pattern.findall(words(line))]
    assert [f"{place(path, line)} {word}" for line, word in found if (path.name, word) not in ALLOWED] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_literal_is_a_country_code(path):
    codes = forbidden_codes()
    literals = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and node.value in codes]
    assert [place(path, node.lineno) for node in literals if (path.name, node.value) not in ALLOWED] == []


def test_the_words_are_found_where_they_hide():
    pattern = re.compile(r"(?<![a-z])(china)")
    assert pattern.search(words("class ForChinaOnly:"))
    assert pattern.search(words("to_china = 1"))
    assert not pattern.search(words("machinable"))


def test_the_changelog_has_a_section_for_what_comes_next():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## [Unreleased]\n" in changelog
