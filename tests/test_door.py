import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import hostile
import pytest

from adapter.findings import Rejected
from adapter.schema import Limits, parse_json, parse_xml


def code_of(read, data, *limits):
    with pytest.raises(Rejected) as refused:
        read(data, *limits)
    assert refused.value.stage == "read"
    (finding,) = refused.value.findings
    return finding.code


@pytest.mark.parametrize("name", hostile.XML)
def test_hostile_xml_is_refused_with_its_code(name):
    data, code = hostile.XML[name]
    assert code_of(parse_xml, data) == code


@pytest.mark.parametrize("name", hostile.JSON)
def test_hostile_json_is_refused_with_its_code(name):
    data, code = hostile.JSON[name]
    assert code_of(parse_json, data) == code


def test_a_refusal_tells_the_line_and_nothing_of_the_document():
    with pytest.raises(Rejected) as refused:
        parse_xml(b"<a>\n<b>\n&SECRET;</b></a>")
    assert refused.value.findings[0].line == 3
    assert "SECRET" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_key_twice_is_not_told_by_name():
    with pytest.raises(Rejected) as refused:
        parse_json(b'{"SECRET": 1,\n"SECRET": 2}')
    assert refused.value.findings[0].line == 2
    assert "SECRET" not in str(refused.value)


def test_a_byte_order_mark_is_accepted():
    assert parse_xml(b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a/>").tag == "a"
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_word_doctype_in_a_comment_or_text_is_no_dtd():
    assert parse_xml(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_comments_and_instructions_do_not_split_a_text():
    root = parse_xml(b"<a>1<!-- x -->2<?y?>3</a>")
    assert root.text == "123"
    assert len(root) == 0


def test_the_five_entities_and_character_references_are_read():
    assert parse_xml(b"<a>&amp;&lt;&gt;&quot;&apos;&#xD55C;</a>").text == "&<>\"'한"


def test_2_000_items_are_read():
    data = b"<a>" + b"<b/>" * 2_000 + b"<c/><d/></a>"
    assert len(parse_xml(data)) == 2_002
    assert len(parse_json(b'{"a": [' + b"1," * 1_999 + b"1]}")["a"]) == 2_000


def test_limits_can_be_set():
    assert code_of(parse_xml, b"<a><b><c/></b></a>", Limits(depth=2)) == "DOC-DEPTH"
    assert parse_xml(b"<a><b><c/></b></a>", Limits(depth=3)).tag == "a"
    assert code_of(parse_json, b'{"a": {"b": [1]}}', Limits(depth=2)) == "DOC-DEPTH"
    assert parse_json(b'{"a": {"b": [1]}}', Limits(depth=3)) == {"a": {"b": [1]}}
    assert code_of(parse_xml, b"<a>" + b"<b/>" * 3 + b"</a>", Limits(items=2)) == "DOC-ITEMS"
    assert code_of(parse_xml, b"<a>text</a>", Limits(size=10)) == "DOC-SIZE"


def test_numbers_keep_every_digit():
    read = parse_json(b'{"a": 1.10, "b": 1234567890123456789012.123456, "c": -0.0, "d": 1E+2, "e": 12}')
    assert [str(value) for value in read.values()] == ["1.10", "1234567890123456789012.123456", "-0.0", "1E+2", "12"]
    assert isinstance(read["a"], Decimal)


def test_digits_in_a_text_are_no_number():
    text = "Lot 7E5, 1e999999, " + "9" * 60
    assert parse_json(f'{{"a": "{text}"}}'.encode())["a"] == text


def test_a_line_beyond_65_535_is_told():
    data = b"<a>" + b"\n" * 70_000 + b"<b></a>"
    with pytest.raises(Rejected) as refused:
        parse_xml(data)
    assert refused.value.findings[0].line == 70_001


def test_many_threads_read_at_once():
    documents = [f"<a n='{n}'>{'<b>x</b>' * n}</a>".encode() for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert [len(root) for root in threads.map(parse_xml, documents)] == list(range(200))


def test_a_large_document_is_read_whole():
    root = parse_xml(b"<a>" + (b"<c>" + b"<b>text</b>" * 1_000 + b"</c>") * 50 + b"</a>")
    assert sum(len(child) for child in root) == 50_000


MEASURE = r"""
import re, sys
from adapter.findings import Rejected
from adapter.schema import parse_json, parse_xml
read = {"xml": parse_xml, "json": parse_json}[sys.argv[1]]
with open(sys.argv[2], "rb") as file:
    data = file.read()
try:
    read(data)
except Rejected:
    pass
with open("/proc/self/status") as file:  # getrusage would count what the parent took before it started this
    print(int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) // 1024)
"""
GREEDY = {
    ("xml", "elements"): lambda: b"<a>" + (b"<c>" + b"<b/>xxxxxxxx" * 1_990 + b"</c>") * 199 + b"</a>",
    ("xml", "attributes"): lambda: b"<a " + b" ".join(b'a%d="x"' % n for n in range(390_000)) + b"/>",
    ("xml", "names"): lambda: b"<a>" + b"".join(b"<n%015d/>" % n for n in range(390_000)) + b"</a>",
    ("json", "keys"): lambda: b"{" + b",".join(b'"k%d":1.5' % n for n in range(390_000)) + b"}",
    ("xml", "too many"): lambda: hostile.XML["two million elements"][0],
    ("json", "too many"): lambda: hostile.JSON["three million lists"][0],
}

"""Each made when its test wants it: they are large."""


@pytest.mark.parametrize(("language", "what"), GREEDY)
def test_no_document_takes_200_mb(language, what, tmp_path):
    file = tmp_path / "document"
    file.write_bytes(GREEDY[language, what]())
    done = subprocess.run([sys.executable, "-c", MEASURE, language, str(file)], capture_output=True, check=True)
    assert int(done.stdout) < 200


def test_nothing_else_in_the_package_parses_xml():
    package = Path(parse_xml.__code__.co_filename).parents[1]
    elsewhere = [file for file in package.rglob("*.py") if file.parent.name != "schema"]
    for file in elsewhere:
        assert not {"fromstring(", "XMLParser(", "etree.parse(", "iterparse("} & set(file.read_text().split())
