"""Code lists as data: what tables cite is on the list they cite, and what no list has is kept with a warning."""

import json
import re
import tomllib

import pytest
import shelf

from adapter import translate
from adapter.codes import countries
from adapter.delivery import Delivery
from adapter.mapping.codes import RESERVED

TABLES = sorted(path for path in (shelf.ROOT / "mappings").rglob("*.toml") if "words" not in path.parts)
UNCL = {
    path.stem.removeprefix("uncl-"): {text for word, text in rows.items() if word not in RESERVED}
    for path in (shelf.ROOT / "mappings" / "codes").glob("uncl-*.toml")
    for rows in (tomllib.loads(path.read_text(encoding="utf-8")),)
}


def lists():
    """Every code list with a source that cites UN/EDIFACT first: where it stands, the source, its texts."""
    for path in TABLES:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        inner = {"": rows} if path.parent.name == "codes" else rows.get("codes", {})
        for name, codes in inner.items():
            if str(codes.get("source", "")).startswith("UN/EDIFACT"):
                texts = [text for word, text in codes.items() if word not in (*RESERVED, "other")]
                flat = [one for text in texts for one in ([text] if isinstance(text, str) else text)]
                yield f"{path.parent.name}/{path.stem} {name}".strip(), codes["source"], flat


LISTS = list(lists())


@pytest.mark.parametrize(("place", "source", "texts"), LISTS, ids=[place for place, _, _ in LISTS])
def test_codes_that_cite_a_list_of_the_un_are_on_it(place, source, texts):
    cited = set().union(*(UNCL[number] for number in re.findall(r"\b(?:1001|1225|1373|4343|4405)\b", source)))
    # Some write theirs with leading zeros, and have letters of their own beside them.
    numbers = [text for text in texts if text.isdecimal() or len(text) == 2]
    assert [text for text in numbers if text.lstrip("0") not in cited] == []


def test_ports_are_ports_of_countries_and_of_every_country_that_is_a_party():
    ports = tomllib.loads((shelf.ROOT / "mappings" / "codes" / "ports.toml").read_text(encoding="utf-8"))
    codes = [word for word in ports if word not in RESERVED]
    assert [code for code in codes if not re.fullmatch("[A-Z]{2}[A-Z2-9]{3}", code)] == []
    lands = {code[:2] for code in codes}
    assert lands <= countries()
    parties = {country for agreement in shelf.catalogue().agreements.values() for country in agreement.parties}
    assert parties <= lands


CERTIFICATES = sorted(shelf.FIXTURES.glob("*/certificate/*.hub.json"))


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_the_examples_use_ports_that_are_listed(path):
    travel = json.loads(path.read_text(encoding="utf-8"))["consignment"]
    ports = [port["code"] for name in ("loading", "discharge") if "code" in (port := travel.get(name, {}))]
    assert [port for port in ports if not shelf.catalogue().codes.has_port(port)] == []


@pytest.mark.parametrize(
    ("system", "path", "old", "new", "field"),
    [
        ("ID", "id/certificate/ik-cepa-import-3-items.xml", 'unitCode="KGM"', 'unitCode="ZZZ"', "gross_weight.unit"),
        ("unipass", "unipass/certificate/ik-cepa-1-item.xml", 'kcsUnitCode="KG"', 'kcsUnitCode="QQ"', "unit"),
    ],
)
def test_a_unit_that_recommendation_20_does_not_have_is_kept_with_a_warning(system, path, old, new, field):
    body = (shelf.FIXTURES / path).read_text(encoding="utf-8").replace(old, new)
    reading = translate.read(Delivery(body.encode(), system), shelf.catalogue(), shelf.facts())
    unknown = [finding for finding in reading.findings if finding.code == "MAP-UNKNOWN"]
    assert unknown and all(finding.severity == "warning" and finding.field.endswith(field) for finding in unknown[:1])
    assert "?" in str(reading.content and reading.content.as_json())
