"""The keys and certificates that connections.toml names, read once when a process begins."""

from pathlib import Path

from adapter.catalogue import Catalogue
from adapter.connections import Connections, Pinned, SigningKey
from adapter.files import is_open_to_others
from adapter.trust import Pin, Seals, Signer, pin, signer


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
