"""Tables compile once per process, whoever asks and however often."""

from datetime import UTC, datetime

import pytest
import shelf

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.mapping.source import Source


@pytest.fixture
def counted(monkeypatch):
    """The functions compiled so far, by name."""
    made = []
    compile_ = Source.compile

    def count(source, function, cache):
        made.append((source.name, function))
        return compile_(source, function, cache)

    monkeypatch.setattr(Source, "compile", count)
    return made


def test_reading_many_documents_compiles_each_function_once(counted):
    catalogue = Catalogue.open()
    for _ in range(2):
        for fixture in shelf.documents():
            translate.read(Delivery(fixture.body, fixture.system.code), catalogue)
    assert counted
    assert len(counted) == len(set(counted))


def test_writing_many_messages_compiles_each_function_once(counted):
    catalogue = Catalogue.open()
    certificate = translate.read(
        Delivery((shelf.FIXTURES / "kcci/certificate/ik-cepa-1-item.json").read_bytes(), "kcci"), catalogue
    ).certificate
    sender, receiver = catalogue.system("kcci"), catalogue.system("ID")
    for day in (1, 2, 3):
        translate.forward(certificate, sender, receiver, catalogue, datetime(2026, 1, day, tzinfo=UTC))
    assert len(counted) == len(set(counted)) == 2


def test_a_table_is_compiled_when_first_used_and_not_before(counted):
    catalogue = Catalogue.open()
    assert catalogue.tables(catalogue.system("ID"))
    assert counted == []


def test_proofs_compile_nothing_twice(counted):
    catalogue = Catalogue.open()
    for _ in range(2):
        assert list(catalogue.proofs(catalogue.system("ID")))
    assert len(counted) == len(set(counted))
