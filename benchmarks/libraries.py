"""The partner's XML written and read by pydantic-xml and by xsdata: bytes from models, models from a parsed root."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from lxml import etree


@dataclass(frozen=True)
class Library:
    """One library's models of the message, and its two ways between them and XML."""

    name: str
    model: SimpleNamespace
    write: Callable[[Any], bytes]
    read: Callable[[etree._Element], Any]


def pydantic_xml() -> Library:
    """The models are pydantic's own, validated when they are made, as that library has it."""
    from benchmarks import declaration_pydantic_xml as models

    def write(message: Any) -> bytes:
        found: bytes = message.to_xml(skip_empty=True, encoding="UTF-8", xml_declaration=True)
        return found

    return Library("pydantic-xml", SimpleNamespace(**vars(models)), write, models.MetaData.from_xml_tree)


def xsdata() -> Library:
    """The models are dataclasses; context, parser and serializer are made once, the faster of its writers is taken."""
    from xsdata.formats.dataclass.context import XmlContext
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.serializers import XmlSerializer
    from xsdata.formats.dataclass.serializers.writers import XmlEventWriter

    from benchmarks import declaration_xsdata, declaration_xsdata_items

    context = XmlContext()
    parser, serializer = XmlParser(context=context), XmlSerializer(context=context, writer=XmlEventWriter)
    models = SimpleNamespace(**vars(declaration_xsdata) | vars(declaration_xsdata_items))

    def write(message: Any) -> bytes:
        return serializer.render(message, ns_map=dict(declaration_xsdata.NAMESPACES)).encode()

    return Library("xsdata", models, write, lambda root: parser.parse(root, models.MetaData))
