"""Plugins of pydantic would see every certificate: the command lets none in."""

import os
import subprocess
import sys

import pytest
from shell import ROOT, process
from test_cli_process import MAP, PATIENCE

SPY = """
import sys
print("the spy sees it all", file=sys.stderr)
def spy():
    pass
"""


@pytest.fixture
def spied_on(tmp_path, monkeypatch):
    """An environment in which somebody has installed a plugin."""
    about = tmp_path / "spy-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: spy\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[pydantic]\nspy = spy:spy\n")
    (tmp_path / "spy.py").write_text(SPY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))


def test_the_command_lets_no_plugin_see_a_certificate(spied_on):
    _, said = process(*MAP).communicate(timeout=PATIENCE)
    assert b"spy" not in said


def test_pydantic_itself_would_have_let_it(spied_on):
    code = "from pydantic import BaseModel, create_model; create_model('Open', field=(int, 1))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=PATIENCE)
    assert b"the spy sees it all" in ran.stderr


def test_a_pydantic_that_asks_its_loader_for_more_gets_the_real_one():
    code = (
        "from adapter.cli.plugins import shut_out; shut_out();"
        "from pydantic.plugin._loader import get_plugins, PYDANTIC_ENTRY_POINT_GROUP as group;"
        "print(get_plugins(), group)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert ran.stdout == "() pydantic\n"
