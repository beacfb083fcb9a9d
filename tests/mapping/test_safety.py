"""A table can never run code: only validated names are in compiled source, everything else is bound."""

from contextlib import suppress

import pytest
import workshop
from workshop import DECIDED, cancellation, compiled, feedback, paper, plan, read, written

from adapter.mapping.path import TableError

RUNS = "__import__('pathlib').Path({place!r}).write_text('x')"
NASTY = ["'''", '"""', "{x}", "{{}}", "\n", "\r\n", "\\", "\\n", "'''+open('x')+'''", "%s", "${x}", "# x", "]]>"]


@pytest.mark.parametrize("name", ["x'", 'x"', "x'''", "{x}", "x\n", "x;y", "x#", "x\\", "x y", "é'", "x}", "x("])
def test_a_name_that_is_more_than_a_name_is_refused(name):
    for toml in (cancellation(), feedback()):
        for section, left, right in (("fields", "text", name), ("fields", name, "No"), ("header", name, "No")):
            changed = {**toml, section: {**toml.get(section, {}), left: right}}
            with pytest.raises(TableError):
                plan(changed)
    with pytest.raises(TableError):
        plan(cancellation(root=f"Paper[{name}='x']"))


@pytest.mark.parametrize("text", NASTY)
def test_a_constant_is_written_as_it_is(text):
    root = workshop.parse_xml(written(cancellation() | {"constants": {"Version": text}}).encode())
    assert root.findtext("Version") == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", NASTY)
def test_a_code_is_written_and_read_as_it_is(text):
    toml = cancellation()
    toml["codes"]["reason"]["replaced"] = text
    document = written(toml)
    assert workshop.parse_xml(document.encode()).findtext("Why") == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", NASTY)
def test_a_json_constant_is_written_as_it_is(text):
    said = workshop.parse_json(written(feedback() | {"constants": {"note": text}}, DECIDED).encode())
    assert said["note"] == text


@pytest.mark.parametrize("text", [text for text in NASTY if not set(text) & set("[]'")])
def test_a_predicate_is_written_and_read_as_it_is(text):
    toml = cancellation()
    toml["fields"] = {**toml["fields"], "text": f"Note[@about='{text}']"}
    document = written(toml).encode()
    assert workshop.parse_xml(document).find("Note").text == "sent twice"


def test_a_namespace_is_declared_as_it_is():
    uri = "urn:a'''&b"
    toml = cancellation()
    toml["namespaces"] = {"p": uri}
    assert workshop.parse_xml(written(toml).encode()).nsmap["p"] == uri


@pytest.mark.parametrize("prefix", ["x'''", "{x}", "a b", "x\n", 'x"', "1a", "x:y", "xml", "x='y' z"])
def test_a_prefix_that_is_more_than_a_name_is_refused(prefix):
    toml = cancellation()
    toml["namespaces"] = {prefix: "urn:x"}
    with pytest.raises(TableError):
        compiled(toml).write(workshop.WITHDRAWN, workshop.HEADER)


def test_a_prefix_cannot_run_code(tmp_path):
    place = tmp_path / "ran"
    foreign = workshop.SCHEMAS.parent / "foreign"
    toml = workshop.tomllib.loads((foreign / "mappings/partners/xb/feedback.toml").read_text())
    prefix = "{" + RUNS.format(place=str(place)) + "}"
    toml["namespaces"] = {prefix: toml["namespaces"][""], **toml["namespaces"]}
    toml["schema"] = str(foreign / "xsd" / toml["schema"])
    with suppress(TableError):
        compiled(toml).write(DECIDED, workshop.HEADER)
    assert not place.exists()


def test_values_are_bound_and_never_pasted():
    text = "'''{}" + '"""+__import__(\'os\')'
    document = written(cancellation(), workshop.WITHDRAWN.model_copy(update={"text": text, "number": "{h.id}"}))
    said = read(cancellation(), document).content
    assert (said.text, said.number) == (text, "{h.id}")


def test_a_traceback_shows_the_row():
    mapping = compiled(cancellation())
    with pytest.raises(AttributeError) as broken:
        mapping.write(object(), workshop.HEADER)
    lines = [str(entry.statement) for entry in broken.traceback]
    assert any("c." in line for line in lines)
    assert paper()
