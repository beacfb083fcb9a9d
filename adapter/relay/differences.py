"""What lies on a broker, held against what should: each difference says what, where, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapter.findings import Severity
from adapter.relay.inventory import Contents, Inventory, Thing, policy_of
from adapter.relay.topology import Binding, Exchange, Topology, Vhost

DECLARE = "make it: eodes topology declare"
LOSSY = ("message-ttl", "expires", "max-length", "max-length-bytes", "dead-letter-exchange", "delivery-limit")
"""What a policy may say that makes a queue drop messages or move them away."""
BOUNDS = ("max-length", "max-length-bytes")
_TYPE, _LIMIT, _ALTERNATE = "x-queue-type", "x-delivery-limit", "alternate-exchange"
_QUEUE = "durable quorum queue that keeps everything"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be."""

    what: str
    vhost: str
    should: str
    found: str
    do: str
    severity: Severity = Severity.ERROR


def differences(topology: Topology, found: Inventory) -> Iterator[Difference]:
    """What is missing, other than it should be, or too much; in the main vhost there may be queues of others."""
    for vhost in topology.vhosts:
        contents = found.vhosts.get(vhost.name)
        if contents is None:
            yield _no_vhost(vhost)
            continue
        yield from _queues(vhost, contents, found.limits_deliveries)
        yield from _strays(vhost, contents, topology)
        for exchange in vhost.exchanges:
            yield from _exchange(exchange, vhost, contents)
        yield from _bindings(vhost, contents)


def _no_vhost(vhost: Vhost) -> Difference:
    grant = f"let the partner in: eodes topology grant {vhost.partner}"
    do = grant if vhost.partner else f"make it: rabbitmqctl add_vhost '{vhost.name}', and let the relay's user in"
    return Difference("vhost", vhost.name, "there", "missing", do)


def _queues(vhost: Vhost, contents: Contents, limited: bool) -> Iterator[Difference]:
    for name in vhost.queues:
        what, queue = f"queue {name}", contents.queues.get(name)
        if queue is None:
            yield Difference(what, vhost.name, _QUEUE, "missing", DECLARE)
            continue
        if wrong := _wrong(queue):
            do = f"empty it, rabbitmqctl delete_queue --vhost '{vhost.name}' {name}, and {DECLARE}"
            yield Difference(what, vhost.name, _QUEUE, wrong, do)
        yield from _policy(name, queue, policy_of(name, contents.policies), vhost.name, limited and not wrong)


def _policy(name: str, queue: Thing, policy: dict[str, Any], vhost: str, limited: bool) -> Iterator[Difference]:
    """What a policy makes of a queue; since RabbitMQ 4 one without may drop messages too."""
    if drops := ", ".join(f"{key} {policy[key]}" for key in LOSSY if _drops(policy, key)):
        do = "take the queue out of the policy"
        yield Difference(f"policy of queue {name}", vhost, "none that drops messages", drops, do)
    if limited and -1 not in (_arguments(queue).get(_LIMIT), policy.get("delivery-limit")):
        do, limit = "set a policy with delivery-limit -1 for it", "drops a message after 20 deliveries"
        yield Difference(f"delivery limit of queue {name}", vhost, "none", limit, do, Severity.WARNING)


def _wrong(queue: Thing) -> str:
    """How a queue is not as we declare it."""
    arguments = _arguments(queue)
    kind = str(queue.get("type") or arguments.get(_TYPE, "classic"))
    others = {key: value for key, value in arguments.items() if key != _TYPE and (key, value) != (_LIMIT, -1)}
    parts = [] if kind == "quorum" else [f"{kind} queue"]
    parts += [] if queue.get("durable") else ["not durable"]
    return ", ".join((*parts, *(f"{key} {value}" for key, value in sorted(others.items()))))


def _drops(policy: dict[str, Any], key: str) -> bool:
    if key in BOUNDS and policy.get("overflow") == "reject-publish":  # refused, not dropped: the relay sends it again
        return False
    return key in policy and (key, policy[key]) != ("delivery-limit", -1)


def _strays(vhost: Vhost, contents: Contents, topology: Topology) -> Iterator[Difference]:
    """Queues of ours in another vhost than theirs, where nobody takes from them; in a partner's, any queue too many."""
    for name in sorted(contents.queues.keys() - set(vhost.queues)):
        home = topology.place.get(name)
        waiting = f"{contents.queues[name].get('messages', 'some')} messages lie here"
        delete = f"rabbitmqctl delete_queue --vhost '{vhost.name}' {name}"
        if home is not None:
            do = f"move what lies in it, then {delete}"
            yield Difference(f"queue {name}", vhost.name, f"in vhost {home} only", waiting, do)
        elif vhost.partner:
            yield Difference(f"queue {name}", vhost.name, "not there", waiting, delete, Severity.WARNING)


def _exchange(exchange: Exchange, vhost: Vhost, contents: Contents) -> Iterator[Difference]:
    what, there = f"exchange {exchange.name}", contents.exchanges.get(exchange.name)
    again = f"delete it, and {DECLARE}"
    if there is None:
        yield Difference(what, vhost.name, f"durable {exchange.kind} exchange", "missing", DECLARE)
        return
    found = f"{'durable' if there.get('durable') else 'transient'} {there.get('type')} exchange"
    if found != f"durable {exchange.kind} exchange":
        yield Difference(what, vhost.name, f"durable {exchange.kind} exchange", found, again)
    alternate = _arguments(there).get(_ALTERNATE)
    if alternate != exchange.alternate:
        names = (exchange.alternate or "none", alternate or "none: what names no queue is dropped")
        yield Difference(f"alternate exchange of {what}", vhost.name, *names, again)


def _bindings(vhost: Vhost, contents: Contents) -> Iterator[Difference]:
    ours = {exchange.name for exchange in vhost.exchanges}
    there = {_bound(each) for each in contents.bindings if each.get("source")}  # all but the default exchange's own
    for each in vhost.bindings:
        if each not in there:
            way = f"leads {each.key or 'everything'} to {each.queue}"
            yield Difference(f"binding of exchange {each.exchange}", vhost.name, way, "missing", DECLARE)
    for each in sorted(there - set(vhost.bindings), key=str):
        if each.exchange in ours or each.queue in vhost.queues:
            way = f"leads {each.key or 'everything'} to {each.queue}"
            yield Difference(f"binding of exchange {each.exchange}", vhost.name, "not there", way, "remove it")


def _bound(binding: Thing) -> Binding:
    return Binding(str(binding["source"]), str(binding["destination"]), str(binding["routing_key"]))


def _arguments(thing: Thing) -> dict[str, Any]:
    return dict(thing.get("arguments") or {})
