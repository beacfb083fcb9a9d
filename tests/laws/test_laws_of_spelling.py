"""Values that a schema lets be spelled in several ways: blanks around a text, zeros before a number, offsets as Z."""

import pytest
import shelf
from generate import full, leaves
from scopes import scopes

from adapter.findings import Severity
from adapter.mapping.locate import element_at

TABLES = [name for name, table in shelf.tables().items() if not table.is_json]
SPELLINGS = {
    "number": ["+{}", "0{}", " {} ", "\n{}\n", "{}0"],
    "integer": ["+{}", "00{}", " {} ", "\n{}\n"],
    "moment": [" {} ", "\n{}\n"],
    "day": [" {} ", "\n{}\n"],
    "flag": [" {} ", "\n{}\n"],
    "text": [" {} ", "\n{}\n", "\t{}"],
    "part": [" {} ", "\n{}\n"],
}


def documents(name):
    """Every field of a whole document spelled in every way that its schema admits, with what the plain one says."""
    mapping = shelf.mapping_of(name)
    header = full(scopes(mapping.plan, "header"), 1, 4)
    body = mapping.write(full(scopes(mapping.plan), 1, 4), header)
    plain = mapping.read(shelf.parse(mapping.plan.table, body))
    for section in ("fields", "header"):
        for _, leaf, numbers in leaves(scopes(mapping.plan, section), 0):
            bound = leaf.value.bound
            for spelling in SPELLINGS[bound.field.type]:
                root = shelf.parse(mapping.plan.table, body)
                element = element_at(mapping.plan, root, bound, numbers)
                attribute = bound.row.paths[0].attribute
                text = (element.get(attribute) if attribute else element.text) or ""
                spelled = spelling.format(text)
                element.set(attribute, spelled) if attribute else setattr(element, "text", spelled)
                if not shelf.catalogue().schema(mapping.plan.table).faults(root):
                    yield f"{section} {leaf.path} {spelling!r}", mapping, root, plain


@pytest.mark.parametrize("name", TABLES)
def test_laws_whatever_is_read_without_error_is_read_again_after_writing(name):
    for what, mapping, root, _ in documents(name):
        said = mapping.read(root)
        if any(finding.severity is Severity.ERROR for finding in said.findings):
            continue
        assert said.content is not None and said.header is not None, what
        again = mapping.read(shelf.parse(mapping.plan.table, mapping.write(said.content, said.header)))
        assert (again.content, again.header) == (said.content, said.header), what


@pytest.mark.parametrize("name", TABLES)
def test_laws_blanks_around_a_value_say_nothing(name):
    odd = []
    for what, mapping, root, plain in documents(name):
        if what.endswith(("' {} '", "'\\n{}\\n'", "'\\t{}'")):
            said = mapping.read(root)
            if (said.content, said.header) != (plain.content, plain.header):
                odd.append(what)
    assert odd == []
