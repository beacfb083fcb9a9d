"""The keys and certificates that connections.toml names, read once when a process begins."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from adapter.catalogue import Catalogue
from adapter.connections import Connections, Pinned, SigningKey
from adapter.files import is_open_to_others
from adapter.trust import Pin, Seals, Signer, pin, signer

SOON = timedelta(days=30)
"""How long before the last key or certificate ends it is told."""


def open_seals(connections: Connections, catalogue: Catalogue) -> Seals:
    """What signs and what is believed; ValueError, in words, where a key or certificate is missing or of no use."""
    told = connections.partners.items()
    seals = Seals(
        signing=tuple(map(_signer, connections.signing)),
        pinned={code: tuple(map(_pin, each.pinned)) for code, each in told if each.pinned},
        signed={code: each.signed for code, each in told if each.signed is not None},
    )
    for system in catalogue.systems.values():
        if not seals.asked(system):
            continue
        if any(table.is_json for table in catalogue.tables(system)):
            raise ValueError(f"{system.code} exchanges JSON, which has no place for a signature: say signed = false")
        if not seals.signing:
            raise ValueError(f"messages for {system.code} are signed, and no key is named under [[signing]]")
    return seals


def to_see_to(seals: Seals, catalogue: Catalogue, at: datetime) -> Iterator[str]:
    """What an operator should know of keys and certificates before somebody waits for it, a sentence each."""
    asked = [system for system in catalogue.systems.values() if seals.asked(system)]
    if asked and seals.signer(at) is None:
        yield "no key of ours is in use: nothing can be signed"
    elif asked and (last := max(each.until for each in seals.signing)) < at + SOON:
        yield f"the last key of ours ends {last.isoformat()}"
    for system in asked:
        pins = seals.of(system)
        if not any(each.holds(at) for each in pins):
            yield f"no certificate of {system.code} is in use: nothing that it sends can be accepted"
        elif (last := max(each.until for each in pins)) < at + SOON:
            yield f"the last certificate of {system.code} ends {last.isoformat()}"


def open_keys(connections: Connections) -> list[str]:
    """The files of private keys that others on this machine may read or write."""
    keys = [each.key for each in connections.signing]
    keys += [each.endpoint.tls.key for each in connections.partners.values() if each.endpoint.tls]
    return [str(place) for place in dict.fromkeys(keys) if is_open_to_others(place)]


def _signer(named: SigningKey) -> Signer:
    key, certificate = _contents(named.key), _contents(named.certificate)
    try:
        return signer(key, certificate, named.since, named.until)
    except ValueError as error:
        raise ValueError(f"{named.key} with {named.certificate}: {error}") from None


def _pin(named: Pinned) -> Pin:
    certificate = _contents(named.certificate)
    try:
        return pin(certificate, named.since, named.until)
    except ValueError as error:
        raise ValueError(f"{named.certificate}: {error}") from None


def _contents(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise ValueError(f"{place}: {error.strerror}") from None
