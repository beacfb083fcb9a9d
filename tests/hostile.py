"""Hostile documents, each with the code under which it is refused; for the door, the command line and the relay.

`XML` and `JSON` map a name to (bytes, code) and are refused by the door; those of `WRONG_SCHEMA` are well-formed,
and any schema of ours refuses them.
"""

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha">' + b"".join(
    b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10) for n in range(1, 9)
)

XML = {
    "a DOCTYPE": (HEAD + b"<!DOCTYPE a>\n<a/>", "DOC-DTD"),
    "a DOCTYPE behind a comment": (HEAD + b"<!-- x --><?y z?>\n<!DOCTYPE a><a/>", "DOC-DTD"),
    "entities that expand": (HEAD + LAUGHS.replace(b"&b0;", b"&b;") + b"]><a>&b8;</a>", "DOC-DTD"),
    "an external entity": (HEAD + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOC-DTD"),
    "an external DTD": (HEAD + b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "DOC-DTD"),
    "an entity nobody declared": (HEAD + b"<a>\n&x;</a>", "DOC-ENTITY"),
    "elements 10 000 deep": (HEAD + b"<a>" * 10_000 + b"</a>" * 10_000, "DOC-DEPTH"),
    "50 MB of text": (HEAD + b"<a>" + b"x" * 50_000_000 + b"</a>", "DOC-SIZE"),
    "two million elements": (HEAD + b"<a>" + b"<b/>" * 2_000_000 + b"</a>", "DOC-ITEMS"),
    "2 001 items": (HEAD + b"<a>" + b"<b/>" * 2_001 + b"</a>", "DOC-ITEMS"),
    "bytes that are not UTF-8": (HEAD + b"<a>\xff\xfe</a>", "DOC-ENCODING"),
    "EUC-KR": ('<?xml version="1.0" encoding="EUC-KR"?><a>한국</a>'.encode("euc-kr"), "DOC-ENCODING"),
    "EUC-KR that says it is UTF-8": (HEAD + "<a>한국</a>".encode("euc-kr"), "DOC-ENCODING"),
    "UTF-16": ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), "DOC-ENCODING"),
    "UTF-16 without a mark": ("<a/>".encode("utf-16-be"), "DOC-ENCODING"),
    "UTF-32": ("<a/>".encode("utf-32"), "DOC-ENCODING"),
    "UTF-7 by name": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "DOC-ENCODING"),
    "the character NUL": (HEAD + b"<a>x\0y</a>", "DOC-CHARACTER"),
    "a reference to NUL": (HEAD + b"<a>&#0;</a>", "DOC-CHARACTER"),
    "a control character": (HEAD + b"<a>\x0b</a>", "DOC-CHARACTER"),
    "a truncated file": (HEAD + b"<a><b>text</b>", "DOC-SYNTAX"),
    "a file cut in a tag": (HEAD + b"<a><b", "DOC-SYNTAX"),
    "an endless comment": (HEAD + b"<!-- " * 100_000, "DOC-SYNTAX"),
    "an empty file": (b"", "DOC-EMPTY"),
    "blanks only": (b" \n\t ", "DOC-EMPTY"),
    "a byte order mark only": (b"\xef\xbb\xbf", "DOC-EMPTY"),
    "no XML": (b"PK\x03\x04 not a document", "DOC-SYNTAX"),
    "JSON where XML is due": (b'{"a": 1}', "DOC-SYNTAX"),
    "two roots": (HEAD + b"<a/><a/>", "DOC-SYNTAX"),
    "an undeclared prefix": (HEAD + b"<p:a/>", "DOC-SYNTAX"),
    "an attribute twice": (HEAD + b'<a b="1" b="2"/>', "DOC-SYNTAX"),
}

WRONG_SCHEMA = {
    "a wrong namespace": (HEAD + b'<Declaration xmlns="urn:nobody:knows:1"/>', "XSD-ROOT"),
    "a wrong root": (HEAD + b"<nonsense/>", "XSD-ROOT"),
}

JSON = {
    "a key twice": (b'{"number": "1",\n "number": "2"}', "DOC-DUPLICATE"),
    "a key twice, once escaped": (b'{"number": "1", "n\\u0075mber": "2"}', "DOC-DUPLICATE"),
    "NaN": (b'{"value": NaN}', "DOC-NUMBER"),
    "infinity": (b'{"value": Infinity}', "DOC-NUMBER"),
    "minus infinity": (b'{"value": -Infinity}', "DOC-NUMBER"),
    "1e999999": (b'{"value": 1e999999}', "DOC-NUMBER"),
    "1E-999999": (b'{"value": [1E-999999]}', "DOC-NUMBER"),
    "an exponent beyond all": (b'{"value": 1e99999999999999999999}', "DOC-NUMBER"),
    "a number of 50 digits": (b'{"value": ' + b"9" * 50 + b"}", "DOC-NUMBER"),
    "a number of a million digits": (b'{"value": ' + b"9" * 1_000_000 + b"}", "DOC-NUMBER"),
    "objects 20 000 deep": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "DOC-DEPTH"),
    "lists 20 000 deep": (b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "DOC-DEPTH"),
    "50 MB of text": (b'{"a": "' + b"x" * 50_000_000 + b'"}', "DOC-SIZE"),
    "three million lists": (b'{"a": [' + b"[]," * 3_000_000 + b"[]]}", "DOC-ITEMS"),
    "2 001 items": (b'{"a": [' + b"1," * 2_000 + b"1]}", "DOC-ITEMS"),
    "bytes that are not UTF-8": (b'{"a": "\xff"}', "DOC-ENCODING"),
    "EUC-KR": ('{"a": "한국"}'.encode("euc-kr"), "DOC-ENCODING"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "DOC-ENCODING"),
    "UTF-16 without a mark": ('{"a": 1}'.encode("utf-16-le"), "DOC-ENCODING"),
    "the character NUL": (b'{"a": "x\0"}', "DOC-CHARACTER"),
    "a control character": (b'{"a": "x\x01"}', "DOC-CHARACTER"),
    "half of a character": (b'{"a": "\\ud800"}', "DOC-CHARACTER"),
    "a truncated file": (b'{"a": [1,', "DOC-SYNTAX"),
    "more behind the object": (b'{"a": 1} {"b": 2}', "DOC-SYNTAX"),
    "an empty file": (b"", "DOC-EMPTY"),
    "a list": (b'[{"a": 1}]', "DOC-SHAPE"),
    "a text": (b'"a"', "DOC-SHAPE"),
    "null": (b"null", "DOC-SHAPE"),
    "XML where JSON is due": (b"<a/>", "DOC-SYNTAX"),
}
