"""The three laws of a table, asserted for one content under one header."""

import shelf
from likeness import bare, restricted

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.certificate import Part
from adapter.mapping.mapping import Mapping


def hold(mapping: Mapping, catalogue: Catalogue, content: Part, header: Part) -> None:
    """Writes, validates and reads: what was said is read, written again it is the same, and so on for ever."""
    table = mapping.plan.table
    body = mapping.write(content, header)
    root = shelf.parse(table, body)
    translate.validate(mapping, root, catalogue, "write")
    read = mapping.read(root)
    assert read.content is not None and read.header is not None, read.findings
    assert read.content.as_json() == restricted(content, mapping.plan)
    assert read.header.as_json() == restricted(header, mapping.plan, "header")
    assert tuple(read.leftovers) == ()
    again = shelf.parse(table, mapping.write(read.content, read.header))
    assert bare(table, again) == bare(table, shelf.parse(table, body))
    assert mapping.read(again).content == read.content
