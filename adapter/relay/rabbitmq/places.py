"""Where RabbitMQ is: one host, or the nodes of a cluster, of which any will do."""

import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

from pika import SSLOptions, URLParameters
from pika.connection import Parameters

SCHEMES = ("amqp://", "amqps://")


def places_of(url: str) -> tuple[Parameters, ...]:
    """The hosts of a URL like amqp://user:password@host:5672,host:5672/vhost, in its order, to be tried in turn.

    Raises ValueError without a word of the URL: where it is misspelt, its password may stand anywhere.
    """
    try:
        if not url.startswith(SCHEMES):
            raise ValueError
        return tuple(map(_place, _one_by_one(url)))
    except Exception:
        raise ValueError(
            "not a URL like amqp://USER:PASSWORD@HOST:5672/VHOST, or with HOST:5672,HOST:5672; "
            "a slash in user, password or vhost is written %2F"
        ) from None


def secured(places: Iterable[Parameters], tls: ssl.SSLContext, name: str | None) -> tuple[Parameters, ...]:
    """The same places, entered with mutual TLS; the name in their certificate is the host's unless it is given."""
    found = tuple(places)
    for place in found:
        place.ssl_options = SSLOptions(tls, name or place.host)
    return found


def vhost_of(url: str) -> str:
    """The vhost that a URL leads into; raises ValueError for what is no URL of RabbitMQ."""
    return str(places_of(url)[0].virtual_host)


def _place(url: str) -> Parameters:
    if "/" in urlsplit(url).path[1:]:  # pika would leave out what stands behind it, and enter another vhost
        raise ValueError
    place = URLParameters(url)
    place.connection_attempts = 1  # the link itself tries again
    return place


def _one_by_one(url: str) -> list[str]:
    """A URL for each host."""
    scheme, _, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    user, at, hosts = netloc.rpartition("@")
    several = hosts.split(",")
    if len(several) > 1 and (not all(several) or "@" in path):  # a slash in the password: what is left of it is no host
        raise ValueError
    return [f"{scheme}://{user}{at}{host}{slash}{path}" for host in several]
