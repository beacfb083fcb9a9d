"""XML against its schema: lxml decides, in one call; only an invalid document is looked at twice."""

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from adapter.schema.door import HUGE
from adapter.schema.faults import Fault
from adapter.schema.files import SchemaError, schema_files
from adapter.schema.outline import Outline

if TYPE_CHECKING:
    from xmlschema import XMLSchema10


class Schema:
    """An XML Schema, ready to judge documents from any thread."""

    def __init__(self, path: Path, cache: Path | None = None, within: Path | None = None) -> None:
        self._path, self._cache, self._within = path, cache, within
        self._judge = self._compiled()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path, cache: Path | None = None, within: Path | None = None) -> "Schema":
        """Compile the schema; only local files are read, and with `within` only those in that folder.

        Raises SchemaError for a schema that cannot be used.
        """
        schema_files(path, within)
        return cls(path, cache, within)

    @cached_property
    def outline(self) -> Outline:
        """What the schema says, read when first asked for."""
        return Outline.open(self._path, self._cache, self._within)

    def faults(self, root: etree._Element, data: bytes | None = None) -> list[Fault]:
        """What is wrong with the document, at most 100 faults; nothing if it is valid.

        Its bytes, where they are at hand, save writing a very large document out again.
        """
        if root.base is None:  # only the door, or an xml:base, gives a document an address
            return [] if self._judge.validate(root) else self._explained(root)
        from adapter.schema.flood import flooded, spine

        size = root.getroottree().docinfo.URL
        beginning = flooded(self._judge, data or etree.tostring(root)) if size == HUGE else None
        if beginning is None:
            return self._explained(root)
        last = set(spine(beginning))  # cut off in the middle: what is wrong with these is our doing
        return [fault for fault in self._explained(beginning) if fault.element not in last]

    def second_opinion(self, root: etree._Element) -> bool:
        """Whether xmlschema finds the document valid; slow, for those who test conformance."""
        return bool(self._second.is_valid(root))

    @cached_property
    def _second(self) -> "XMLSchema10":
        from adapter.schema.outline_xsd import open_schema  # xmlschema takes 0.1 s to import

        return open_schema(self._path)

    def _explained(self, root: etree._Element) -> list[Fault]:
        from adapter.schema.explain import explain  # a valid document needs no words for what is wrong

        # The log belongs to the compiled schema, and other threads are judging with that of `_judge`.
        with self._lock:
            if self._witness.validate(root):
                return []
            log = list(self._witness.error_log)  # type: ignore[call-overload]  # the stubs know no iteration
        return explain(root, log, self._told)

    @cached_property
    def _witness(self) -> etree.XMLSchema:
        return self._compiled()

    @cached_property
    def _told(self) -> Outline | None:
        try:
            return self.outline
        except SchemaError:  # lxml can use it, xmlschema cannot: faults are told without what was allowed
            return None

    def _compiled(self) -> etree.XMLSchema:
        try:
            return etree.XMLSchema(file=str(self._path))
        except etree.XMLSchemaParseError as error:
            raise SchemaError(f"{self._path.name}: {error}") from None
