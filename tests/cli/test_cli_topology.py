"""`eodes topology show`, `declare`, `check` and `grant`, read aloud on a real broker."""

import os
import signal
import subprocess
import time
from urllib.parse import urlsplit

import pika
import pytest
from shell import RECORD, eodes, process, said

from adapter.catalogue import Catalogue

PASSWORD = "sesame-open-7"
PARTNERS = [code for code, system in Catalogue.open().systems.items() if system.side == "partner"]


@pytest.fixture
def broker(private_rabbitmq, monkeypatch):
    """A broker whose partners have vhosts of their own, none of them made yet."""
    with private_rabbitmq.vhost() as url:
        main = urlsplit(url).path[1:]
        monkeypatch.setenv("EODES_BROKER", url)
        monkeypatch.setenv("EODES_PARTNER_VHOSTS", f"{main}-{{code}}")
        monkeypatch.setenv("EODES_GRANT_PASSWORD", PASSWORD)
        admin = urlsplit(private_rabbitmq.url).netloc.rpartition("@")[0]
        monkeypatch.setenv("EODES_MANAGEMENT", private_rabbitmq.management.replace("://", f"://{admin}@"))
        yield private_rabbitmq
        there = {each["name"] for each in private_rabbitmq.api("GET", "vhosts")}
        for name in there & {f"{main}-{code.lower()}" for code in PARTNERS}:
            private_rabbitmq.revoke(name)


@pytest.fixture
def main(broker, monkeypatch):
    """The main vhost's name."""
    return said("topology", "show")["main"]["name"]


def let_in(*codes):
    for code in codes:
        assert eodes("topology", "grant", code, "--apply").exit_code == 0


def run_commands(broker, text, password=PASSWORD, check=True):
    """Run what `grant` put, as an operator beside the broker would; what that said on standard error."""
    env = broker.env | {"PATH": f"{broker.bin}:/usr/bin:/bin"}
    env |= {"EODES_GRANT_PASSWORD": password} if password else {}
    ended = subprocess.run(["sh", "-eu"], input=text, text=True, env=env, cwd=broker.dir, capture_output=True)
    assert (ended.returncode == 0) is check, ended.stderr
    return ended.stderr


def access(broker, name):
    """A vhost's permissions and its user's tags; the password by its being accepted."""
    users = [
        (each["user"], each["configure"], each["write"], each["read"])
        for each in broker.api("GET", f"vhosts/{name}/permissions")
    ]
    return sorted(users), broker.api("GET", f"users/{name}")["tags"]


def assert_lets_in(broker, name, password):
    """That the user of this name comes into its vhost with that password."""
    address = urlsplit(broker.url).netloc.rpartition("@")[2]
    pika.BlockingConnection(pika.URLParameters(f"amqp://{name}:{password}@{address}/{name}")).close()


# Show


def test_what_there_should_be_is_shown_without_any_broker():
    shown = said("topology", "show", "--broker", "amqp://relay:pass@nowhere/main", "--partner-vhosts", "eodes-{code}")
    names = {f"eodes-{code.lower()}" for code in PARTNERS}
    assert (shown["main"]["name"], {each["name"] for each in shown["partners"]}) == ("main", names)
    assert set(shown["main"]) == {"name", "partner", "queues", "exchanges", "bindings", "permission"}


def test_it_is_shown_as_tables_too():
    told = eodes(
        "topology", "show", "--broker", "amqp://relay:pass@nowhere/main", "--partner-vhosts", "eodes-{code}"
    ).stdout
    for word in ("from.kcci", "direct, else to exchange unknown", "eodes-id", "^to\\.id$"):
        assert word in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--partner-vhosts", "eodes"), "like eodes-{code}"),
        (("--partner-vhosts", "x-{code}", "--broker", "embedded:///x"), "an embedded broker has no vhosts"),
        (("--broker", "http://guest:hush@host"), "amqp://"),
    ],
)
def test_what_cannot_be_laid_out_is_refused_with_what_is_allowed(words, told):
    broker = () if "--broker" in words else ("--broker", "amqp://host")
    result = eodes("topology", "show", *words, *broker)
    assert result.exit_code == 2
    assert told in result.stderr and "hush" not in result.stderr


# Grant


def test_the_commands_make_vhost_and_user_and_never_show_the_password(broker, main):
    result = eodes("topology", "grant", "id")
    assert result.exit_code == 0
    assert PASSWORD not in result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert lines[2] == f"rabbitmqctl add_vhost {main}-id"
    assert f"rabbitmqctl set_permissions --vhost {main}-id '{main}-id' '^$' '^from$' '^to\\.id$'" in lines


def test_the_commands_do_the_same_as_applying_and_may_be_run_again(broker, main):
    put = eodes("topology", "grant", "ID").stdout
    run_commands(broker, put)
    by_hand = access(broker, f"{main}-id")
    assert "Error" not in run_commands(broker, put)
    assert access(broker, f"{main}-id") == by_hand
    broker.revoke(f"{main}-id")
    let_in("ID")
    assert access(broker, f"{main}-id") == by_hand
    assert by_hand[0] == [(main, ".*", ".*", ".*"), (f"{main}-id", "^$", "^from$", r"^to\.id$")]


@pytest.mark.parametrize("way", ["commands", "apply"])
def test_the_password_may_come_from_a_file(broker, main, tmp_path, monkeypatch, way):
    monkeypatch.delenv("EODES_GRANT_PASSWORD")
    secret = tmp_path / "a file's password"
    secret.write_text(f"{PASSWORD}\n")
    result = eodes("topology", "grant", "ID", "--password-file", secret, *(["--apply"] if way == "apply" else []))
    assert result.exit_code == 0, result.stderr
    if way == "commands":
        run_commands(broker, result.stdout)
    assert_lets_in(broker, f"{main}-id", PASSWORD)
    assert PASSWORD not in result.stdout + result.stderr


def test_a_secrets_file_holds_the_password_for_the_commands_too(broker, main, tmp_path, monkeypatch):
    monkeypatch.delenv("EODES_GRANT_PASSWORD")
    monkeypatch.setenv("EODES_SECRETS", str(tmp_path))
    (tmp_path / "eodes_grant_password").write_text(f"{PASSWORD}\n")
    run_commands(broker, eodes("topology", "grant", "ID").stdout, password=None)
    assert_lets_in(broker, f"{main}-id", PASSWORD)


def test_commands_without_a_password_make_no_user_and_say_why(broker, main, monkeypatch):
    monkeypatch.delenv("EODES_GRANT_PASSWORD")
    told = run_commands(broker, eodes("topology", "grant", "ID").stdout, password=None, check=False)
    assert "EODES_GRANT_PASSWORD" in told and f"{main}-id is a new user and needs a password" in told
    assert f"{main}-id" not in {each["name"] for each in broker.api("GET", "users") + broker.api("GET", "vhosts")}


@pytest.mark.parametrize("way", ["commands", "apply"])
def test_without_a_password_the_user_keeps_its_own_and_the_relay_is_let_in(broker, main, monkeypatch, way):
    let_in("ID")
    broker.api("DELETE", f"permissions/{main}-id/{main}")
    monkeypatch.delenv("EODES_GRANT_PASSWORD")
    if way == "commands":
        told = run_commands(broker, eodes("topology", "grant", "ID").stdout, password=None)
    else:
        told = eodes("topology", "grant", "ID", "--apply").stderr
    assert "password that it has" in told or "keeps its password" in told
    assert_lets_in(broker, f"{main}-id", PASSWORD)
    assert (main, ".*", ".*", ".*") in access(broker, f"{main}-id")[0]


@pytest.mark.parametrize("way", ["commands", "apply"])
def test_blanks_at_the_ends_of_a_password_do_not_count(broker, main, monkeypatch, way):
    monkeypatch.setenv("EODES_GRANT_PASSWORD", f" {PASSWORD} ")
    result = eodes("topology", "grant", "ID", *(["--apply"] if way == "apply" else []))
    if way == "commands":
        run_commands(broker, result.stdout, password=f" {PASSWORD} ")
    assert_lets_in(broker, f"{main}-id", PASSWORD)


@pytest.mark.parametrize("way", ["commands", "apply"])
def test_an_empty_password_file_changes_nothing(broker, main, tmp_path, way):
    let_in("ID")
    (tmp_path / "empty").write_text(" \n")
    words = ["--apply"] if way == "apply" else []
    result = eodes("topology", "grant", "ID", "--password-file", tmp_path / "empty", *words)
    if way == "commands":
        assert "empty" in run_commands(broker, result.stdout, check=False)
    else:
        assert result.exit_code == 2 and "empty" in result.stderr
    assert_lets_in(broker, f"{main}-id", PASSWORD)


def test_applying_without_a_password_is_refused(broker, main, monkeypatch):
    monkeypatch.delenv("EODES_GRANT_PASSWORD")
    result = eodes("topology", "grant", "ID", "--apply")
    assert result.exit_code == 2
    assert "EODES_GRANT_PASSWORD" in result.stderr


def test_a_grant_brings_back_what_was_too_much(broker, main):
    let_in("ID")
    broker.api("PUT", f"users/{main}-id", {"password": "old", "tags": "administrator"})
    broker.api("PUT", f"permissions/{main}-id/{main}-id", {"configure": ".*", "write": ".*", "read": ".*"})
    let_in("ID")
    assert access(broker, f"{main}-id")[1] == []
    assert (f"{main}-id", "^$", "^from$", r"^to\.id$") in access(broker, f"{main}-id")[0]


@pytest.mark.parametrize("code", ["kcci", "unipass"])
def test_a_domestic_system_has_no_vhost_to_be_let_into(broker, code):
    result = eodes("topology", "grant", code)
    assert result.exit_code == 2
    assert "domestic systems never" in result.stderr


def test_nobody_is_let_in_where_all_share_one_vhost(broker, monkeypatch):
    monkeypatch.delenv("EODES_PARTNER_VHOSTS")
    result = eodes("topology", "grant", "ID")
    assert result.exit_code == 2
    assert "--partner-vhosts" in result.stderr


def test_whoever_may_not_grant_is_told_so(broker, main, monkeypatch):
    user = urlsplit(broker.url)
    monkeypatch.setenv("EODES_MANAGEMENT", broker.management.replace("://", f"://{user.username}:wrong@"))
    result = eodes("topology", "grant", "ID", "--apply")
    assert result.exit_code == 2
    assert "does not let user" in result.stderr and "wrong" not in result.stderr


# Declare, check


def test_a_broker_that_is_laid_out_passes_the_check(broker, main):
    let_in(*PARTNERS)
    assert eodes("topology", "declare").exit_code == 0
    result = eodes("topology", "check")
    assert (result.exit_code, result.stdout) == (0, f"valid: 0 differences in {1 + len(PARTNERS)} vhosts\n")
    assert said("topology", "check") == {"verdict": "valid", "differences": []}


def test_an_empty_broker_is_explained(broker, main):
    result = eodes("topology", "check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert f"error vhost in vhost {main}-id: should be: there; is: missing; " in result.stdout
    assert any(line.startswith(f"error queue from.kcci in vhost {main}: should be: durable quorum") for line in lines)
    assert lines[-1].startswith("invalid: ")


def test_differences_in_json_have_their_documented_parts(broker, main):
    differences = said("topology", "check")["differences"]
    assert {frozenset(each) for each in differences} == {
        frozenset(("what", "vhost", "should", "found", "do", "severity"))
    }


def test_a_warning_fails_only_when_strictly_judged(broker, main):
    let_in(*PARTNERS)
    eodes("topology", "declare")
    stranger = urlsplit(broker.url).username
    broker.api("PUT", f"permissions/{main}-id/{stranger}", {"configure": "", "write": "", "read": ""})
    assert eodes("topology", "check").exit_code == 0
    assert eodes("topology", "check", "--strict").exit_code == 1
    assert said("topology", "check", "--strict")["verdict"] == "invalid"


def test_what_may_not_be_seen_is_undecided(broker, main, monkeypatch):
    let_in(*PARTNERS)
    eodes("topology", "declare")
    broker.ctl("set_user_tags", main, "monitoring")
    password = urlsplit(os.environ["EODES_BROKER"]).password
    monkeypatch.setenv("EODES_MANAGEMENT", broker.management.replace("://", f"://{main}:{password}@"))
    assert eodes("topology", "check").exit_code == 3


def test_what_could_not_be_declared_is_named(broker, main):
    let_in(*(code for code in PARTNERS if code != "ID"))
    result = eodes("topology", "declare")
    assert result.exit_code == 1
    assert "queue from.id: still missing" in result.stderr
    assert "from.kcci" not in result.stderr


@pytest.mark.parametrize("words", [(), ("--management", "http://admin:hush@127.0.0.1:1"), ("--management", "hush")])
def test_a_management_api_that_is_not_there_ends_with_2_and_its_password_is_not_told(broker, monkeypatch, words):
    monkeypatch.delenv("EODES_MANAGEMENT")
    result = eodes("topology", "check", *words)
    assert result.exit_code == 2
    assert "management" in result.stderr and "hush" not in result.stderr


# The relay


def test_a_record_that_is_sent_comes_out_in_the_partners_vhost(broker, main, tmp_path):
    let_in(*PARTNERS)
    assert eodes("topology", "declare").exit_code == 0
    assert eodes("send", RECORD, "--from", "kcci").exit_code == 0
    running = process("relay")
    deadline = time.monotonic() + 60
    while not waiting("to.cn") and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 0, told
    queues = {each["name"] for each in broker.api("GET", f"queues/{main}-cn")}
    assert queues == {"from.cn", "to.cn"}
    assert waiting("to.cn") == 1


def waiting(queue):
    return {each["queue"]: each["waiting"] for each in said("queues")["queues"]}[queue]
