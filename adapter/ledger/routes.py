"""Where messages go to, as the relays on one ledger say it: two that differ must not both send."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Executable, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from adapter.ledger.engine import micros, moment, put, reading, writing
from adapter.ledger.schema import ROUTES

QUEUE = "queue"
"""The route to a destination of which nothing is said: its queue on our own broker."""
AHEAD = timedelta(hours=1)
"""No route is said for longer: one that seems to be comes of a clock that was ahead."""


class Route(NamedTuple):
    """A route, and until when nobody may say another."""

    route: str
    until: datetime


def declare(engine: Engine, routes: Mapping[str, str], at: datetime, lease: timedelta) -> dict[str, str]:
    """Say these routes, by destination, for so long; gives the destinations that others reach otherwise.

    Whoever said another one before keeps it until it is said no longer, and what was said once holds against whoever
    says nothing: a relay that lacks the file would put a partner's messages into a queue that nobody empties.
    """
    with reading(engine) as connection:
        known = read_routes(connection)
    if stale := {to: route for to, route in routes.items() if _is_ours_to_say(known.get(to), route, at, lease)}:
        with writing(engine) as connection:
            moments = micros(at + lease), micros(at), micros(at + AHEAD)
            rows = [(to, route, *moments) for to, route in sorted(stale.items())]
            put(connection, _say(connection.dialect.name), rows)
            known = read_routes(connection)
    return {to: said.route for to, said in known.items() if said.route != routes.get(to, QUEUE)}


def read_routes(connection: Connection) -> dict[str, Route]:
    """The route to each destination of which one was ever said."""
    rows = connection.execute(select(ROUTES.c.receiver, ROUTES.c.route, ROUTES.c.until))
    return {receiver: Route(route, moment(until)) for receiver, route, until in rows}


def _is_ours_to_say(said: Route | None, route: str, at: datetime, lease: timedelta) -> bool:
    """Whether nobody says another one, and ours is to be said anew."""
    if said is None or not at < said.until <= at + AHEAD:
        return True
    return said.route == route and said.until - at < lease * 2 / 3


@cache
def _say(dialect: str) -> Executable:
    """The database decides who was first."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    said = insert(ROUTES).values({name: bindparam(f"new_{name}") for name in ("receiver", "route", "until")})
    given = said.excluded
    is_free = (ROUTES.c.until <= bindparam("at")) | (ROUTES.c.until > bindparam("latest"))
    return said.on_conflict_do_update(
        index_elements=["receiver"], set_={"route": given.route, "until": given.until},
        where=(ROUTES.c.route == given.route) | is_free,
    )  # fmt: skip
