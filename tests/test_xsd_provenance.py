"""Where the schemas come from: they say so, name sourced WCO identifiers, and use what both engines read alike."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import shelf
from lxml import etree

XSD = Path(__file__).parent.parent / "xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"
WCO = "urn:eodes:wco"
EXTENSION = "extension, no WCO element known"
CLASS_ONLY = "A WCO class whose own id this project has not read."
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
MESSAGES = {fixture.table.schema: fixture.path for fixture in shelf.documents() if fixture.system.side == "partner"}
"""A document of each schema that partners' messages have."""
OURS = sorted(path for path in XSD.glob("*/*/*.xsd") if path.parts[-3] != "domestic")
LISTED = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)

every_schema = pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(XSD).as_posix())


@cache
def table() -> dict[str, Any]:
    return tomllib.loads((XSD / "common/wco-ids.toml").read_text())


@cache
def tree(path: Path) -> etree._ElementTree:
    return etree.parse(path)


def elements(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each element, and each attribute that is explained: its name, its words, and what it says of the WCO model."""
    for element in tree(path).iter(f"{XS}element", f"{XS}attribute"):
        said = element.find(f"{XS}annotation")
        if (name := element.get("name")) and (said is not None or element.tag == f"{XS}element"):
            text = "" if said is None else said.findtext(f"{XS}documentation", "")
            told = [] if said is None else said.findall(f"{XS}appinfo[@source='{WCO}']/*")
            yield name, text, {part.tag: part.text for part in told}


def test_the_readme_lists_every_schema_with_its_checksum():
    listed = dict(LISTED.findall((XSD / "README.md").read_text()))
    files = [path for pattern in ("*.xsd", "*.schema.json", "*.toml") for path in XSD.rglob(pattern)]
    true = {path.relative_to(XSD).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
    wrong = "\n".join(f"{name}: {digest}" for name, digest in sorted(true.items()) if listed.get(name) != digest)
    assert not wrong, f"put these checksums into xsd/README.md:\n{wrong}"
    assert listed.keys() == true.keys()


@every_schema
def test_a_schema_says_that_it_is_modelled_and_not_official(path):
    text = " ".join(tree(path).findtext(f"{XS}annotation/{XS}documentation").split())
    assert "Modelled by the eodes-adapter project, not official" in text
    assert "Licence: Apache-2.0" in text


@every_schema
def test_every_element_names_its_wco_identifier_or_says_that_none_is_known(path):
    bare = [
        name
        for name, text, told in elements(path)
        if ("id" in told) + (EXTENSION in text) + ("id" not in told and "class" in told and CLASS_ONLY in text) != 1
    ]
    assert not bare


@every_schema
def test_no_element_names_an_identifier_that_the_table_does_not_have(path):
    known = {(row["id"], row["class"], row.get("attribute")) for row in table()["element"]}
    classes = {row["class"] for row in table()["element"]}
    for name, _, told in elements(path):
        if "id" in told:
            assert (told["id"], told["class"], told.get("attribute")) in known, name
        elif told:
            assert told["class"] in classes, name


def test_every_identifier_of_the_table_names_its_source_once():
    rows = table()["element"]
    assert all(row["source"] in table()["sources"] for row in rows)
    assert len({(row["id"], row["class"], row.get("attribute")) for row in rows}) == len(rows)


@every_schema
def test_only_functions_are_enumerated(path):
    for enumeration in tree(path).iter(f"{XS}enumeration"):
        assert enumeration.getparent().getparent().get("name") == "FunctionCodeType"


@every_schema
def test_nothing_is_used_that_the_engines_read_differently(path):
    for pattern in tree(path).iter(f"{XS}pattern"):
        assert not re.search(r"\\[wWpPiIcCdD]", pattern.get("value"))
    for node in tree(path).iter():
        assert node.get("type") != "xs:anyURI" and node.get("base") not in ("xs:anyURI", "xs:date", "xs:dateTime")


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_may_carry_a_signature_after_its_payload(message):
    schema = etree.XMLSchema(tree(XSD / message))
    document = etree.parse(MESSAGES[message])
    etree.SubElement(document.getroot(), SIGNATURE)
    assert schema.validate(document)
    etree.SubElement(document.getroot(), SIGNATURE)
    assert not schema.validate(document)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_without_a_payload_that_the_schema_knows_is_refused(message):
    schema = etree.XMLSchema(tree(XSD / message))
    document = etree.parse(MESSAGES[message])
    payload = document.getroot()[-1]
    payload.tag = "{urn:unknown}Declaration"
    assert not schema.validate(document)
