"""The wheel alone is enough: built, installed in a clean environment elsewhere, it maps a record."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "fixtures/kcci/certificate/ik-cepa-1-item.json"
DATA = ("mappings", "xsd", "fixtures")


def run(command, **options):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, **options)


def succeed(command, **options):
    done = run(command, **options)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built with the hatchling that is installed: nothing is fetched."""
    out = tmp_path_factory.mktemp("dist")
    succeed([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT])
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def bin_dir(wheel, tmp_path_factory):
    """A clean environment with the wheel in it; the packages it depends on are lent by the one that runs the tests."""
    home = tmp_path_factory.mktemp("clean environment")
    succeed([sys.executable, "-m", "venv", "--without-pip", home / "venv"])
    python = home / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet"]
    succeed([*pip, "-c", ROOT / "constraints.txt", wheel])
    site = home / "venv/lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    # A .pth inside a lent directory is not read, so the checkout stays out of sight.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


@pytest.fixture
def elsewhere(tmp_path):
    """Options for a run in another folder, whose home can be neither found nor made."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EODES_", "XDG_"))}
    return {"cwd": tmp_path, "env": kept | {"HOME": "/dev/null/home"}}


def test_the_wheel_carries_every_table_schema_and_example(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path.relative_to(ROOT) for folder in DATA for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    assert [str(path) for path in files if f"adapter/_data/{path}" not in names] == []
    assert "adapter/py.typed" in names
    steps = [str(path.relative_to(ROOT)) for path in (ROOT / "adapter/ledger/migrations").rglob("*.py")]
    assert len(steps) > 3 and names.issuperset(steps)
    assert [
        name for name in names if name.startswith(("tests/", "benchmarks/", *(f"{folder}/" for folder in DATA)))
    ] == []


def test_the_adapter_comes_from_the_wheel(bin_dir, elsewhere):
    printed = succeed([bin_dir / "python", "-c", "import adapter; print(adapter.__file__)"], **elsewhere).stdout
    assert Path(printed.decode().strip()).is_relative_to(bin_dir.parent)


def test_the_installed_command_lists_partners(bin_dir, elsewhere):
    printed = succeed([bin_dir / "eodes", "partners"], **elsewhere).stdout.decode()
    for partner in (ROOT / "mappings/partners").iterdir():
        assert partner.name.upper() in printed.upper()


def test_the_installed_command_maps_a_record(bin_dir, elsewhere):
    done = succeed([bin_dir / "eodes", "map", RECORD, "--from", "kcci", "--to", "ID"], **elsewhere)
    assert done.stdout.lstrip().startswith(b"<")
    assert not any(elsewhere["cwd"].iterdir())
