"""What is installed only where somebody needs it, and how."""

import sys


def how_to_install(extra: str) -> str:
    """The command that installs an extra beside this program: no package index has it, so its folder is named."""
    return f"in the project's folder, {sys.executable} -m pip install -c constraints.txt -e '.[{extra}]'"
