"""Tables of one message told apart by the document's own words: one agreement's table, and the general one."""

import pytest
from workshop import CANCELLATION, FEEDBACK, paper, shop

from adapter import translate
from adapter.mapping.lint import prove
from adapter.messages import Kind

GENERAL_FEEDBACK = FEEDBACK.replace('akfta = "AK"', 'akfta = "AK"\nik-cepa = "IK"').replace(
    '"items[].text" = "lines[]/text"', ""
)
ONE_WITHDRAWAL = """
extends = "cancellation"
agreement = "akfta"
root = "Paper[Kind='withdrawal'][Scheme='AK']"
[fields]
"text" = "Note[@about='all']"
"""
ONE_FEEDBACK = """
extends = "feedback"
agreement = "akfta"
root = "[kind='feedback'][scheme='AK']"
[fields]
"items[].text" = "lines[]/text"
"""
LINES = '{"kind": "feedback", "no": "K-1", "scheme": "%s", "day": "2025-03-02", "lines": [%s]}'
LINE = '{"n": 1, "status": "denied", "why": "R", "text": "to akfta only"}'


WITHHELD = '\n[withheld]\n"%s" = "not for all"\n'
XML = {
    "cancellation": CANCELLATION.replace('"text" = "Note[@about=\'all\']"', "") + WITHHELD % "text",
    "cancellation-akfta": ONE_WITHDRAWAL,
}
JSON = {"feedback": GENERAL_FEEDBACK + WITHHELD % "items[].text", "feedback-akfta": ONE_FEEDBACK}


def read(known, body):
    document = translate.open_document(body.encode(), known.system("XX"), known)
    return document.mapping.read(document.root)


@pytest.mark.parametrize("files", [XML, JSON], ids=["xml", "json"])
def test_both_of_them_are_proved(tmp_path, files):
    known = shop(tmp_path, **files)
    tables = known.tables(known.system("XX"))
    assert len(tables) == 2
    for table in tables:
        assert [str(finding) for finding in prove(known.plan(table)).findings if finding.severity == "error"] == []


@pytest.mark.parametrize(("scheme", "agreement", "text"), [("AK", "akfta", "sent twice"), ("IK", "ik-cepa", None)])
def test_an_xml_document_is_read_by_the_table_of_its_agreement(tmp_path, scheme, agreement, text):
    content = read(shop(tmp_path, **XML), paper(f"<Scheme>{scheme}</Scheme>")).content
    assert (content.agreement, content.text) == (agreement, text)


@pytest.mark.parametrize(("scheme", "agreement", "text"), [("AK", "akfta", "to akfta only"), ("IK", "ik-cepa", None)])
def test_a_json_document_is_read_by_the_table_of_its_agreement(tmp_path, scheme, agreement, text):
    content = read(shop(tmp_path, **JSON), LINES % (scheme, LINE)).content
    assert (content.agreement, content.items[0].text) == (agreement, text)


@pytest.mark.parametrize(
    ("files", "kind", "body", "said"),
    [
        (XML, "cancellation", paper(), b"<Scheme>AK</Scheme>"),
        (JSON, "feedback", LINES % ("AK", LINE), b'"scheme":"AK"'),
    ],
    ids=["xml", "json"],
)
def test_what_an_agreements_own_table_reads_it_writes_with_the_agreement(tmp_path, files, kind, body, said):
    known = shop(tmp_path, **files)
    table = known.table(known.system("XX"), Kind(kind), "akfta")
    assert table.name.endswith("-akfta.toml")
    done = read(known, body)
    assert said in known.compiled(table).write(done.content, done.header)
