"""What lies on a real broker, held against what should: every difference is found and explained, and nothing else."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from estate import Estate, channel, management_url
from post_office import catalogue

from adapter.findings import Severity
from adapter.relay.access import access_differences, forgotten_vhosts
from adapter.relay.differences import Difference, differences
from adapter.relay.inventory import Contents, Inventory, policy_of
from adapter.relay.rabbitmq.management import Management
from adapter.relay.topology import topology

QUORUM = {"x-queue-type": "quorum"}


def found_in(made: Estate, management: Management | None = None) -> list[Difference]:
    found = (management or made.management).look(vhost.name for vhost in made.topology.vhosts)
    user = urlsplit(made.url).username or ""
    return [*differences(made.topology, found), *access_differences(made.topology, found, user)]


def the_one(made: Estate) -> Difference:
    (only,) = found_in(made)
    return only


def change(made: Estate, action: Callable[..., object], code: str | None = None) -> None:
    """Something done to the main vhost, or to a partner's, by the relay's user."""
    url = urlsplit(made.url)._replace(path=f"/{made.vhost(code)}").geturl() if code else made.url
    with channel(url) as opened:
        action(opened)


def test_what_the_relay_declared_and_the_grants_made_is_as_it_should_be(laid_out):
    assert found_in(laid_out) == []


def test_a_queue_of_another_type_is_found(laid_out):
    change(laid_out, lambda opened: (opened.queue_delete("to.kcci"), opened.queue_declare("to.kcci", durable=True)))
    only = the_one(laid_out)
    assert (only.what, only.vhost, only.found) == ("queue to.kcci", laid_out.topology.main.name, "classic queue")
    assert "quorum" in only.should
    assert "delete_queue" in only.do and "eodes topology declare" in only.do


def test_a_queue_that_drops_messages_is_found(laid_out):
    def shorten(opened):
        opened.queue_delete("to.kcci")
        opened.queue_declare("to.kcci", durable=True, arguments=QUORUM | {"x-max-length": 5, "x-message-ttl": 1})

    change(laid_out, shorten)
    assert the_one(laid_out).found == "x-max-length 5, x-message-ttl 1"


def test_a_policy_that_drops_messages_is_found(laid_out):
    policy = {"pattern": "^to[.]kcci$", "definition": {"max-length": 5, "max-in-memory-length": 9}}
    laid_out.server.api("PUT", f"policies/{laid_out.topology.main.name}/short", policy)
    only = the_one(laid_out)
    assert (only.what, only.found) == ("policy of queue to.kcci", "max-length 5")


@pytest.mark.parametrize("bound", ["max-length", "max-length-bytes"])
def test_a_policy_that_refuses_what_is_too_much_drops_nothing(laid_out, bound):
    definition = {bound: 5_000, "overflow": "reject-publish"}
    policy = {"pattern": r"^to\.kcci$", "definition": definition, "apply-to": "queues"}
    laid_out.server.api("PUT", f"policies/{laid_out.topology.main.name}/short", policy)
    assert found_in(laid_out) == []


def test_a_missing_queue_is_found(laid_out):
    change(laid_out, lambda opened: opened.queue_delete("to.id"), "ID")
    only = the_one(laid_out)
    assert (only.what, only.vhost, only.found) == ("queue to.id", laid_out.vhost("ID"), "missing")


def test_a_missing_binding_is_found(laid_out):
    change(laid_out, lambda opened: opened.queue_unbind("from.kcci", "from", "from.kcci"))
    only = the_one(laid_out)
    assert (only.what, only.should, only.found) == (
        "binding of exchange from",
        "leads from.kcci to from.kcci",
        "missing",
    )
    assert "eodes topology declare" in only.do


def test_a_missing_binding_of_the_unknown_is_found(laid_out):
    change(laid_out, lambda opened: opened.queue_unbind("unknown", "unknown", ""))
    assert the_one(laid_out).should == "leads everything to unknown"


def test_a_missing_alternate_exchange_is_found(laid_out):
    def forget(opened):
        opened.exchange_delete("from")
        opened.exchange_declare("from", "direct", durable=True)
        for code in ("kcci", "unipass"):
            opened.queue_bind(f"from.{code}", "from", f"from.{code}")

    change(laid_out, forget)
    only = the_one(laid_out)
    assert (only.what, only.should) == ("alternate exchange of exchange from", "unknown")
    assert "dropped" in only.found


def test_an_exchange_of_another_kind_is_found(laid_out):
    def turn(opened):
        opened.exchange_delete("from")
        opened.exchange_declare("from", "topic", durable=False)
        opened.queue_bind("from.id", "from", "from.id")

    change(laid_out, turn, "ID")
    assert the_one(laid_out).found == "transient topic exchange"


def test_a_missing_exchange_is_found_with_its_bindings(laid_out):
    change(laid_out, lambda opened: opened.exchange_delete("from"), "ID")
    assert [(each.what, each.found) for each in found_in(laid_out)] == [
        ("exchange from", "missing"),
        ("binding of exchange from", "missing"),
    ]


def test_a_binding_that_leads_elsewhere_is_found(laid_out):
    def tap(opened):
        opened.queue_declare("tap", durable=True)
        opened.queue_bind("tap", "from", "from.kcci")

    change(laid_out, tap)
    assert (the_one(laid_out).should, the_one(laid_out).found) == ("not there", "leads from.kcci to tap")


def test_a_partners_queue_that_was_left_in_the_main_vhost_is_found(laid_out):
    change(laid_out, lambda opened: opened.queue_declare("to.id", durable=True, arguments=QUORUM))
    only = the_one(laid_out)
    assert (only.what, only.vhost) == ("queue to.id", laid_out.topology.main.name)
    assert laid_out.vhost("ID") in only.should


def test_dead_originals_in_a_partners_vhost_are_found(laid_out):
    change(laid_out, lambda opened: opened.queue_declare("dead", durable=True, arguments=QUORUM), "ID")
    only = the_one(laid_out)
    assert (only.what, only.vhost, only.severity) == ("queue dead", laid_out.vhost("ID"), Severity.ERROR)


def test_a_queue_of_others_in_the_main_vhost_is_no_difference(laid_out):
    change(laid_out, lambda opened: opened.queue_declare("somebody.elses", durable=True))
    assert found_in(laid_out) == []


def test_a_queue_of_others_in_a_partners_vhost_is_a_warning(laid_out):
    change(laid_out, lambda opened: opened.queue_declare("somebody.elses", durable=True), "ID")
    assert (the_one(laid_out).what, the_one(laid_out).severity) == ("queue somebody.elses", Severity.WARNING)


def test_a_missing_vhost_is_found_with_what_lets_the_partner_in(private_rabbitmq):
    layout = topology(catalogue().systems.values(), "/", "nowhere-{code}")
    found = Management(management_url(private_rabbitmq)).look(vhost.name for vhost in layout.partners)
    missing = {each.vhost: each.do for each in differences(layout, found) if each.what == "vhost"}
    assert missing["nowhere-id"] == "let the partner in: eodes topology grant ID"


def test_partners_vhosts_that_the_relay_was_not_told_of_are_a_warning(laid_out):
    user = urlsplit(laid_out.url).username or ""
    forgetful = topology(catalogue().systems.values(), laid_out.topology.main.name)
    found = laid_out.management.look(vhost.name for vhost in forgetful.vhosts)
    told = {each.vhost: each for each in forgotten_vhosts(forgetful, found, user)}
    own = {vhost.name for vhost in laid_out.topology.partners}
    assert own <= told.keys()
    assert told[laid_out.vhost("ID")].severity is Severity.WARNING
    assert f"EODES_PARTNER_VHOSTS={laid_out.topology.main.name}-{{code}}" in told[laid_out.vhost("ID")].do
    assert list(forgotten_vhosts(laid_out.topology, found, user)) == []


def test_vhosts_of_others_are_no_partners_vhosts():
    main = topology(catalogue().systems.values(), "elsewhere")
    queues = {"another-relay": frozenset(main.main.queues), "others": frozenset({"to.id"}), "empty": frozenset()}
    closed = {"eodes-id": frozenset({"to.id", "from.id"})}
    found = Inventory("3.10.8", {}, {}, {}, queues | closed)
    assert list(forgotten_vhosts(main, found, "relay")) == []
    hidden = Inventory("3.10.8", {}, None, None, queues | closed)
    assert [each.vhost for each in forgotten_vhosts(main, hidden, "relay")] == ["eodes-id"]


# Who may do what


def test_a_missing_user_is_found(laid_out):
    name = laid_out.vhost("ID")
    laid_out.server.api("DELETE", f"users/{name}")
    only = the_one(laid_out)
    laid_out.server.api("PUT", f"users/{name}", {"password": "again", "tags": ""})
    assert (only.what, only.found, only.do) == (f"user {name}", "missing", "eodes topology grant ID")


def test_a_permission_that_is_too_wide_is_found(laid_out):
    name = laid_out.vhost("ID")
    laid_out.server.api("PUT", f"permissions/{name}/{name}", {"configure": "", "write": ".*", "read": ".*"})
    only = the_one(laid_out)
    assert (only.what, only.found) == (f"permissions of user {name}", "configure ^$ write .* read .*")


def test_a_permission_in_another_vhost_is_found(laid_out):
    name, other = laid_out.vhost("ID"), laid_out.vhost("CN")
    laid_out.server.api("PUT", f"permissions/{other}/{name}", {"configure": "", "write": "", "read": ".*"})
    errors = [each for each in found_in(laid_out) if each.severity is Severity.ERROR]
    assert [(each.what, each.vhost) for each in errors] == [(f"permissions of user {name}", other)]


def test_a_tag_of_a_partners_user_is_found(laid_out):
    name = laid_out.vhost("ID")
    user = laid_out.server.api("GET", f"users/{name}")
    laid_out.server.api("PUT", f"users/{name}", {"password_hash": user["password_hash"], "tags": "monitoring"})
    assert (the_one(laid_out).what, the_one(laid_out).found) == (f"tags of user {name}", "monitoring")


def test_whoever_else_may_enter_a_partners_vhost_is_a_warning(laid_out):
    name, other = laid_out.vhost("ID"), urlsplit(laid_out.server.url).username
    laid_out.server.api("PUT", f"permissions/{name}/{other}", {"configure": "", "write": "", "read": ".*"})
    assert (the_one(laid_out).what, the_one(laid_out).severity) == (f"permissions of user {other}", Severity.WARNING)


def test_a_relay_that_may_not_enter_a_partners_vhost_is_found(laid_out):
    name, relay = laid_out.vhost("ID"), urlsplit(laid_out.url).username
    laid_out.server.api("DELETE", f"permissions/{name}/{relay}")
    only = the_one(laid_out)
    assert (only.what, only.found) == (f"permissions of user {relay}, the relay's", "none")


def test_what_the_management_user_may_not_see_is_undecided(laid_out):
    server, name = laid_out.server, f"{laid_out.topology.main.name}-watch"
    server.api("PUT", f"users/{name}", {"password": "watch", "tags": "monitoring"})
    for vhost in laid_out.topology.vhosts:
        server.api("PUT", f"permissions/{vhost.name}/{name}", {"configure": "", "write": "", "read": ""})
    try:
        (only,) = found_in(laid_out, Management(server.management.replace("://", f"://{name}:watch@")))
    finally:
        server.api("DELETE", f"users/{name}")
    assert (only.what, only.severity) == ("users and permissions", Severity.UNDECIDED)


# What no broker here can show


def test_from_rabbitmq_4_on_a_queue_that_limits_deliveries_is_a_warning():
    layout = topology(catalogue().systems.values(), "main")
    partners = [system.code.lower() for system in catalogue().systems.values() if system.side == "partner"]
    told = {f"to.{code}": {"x-delivery-limit": 20 if code == "cn" else -1} for code in partners}
    queues = {name: {"type": "quorum", "durable": True, "arguments": {**QUORUM, **told.get(name, {})}}
              for name in layout.main.queues}  # fmt: skip
    policy = {"pattern": "unipass|unknown|dead|from", "apply-to": "queues", "definition": {"delivery-limit": -1}}
    limited = {
        version: {each.what: each.severity for each in differences(layout, _with(version, layout, queues, policy))
                  if "to." in each.what and "binding" not in each.what}
        for version in ("3.13.7", "4.1.2")
    }  # fmt: skip
    assert limited == {
        "3.13.7": {"queue to.cn": Severity.ERROR},
        "4.1.2": {"queue to.cn": Severity.ERROR, "delivery limit of queue to.kcci": Severity.WARNING},
    }


def _with(version, layout, queues, policy):
    return Inventory(version, {layout.main.name: Contents(queues, policies=((policy,), ()))}, {}, {})


def test_of_several_policies_the_one_of_the_highest_priority_holds_and_operators_beside_it():
    users = ({"pattern": "^to", "definition": {"max-length": 1}, "priority": 1},
             {"pattern": "id$", "definition": {"expires": 2}, "priority": 2},
             {"pattern": "", "definition": {"message-ttl": 3}, "priority": 9, "apply-to": "exchanges"})  # fmt: skip
    operators = ({"pattern": "[", "definition": {"delivery-limit": 4}},)
    assert policy_of("to.id", (users, operators)) == {"expires": 2, "delivery-limit": 4}
    assert policy_of("to.cn", (users, ())) == {"max-length": 1}
    assert policy_of("from.cn", (users, ())) == {}
