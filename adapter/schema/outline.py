"""What a schema says: paths, order, occurrence, facets and notes, whichever language it is written in."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from adapter.schema import cache as stored
from adapter.schema.model import Graph, Node


class Outline:
    """What a schema says, as a graph of nodes and types."""

    def __init__(self, graph: Graph, json: bool) -> None:
        self._graph = graph
        self.json = json
        """Whether the schema is of JSON documents: their only root has the name ""."""

    @classmethod
    def open(cls, path: Path, cache: Path | None = None, within: Path | None = None) -> "Outline":
        """Read the schema, from the cache folder if it was read before and no file of its set has changed.

        Raises SchemaError for a schema that cannot be read or that leads out of the folder `within`.
        """
        json = path.name.endswith(".json")
        found = stored.load(path, cache) or stored.keep(
            path, cache, _read_json(path) if json else _read_xsd(path, within)
        )
        return cls(Graph(found.types, found.roots, found.notes), json)

    @cached_property
    def roots(self) -> Mapping[str, Node]:
        """The elements that a document may begin with, by name."""
        nodes = ((name, self._graph.root(name)) for name in self._graph.names())
        return MappingProxyType({name: node for name, node in nodes if node})

    def find(self, steps: Sequence[str]) -> Node | None:
        """The node at the end of these names, the root's first; `@name` for an attribute.

        In JSON the root has no name: the first is one of its properties.
        """
        names = ["", *steps] if self.json else list(steps)
        if not names:
            return None
        node = self._graph.root(names[0])
        for name in names[1:]:
            if node is None:
                return None
            node = node.type.attribute(name[1:]) if name.startswith("@") else node.type.child(name)
        return node


def _read_xsd(path: Path, within: Path | None) -> stored.Content:
    from adapter.schema.outline_xsd import read  # xmlschema takes 0.1 s to import

    return read(path, within)


def _read_json(path: Path) -> stored.Content:
    from adapter.schema.outline_json import read

    return read(path)
