"""`eodes asyncapi`, read aloud."""

import json

import pytest
from shell import eodes

from adapter.catalogue import Catalogue


def described(*words):
    result = eodes("asyncapi", *words)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_without_a_broker_it_describes_one_on_this_machine():
    document = described()
    assert document["asyncapi"] == "3.0.0"
    assert [(each["host"], each["pathname"]) for each in document["servers"].values()] == [("localhost:5672", "/%2F")]


def test_it_names_the_broker_and_not_its_user_or_password(monkeypatch):
    monkeypatch.setenv("EODES_BROKER", "amqps://courier:hush@broker.example/eodes")
    result = eodes("asyncapi", "--partner-vhosts", "eodes-{code}")
    servers = json.loads(result.stdout)["servers"]
    assert {each["host"] for each in servers.values()} == {"broker.example:5671"}
    partners = [code.lower() for code, system in Catalogue.open().systems.items() if system.side == "partner"]
    assert {each["pathname"] for each in servers.values()} == {"/eodes", *(f"/eodes-{code}" for code in partners)}
    assert "hush" not in result.stdout and "courier" not in result.stdout


def test_an_added_partner_is_described_too(tmp_path):
    folder = tmp_path / "mappings/partners/xq"
    folder.mkdir(parents=True)
    system = '[live]\nstatus = "planned"\nsource = "a test"\n'
    told = 'code = "XQ"\nname = "Q"\nside = "partner"\ncountry = "XQ"\nagreements = []\n'
    (folder / "system.toml").write_text(told + system)
    assert {"from.xq", "to.xq"} <= set(described("--home", str(tmp_path))["channels"])


@pytest.mark.parametrize("words", [("--broker", "http://guest:hush@host"), ("--partner-vhosts", "x")])
def test_what_is_wrong_ends_with_2(words):
    result = eodes("asyncapi", *words)
    assert result.exit_code == 2
    assert "hush" not in result.stderr


def test_of_a_cluster_it_names_the_first_host(monkeypatch):
    monkeypatch.setenv("EODES_BROKER", "amqp://courier:hush@one.example,two.example:5673/eodes")
    result = eodes("asyncapi")
    assert [each["host"] for each in json.loads(result.stdout)["servers"].values()] == ["one.example:5672"]
    assert "hush" not in result.stdout
