"""The one door for documents, what their schemas say, and what is wrong with those that do not keep to them."""

from adapter.schema.door import Limits, parse_json, parse_xml
from adapter.schema.faults import Fault
from adapter.schema.json_schema import JsonSchema
from adapter.schema.model import Facets, Group, Node, Type, Wildcard
from adapter.schema.outline import Outline
from adapter.schema.xsd import Schema

__all__ = [
    "Facets",
    "Fault",
    "Group",
    "JsonSchema",
    "Limits",
    "Node",
    "Outline",
    "Schema",
    "Type",
    "Wildcard",
    "parse_json",
    "parse_xml",
]
