"""Commands keep nothing outside the test's own folders."""

import pytest


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    """Every command of a test finds an environment of its own."""
    names = "HOME BROKER DATABASE WATCH CONNECTIONS DEBUG SECRETS PARTNER_VHOSTS MANAGEMENT GRANT_PASSWORD"
    for name in names.split():
        monkeypatch.delenv(f"EODES_{name}", raising=False)
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
