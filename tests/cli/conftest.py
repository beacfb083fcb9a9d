"""Commands keep nothing outside the test's own folders."""

import pytest


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory):
    """One cache for all tests: what schemas say is read once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path, warm_cache):
    """Every command of a test finds an environment of its own."""
    for name in (
        "HOME",
        "BROKER",
        "DATABASE",
        "DEBUG",
        "SECRETS",
        "PARTNER_VHOSTS",
        "MANAGEMENT",
        "GRANT_PASSWORD",
        "CONNECTIONS",
    ):
        monkeypatch.delenv(f"EODES_{name}", raising=False)
    monkeypatch.setenv("EODES_CACHE", str(warm_cache))
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
