"""Turns what lxml logs of an invalid document into faults of ours."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from adapter.schema.door import line_of
from adapter.schema.faults import MESSAGES, MOST_FAULTS, Fault, allowed, count, listed, local
from adapter.schema.model import Node
from adapter.schema.outline import Outline

CODES = {
    "SCHEMAV_CVC_LENGTH_VALID": "XSD-LENGTH",
    "SCHEMAV_CVC_MINLENGTH_VALID": "XSD-LENGTH",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "XSD-LENGTH",
    "SCHEMAV_CVC_PATTERN_VALID": "XSD-PATTERN",
    "SCHEMAV_CVC_ENUMERATION_VALID": "XSD-ENUMERATION",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "XSD-DIGITS",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "XSD-DIGITS",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "XSD-RANGE",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "XSD-RANGE",
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": "XSD-RANGE",
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": "XSD-RANGE",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "XSD-TYPE",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": "XSD-TYPE",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_3": "XSD-TYPE",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "XSD-MISSING",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_1": "XSD-ENUMERATION",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_TYPE_3_1_1": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_TYPE_3_1_2": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_ELT_1": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_ELT_3_1": "XSD-UNEXPECTED",
    "SCHEMAV_CVC_AU": "XSD-ENUMERATION",
    "SCHEMAV_CVC_ELT_5_2_2_2_1": "XSD-ENUMERATION",
    "SCHEMAV_CVC_ELT_5_2_2_2_2": "XSD-ENUMERATION",
    "SCHEMAV_ELEMENT_CONTENT": "XSD-UNEXPECTED",
}
"""libxml2's error types; any other is XSD-OTHER."""

# Of libxml2's texts only names are read, and only those that the schema or the document's own tree confirms.
ATTRIBUTE = re.compile(r"(?:^Element '[^']*', attribute|The attribute) '([^']*)'")
EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)\.?\s*$")
STEP = re.compile(r"/([^/\[]+)(?:\[(\d+)\])?")


def explain(root: etree._Element, log: Iterable[Any], outline: Outline | None) -> list[Fault]:
    """The faults in the order of the log, each place and code once."""
    faults: dict[object, Fault] = {}
    for entry in log:
        fault = _fault(root, entry, outline)
        faults.setdefault((fault.code, fault.steps, fault.attribute), fault)
        if len(faults) >= MOST_FAULTS:
            break
    return list(faults.values())


def _fault(root: etree._Element, entry: Any, outline: Outline | None) -> Fault:
    element = _element(root, entry.path)
    steps = tuple(_steps(element))
    node = outline.find([name for name, _ in steps]) if outline else None
    code = CODES.get(entry.type_name, "XSD-OTHER")
    if entry.type_name == "SCHEMAV_CVC_ELT_1" and element is root:
        return Fault("XSD-ROOT", MESSAGES["XSD-ROOT"], _begins(root, outline), line_of(element), steps, None, element)
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
        return _misplaced(element, steps, entry.message, outline)
    found = ATTRIBUTE.search(entry.message)
    attribute = found[1] if found else None
    inner = node.type.attribute(attribute) if node and attribute else node
    words = _told(code, entry.type_name, inner, node)
    return Fault(code, MESSAGES[code], words, line_of(element), steps, attribute, element)


def _told(code: str, kind: str, inner: Node | None, node: Node | None) -> str | None:
    if inner and code == "XSD-ENUMERATION" and inner.fixed is not None:
        return f"exactly {inner.fixed}"
    if code == "XSD-MISSING" and inner:
        return f"attribute {local(inner.name)}"
    if kind == "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1" and node:
        names = [local(attribute.name) for attribute in node.type.attributes]
        return f"attribute {listed(names)}" if names else "no attribute"
    if kind in ("SCHEMAV_CVC_COMPLEX_TYPE_2_3", "SCHEMAV_CVC_TYPE_3_1_2"):
        return "elements only, no text" if kind.endswith("2_3") else "text only, no elements"
    return allowed(code, inner.type if inner else None)


def _misplaced(
    element: etree._Element, steps: tuple[tuple[str, int], ...], text: str, outline: Outline | None
) -> Fault:
    """An element too many, or one too few: what libxml2 expected tells them apart."""
    ends = "Missing child" in text  # the parent ended before all of its children were there
    parent = element if ends else element.getparent()
    above = steps if ends else steps[:-1]
    node = outline.find([name for name, _ in above]) if outline else None
    expected = [child for child in map(node.type.child, _expected(text)) if child] if node else []
    told = f"element {' or '.join(local(child.name) for child in expected)}" if expected else None
    required = [child for child in expected if child.at_least]
    own = node.type.place(str(element.tag)) if node and not ends else None
    skipped = _skipped(node, required, own) if own is not None else False
    if ends or skipped:
        absent = required[0] if required else None
        where = (*above, (absent.name, _standing(parent, absent.name))) if absent else above
        told = f"element {local(absent.name)}" if absent else told
        return Fault("XSD-MISSING", MESSAGES["XSD-MISSING"], told, line_of(element), where, None, parent)
    found = node.type.child(str(element.tag)) if node else None
    if found and found.at_most is not None and steps[-1][1] >= found.at_most:
        told = f"{local(found.name)} at most {count(found.at_most, 'time')}"
    told = told or ("no other element here" if node else None)
    return Fault("XSD-UNEXPECTED", MESSAGES["XSD-UNEXPECTED"], told, line_of(element), steps, None, element)


def _skipped(node: Node | None, required: list[Node], own: int) -> bool:
    """Whether the schema has this element further on: then the one before it is missing, not this one too many."""
    places = [node.type.place(child.name) for child in required] if node else []
    return any(place is not None and place < own for place in places)


def _standing(parent: etree._Element | None, name: str) -> int:
    return 0 if parent is None else sum(1 for _ in parent.iterchildren(name))


def _expected(text: str) -> Iterator[str]:
    found = EXPECTED.search(text)
    yield from found[1].split(", ") if found else ()


def _begins(root: etree._Element, outline: Outline | None) -> str | None:
    names = [name for name in outline.roots if _is_likely(name, root)] if outline else []
    told = (f"{local(name)} of namespace {name[1:].partition('}')[0] or 'none'}" for name in names)
    return f"element {listed(told)}" if names else None


def _is_likely(name: str, root: etree._Element) -> bool:
    """A type library's global elements are roots too; those that resemble what was sent are worth telling."""
    return local(name) == local(str(root.tag)) or name.partition("}")[0] == str(root.tag).partition("}")[0]


def _element(root: etree._Element, path: str | None) -> etree._Element:
    """The element that libxml2's path names: `*[3]` is the third child, `p:name[2]` the second of that name."""
    element = root
    for name, place in STEP.findall(path or "")[1:]:
        children = [child for child in element.iterchildren() if name == "*" or _named(child) == name]
        index = int(place or 1) - 1
        if index >= len(children):
            break
        element = children[index]
    return element


def _named(element: etree._Element) -> str:
    name = local(str(element.tag))
    return f"{element.prefix}:{name}" if element.prefix else name


def _steps(element: etree._Element) -> list[tuple[str, int]]:
    steps = []
    for part in (element, *element.iterancestors()):
        name = str(part.tag)
        steps.append((name, sum(1 for _ in part.itersiblings(name, preceding=True))))
    return steps[::-1]
