"""Who may enter which vhost, held against who should: a partner's user its own and no other, for its work alone."""

from collections.abc import Iterator, Mapping

from adapter.findings import Severity
from adapter.relay.differences import Difference
from adapter.relay.inventory import Inventory
from adapter.relay.names import inbox, outbox
from adapter.relay.topology import CODE, Permission, Topology, Vhost

FORGOTTEN = "eodes relay neither takes from it nor puts into it: name all vhosts again with EODES_PARTNER_VHOSTS={}"
Permissions = Mapping[str, tuple[Permission, ...]]


def access_differences(topology: Topology, found: Inventory, relay_user: str) -> Iterator[Difference]:
    """What partners' users lack or have too much, and who else may enter their vhosts; undecided where none may see."""
    if found.tags is None or found.permissions is None:
        if topology.partners:
            do = "let an administrator look: --management with its user"
            hidden = "not to be seen by this management user"
            yield Difference("users and permissions", "all", "least privilege", hidden, do, Severity.UNDECIDED)
        return
    for vhost in topology.partners:
        if vhost.permission and vhost.name in found.vhosts:
            yield from _own(vhost, vhost.permission, found.tags, found.permissions)
            yield from _others(vhost, vhost.permission, found.permissions, relay_user)


def forgotten_vhosts(topology: Topology, found: Inventory, relay_user: str) -> Iterator[Difference]:
    """Vhosts as a partner has of its own, open to the relay, while all is to lie in one: a setting was forgotten."""
    if topology.partners:
        return
    ours = set(topology.main.queues)
    for vhost in sorted(found.elsewhere):
        there = found.elsewhere[vhost] & ours
        entered = found.permissions is None or any(m.user == relay_user for m in found.permissions.get(vhost, ()))
        code = next((name.removeprefix("to.") for name in there if name.startswith("to.")), "")
        if entered and there == {inbox(code), outbox(code)}:
            should, is_ = f"everything in vhost {topology.main.name}", f"{code.upper()} has a vhost of its own"
            before, _, after = vhost.rpartition(code)
            pattern = f"{before}{CODE}{after}" if code in vhost else f"a name with {CODE} in it"
            yield Difference("vhost", vhost, should, is_, FORGOTTEN.format(pattern), Severity.WARNING)


def _own(
    vhost: Vhost, own: Permission, tags: Mapping[str, tuple[str, ...]], permissions: Permissions
) -> Iterator[Difference]:
    """The partner's user: there, without a tag, and with its permission alone."""
    grant, what = f"eodes topology grant {vhost.partner}", f"user {own.user}"
    if own.user not in tags:
        yield Difference(what, vhost.name, "there", "missing", grant)
        return
    if tags[own.user]:
        yield Difference(f"tags of {what}", vhost.name, "none", ", ".join(tags[own.user]), grant)
    may = next((each for each in permissions.get(vhost.name, ()) if each.user == own.user), None)
    if may != own:
        yield Difference(f"permissions of {what}", vhost.name, _said(own), _said(may) if may else "none", grant)
    for other in sorted(permissions):
        for each in permissions[other]:
            if each.user == own.user and other != vhost.name:
                do = f"rabbitmqctl clear_permissions --vhost '{other}' '{own.user}'"
                yield Difference(f"permissions of {what}", other, "none", _said(each), do)


def _others(vhost: Vhost, own: Permission, permissions: Permissions, relay_user: str) -> Iterator[Difference]:
    """The relay's user has to enter; whoever else may is told."""
    users = {each.user: each for each in permissions.get(vhost.name, ())}
    if relay_user not in users:
        do = f"eodes topology grant {vhost.partner}; without a password it leaves the partner's as it is"
        yield Difference(f"permissions of user {relay_user}, the relay's", vhost.name, "everything", "none", do)
    for name in sorted(users.keys() - {own.user, relay_user}):
        do = f"rabbitmqctl clear_permissions --vhost '{vhost.name}' '{name}', unless it is an operator's"
        what = f"permissions of user {name}"
        yield Difference(what, vhost.name, "none", _said(users[name]), do, Severity.WARNING)


def _said(may: Permission) -> str:
    return f"configure {may.configure or '^$'} write {may.write or '^$'} read {may.read or '^$'}"
