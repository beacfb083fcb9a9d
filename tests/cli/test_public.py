"""What the package names is public; nothing else is."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shell import RECORD, ROOT

import adapter


@pytest.mark.parametrize("name", adapter.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(adapter, name).__doc__


def test_type_checkers_see_the_same_names():
    source = Path(adapter.__file__).read_text(encoding="utf-8")
    seen = {line.split(" as ")[1].strip() for line in source.splitlines() if " as " in line and "import" in line}
    assert seen == set(adapter.__all__)


def test_nothing_else_can_be_had():
    with pytest.raises(AttributeError):
        adapter.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, adapter; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert {"pydantic", "lxml"} & set(ran.stdout.split()) == set()


def test_a_certificate_goes_out_and_comes_back():
    catalogue = adapter.Catalogue.open()
    reading = adapter.read(adapter.Delivery(Path(RECORD).read_bytes(), "kcci"), catalogue)
    sender, receiver = catalogue.system("kcci"), catalogue.system("CN")
    message = adapter.forward(reading.certificate, sender, receiver, catalogue, datetime(2026, 1, 15, tzinfo=UTC))
    back = adapter.read(adapter.Delivery(message.body, "CN"), catalogue)
    assert back.verdict is adapter.Verdict.VALID
    assert back.certificate.number == reading.certificate.number
