"""The page on endpoints: its file is one that we take, with every field there is."""

from __future__ import annotations

import re
import socket
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from authority import Authority

from adapter.connections import Desk, Endpoint, Identity, Source, open_connections
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.https import HAS_IT, KEY, NAMES, NOT_NOW, OURS, TAKEN
from adapter.relay.endpoints.opening import over
from adapter.relay.endpoints.tls import context_of, pinned
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.opening import open_sources

PAGE = (Path(__file__).parents[2] / "docs" / "endpoints.md").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path) -> Path:
    """The page's file, with certificates for every name in it."""
    (said,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    place = tmp_path / "connections.toml"
    place.write_text(said)
    made = Authority(tmp_path / "tls")
    for name in set(re.findall(r'"tls/([a-z-]+)\.pem"', said)):
        if name.endswith("-authority"):
            (tmp_path / "tls" / f"{name}.pem").write_bytes(made.file.read_bytes())
        elif name.endswith("-crl"):
            (tmp_path / "tls" / f"{name}.pem").write_bytes(made.take_back().read_bytes())
        elif not name.endswith("-key"):
            made.give(name)
    for folder in ("vn/out", "vn/in"):
        (tmp_path / folder).mkdir(parents=True)
    return place


def test_the_pages_file_opens_every_endpoint_and_every_source(file, tmp_path):
    connections = open_connections(file)
    broker = Embedded(tmp_path / "queues.db")
    whole, keeper = over(broker, connections), Keeper(broker)
    sources = open_sources(connections, keeper, 10**7)
    assert sorted(sources) == ["ID", "VN", "desk"]
    assert whole is not broker
    keeper.close()
    whole.close()


def test_the_pages_file_says_every_field(file):
    said = tomllib.loads(file.read_text())
    endpoints = [each["endpoint"] for each in said["partners"].values()]
    sources = [each["source"] for each in said["partners"].values()]
    assert set().union(*endpoints) == set(Endpoint.model_fields)
    assert set().union(*sources) == set(Source.model_fields)
    assert set(said["desk"]) == set(Desk.model_fields)
    assert set(said["partners"]["CN"]["endpoint"]["tls"]) == set(Identity.model_fields)


def test_the_page_says_every_header_and_status():
    for header in {*NAMES.values(), KEY} - {"Eodes-Receiver"}:
        assert f"`{header}`" in PAGE
    for status in TAKEN | OURS | NOT_NOW | {HAS_IT}:
        assert re.search(rf"^\|.*\b{status}\b", PAGE, re.M), status


def test_with_the_certificates_that_the_page_makes_each_side_believes_the_other(tmp_path):
    (made,) = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
    subprocess.run(["bash", "-euc", made], cwd=tmp_path, check=True, capture_output=True)

    def identity(name: str) -> Identity:
        pem, key = (tmp_path / "tls" / f"{name}.{ending}" for ending in ("pem", "key"))
        return Identity(certificate=pem, key=key, authority=tmp_path / "tls/authority.pem")

    context = context_of(identity("ours"), answering=True)
    ours, theirs = socket.socketpair()
    with ThreadPoolExecutor(1) as pool, ours, theirs:
        answered = pool.submit(context.wrap_socket, ours, server_side=True)
        with context_of(identity("cn")).wrap_socket(theirs, server_hostname="localhost"), answered.result() as wrapped:
            assert wrapped.getpeercert(binary_form=True) in pinned(tmp_path / "tls/cn.pem")


def test_what_is_printed_of_connections_holds_no_password(file):
    assert "PASSWORD" in file.read_text() and "PASSWORD" not in repr(open_connections(file))
