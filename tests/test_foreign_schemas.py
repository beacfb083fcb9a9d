"""Schemas of others, with traits ours do not have: modules, xs:any, recursion; a choice at the root, types apart."""

import pytest
import shelf
from generate import contents, full
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lawful import hold
from scopes import scopes

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.findings import Severity
from adapter.schema import parse_xml

CATALOGUE = Catalogue.open(home=shelf.ROOT / "tests" / "data" / "foreign")


def only_mapping(code):
    (table,) = CATALOGUE.own(CATALOGUE.system(code))
    return CATALOGUE.compiled(table)


@pytest.fixture(params=["XA", "XB"])
def mapping(request):
    return only_mapping(request.param)


def test_the_table_passes_its_proof(mapping):
    proofs = CATALOGUE.proofs(CATALOGUE.system(mapping.plan.table.system))
    proof = next(proof for proof in proofs if proof.table == mapping.plan.table)
    assert [str(found) for found in proof.findings if found.severity is Severity.ERROR] == []


@pytest.mark.parametrize("count", [1, 20, 21, 60])
def test_the_laws_hold_with_every_field(mapping, count):
    for turn in range(6):
        header = full(scopes(mapping.plan, "header"), 1, turn)
        hold(mapping, CATALOGUE, full(scopes(mapping.plan), count, turn), header)


@pytest.mark.parametrize("code", ["XA", "XB"])
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_laws_hold_for_whatever_the_document_admits(code, data):
    mapping = only_mapping(code)
    header = data.draw(contents(scopes(mapping.plan, "header")), "header")
    hold(mapping, CATALOGUE, data.draw(contents(scopes(mapping.plan)), "content"), header)


def test_what_stands_in_an_extension_is_read_and_written():
    mapping = only_mapping("XA")
    header = full(scopes(mapping.plan, "header"), 1).model_copy(update={"id": "m-1", "sender": "ID"})
    root = parse_xml(mapping.write(full(scopes(mapping.plan), 1), header))
    assert root.findtext(".//{urn:example:xa:Own:1}MessageID") == "m-1"
    assert mapping.read(root).header == header


def test_a_type_that_contains_itself_is_walked_as_deep_as_the_path_goes():
    mapping = only_mapping("XA")
    content = full(scopes(mapping.plan), 1).model_copy(update={"text": "deep down"})
    root = parse_xml(mapping.write(content, full(scopes(mapping.plan, "header"), 1)))
    agent = "{urn:example:xa:Aggregates:2}AgentParty"
    assert root.findtext(f".//{agent}/{agent}/{{urn:example:xa:Basics:2}}Name") == "deep down"


def test_only_the_chosen_branch_of_the_root_is_known():
    body = b'<Declaration xmlns="urn:example:xb:Declaration:1"><DeclarationNFe/></Declaration>'
    (finding,) = translate.read(Delivery(body, "XB"), CATALOGUE).findings
    assert finding.code == "DOC-ROOT"


def test_a_second_measure_of_another_kind_is_left_over():
    mapping = only_mapping("XB")
    body = mapping.write(full(scopes(mapping.plan), 1), full(scopes(mapping.plan, "header"), 1))
    other = b"<GoodsMeasure><TypeCode>AAF</TypeCode><TariffQuantity>5</TariffQuantity></GoodsMeasure><GoodsMeasure>"
    read = mapping.read(parse_xml(body.replace(b"<GoodsMeasure>", other, 1)))
    assert read.findings == ()
    assert [path for path in read.leftovers if path.endswith("GoodsMeasure")]
