"""What should lie on RabbitMQ, made from the systems."""

import re

import pytest
from post_office import catalogue

from adapter.relay.names import queue_names
from adapter.relay.topology import Binding, Exchange, topology

SYSTEMS = catalogue().systems
APART = topology(SYSTEMS.values(), "main", "eodes-{code}")
TOGETHER = topology(SYSTEMS.values(), "main")
PARTNERS = [code for code, system in SYSTEMS.items() if system.side == "partner"]
DOMESTIC = [code for code, system in SYSTEMS.items() if system.side == "domestic"]


@pytest.mark.parametrize("layout", [APART, TOGETHER], ids=["apart", "together"])
def test_every_queue_of_the_relay_lies_in_exactly_one_vhost(layout):
    queues = [queue for vhost in layout.vhosts for queue in vhost.queues]
    assert sorted(queues) == sorted(queue_names(catalogue()))
    assert len(layout.place) == len(queues)


def test_without_a_pattern_everything_lies_in_the_main_vhost():
    assert TOGETHER.partners == ()
    assert set(TOGETHER.place.values()) == {"main"}


def test_with_a_pattern_each_partner_has_a_vhost_with_its_two_queues_and_no_others():
    assert {vhost.partner for vhost in APART.partners} == set(PARTNERS)
    for vhost in APART.partners:
        code = vhost.partner.lower()
        assert (vhost.name, vhost.queues) == (f"eodes-{code}", (f"from.{code}", f"to.{code}"))


def test_domestic_queues_the_dead_and_the_unknown_stay_in_the_main_vhost():
    own = [f"{side}.{code.lower()}" for code in DOMESTIC for side in ("from", "to")]
    assert sorted(APART.main.queues) == sorted([*own, "dead", "unknown"])


@pytest.mark.parametrize("layout", [APART, TOGETHER], ids=["apart", "together"])
def test_the_entrance_leads_to_each_inbox_by_its_name_and_everything_else_to_the_unknown(layout):
    main = layout.main
    assert Exchange("from", "direct", alternate="unknown") in main.exchanges
    assert Exchange("unknown", "fanout") in main.exchanges
    inboxes = {Binding("from", queue, queue) for queue in main.queues if queue.startswith("from.")}
    assert set(main.bindings) == inboxes | {Binding("unknown", "unknown", "")}


def test_a_partners_entrance_leads_to_its_inbox_and_nowhere_else():
    for vhost in APART.partners:
        assert vhost.exchanges == (Exchange("from", "fanout"),)
        assert [binding.queue for binding in vhost.bindings] == [f"from.{vhost.partner.lower()}"]


def test_a_partners_user_may_write_to_the_entrance_and_read_its_outbox_alone():
    names = [*queue_names(catalogue()), "", "amq.default", "from", "from.idx", "xto.id", "toxid", "to.id.2"]
    (vhost,) = (vhost for vhost in APART.partners if vhost.partner == "ID")
    may = vhost.permission
    allowed = {verb: [name for name in names if re.search(getattr(may, verb), name)] for verb in ("write", "read")}
    assert allowed == {"write": ["from"], "read": ["to.id"]}
    assert [name for name in names if re.search(may.configure, name)] == [""]


@pytest.mark.parametrize("pattern", ["eodes", "eodes-{code", "{code}-{code}-{x}", "{code} {code}", "eodes-{code}'"])
def test_a_pattern_that_names_no_vhost_is_refused_with_what_is_allowed(pattern):
    with pytest.raises(ValueError, match=r"like eodes-\{code\}"):
        topology(SYSTEMS.values(), "main", pattern)


def test_a_pattern_that_names_the_main_vhost_is_refused():
    with pytest.raises(ValueError, match="eodes-id is the main vhost"):
        topology(SYSTEMS.values(), "eodes-id", "eodes-{code}")
