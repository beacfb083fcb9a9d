"""The laws of DESIGN section 4 for every table, with contents made within what its document admits."""

import pytest
import shelf
from generate import contents, full
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lawful import hold
from scopes import scopes

TABLES = shelf.tables()
COUNTED = [name for name in TABLES if any(row.field.startswith("items[].") for row in TABLES[name].rows)]
MANY = (1, 20, 21, 60)


@pytest.mark.parametrize("name", TABLES)
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_laws_hold_for_whatever_the_document_admits(name, data):
    mapping = shelf.mapping_of(name)
    content = data.draw(contents(scopes(mapping.plan)), "content")
    hold(mapping, shelf.catalogue(), content, data.draw(contents(scopes(mapping.plan, "header")), "header"))


@pytest.mark.parametrize("count", MANY)
@pytest.mark.parametrize("name", COUNTED)
def test_the_laws_hold_with_every_field_and_so_many_items(name, count):
    mapping = shelf.mapping_of(name)
    for turn in range(0, 40, 2) if count == 1 else range(2):
        hold(
            mapping,
            shelf.catalogue(),
            full(scopes(mapping.plan), count, turn),
            full(scopes(mapping.plan, "header"), count, turn),
        )
