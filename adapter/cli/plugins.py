"""Plugins of pydantic are strangers' code that would see every certificate: this module stands where they are loaded.

pydantic's own switch keeps them out too, but not cheaply: the loader imports importlib.metadata before it looks at it.
"""

import os
import sys
from importlib import import_module
from typing import Any

LOADER = "pydantic.plugin._loader"


def shut_out() -> None:
    """Keeps plugins out of this process; to be called before pydantic is imported."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.modules.setdefault(LOADER, sys.modules[__name__])


def get_plugins() -> tuple[()]:
    """What pydantic asks its loader for: none, and none are looked for."""
    return ()


def __getattr__(name: str) -> Any:
    """Whatever else a later pydantic may want of its loader, it gets from the real one."""
    if name.startswith("__"):  # what Python itself asks of any module
        raise AttributeError(name)
    sys.modules.pop(LOADER, None)
    return getattr(import_module(LOADER), name)
