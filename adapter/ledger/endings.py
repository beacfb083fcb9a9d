"""How messages end that were not confirmed: they die, come alive again by an operator's word, or are given up."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Executable

from adapter.ledger.engine import put
from adapter.ledger.facts import Facts
from adapter.ledger.statements import DIE, GIVE_UP, REPLAY, REVIVE


def write_deaths(connection: Connection, declined: Iterable[tuple[str, str, str]], at: int, facts: Facts) -> None:
    """By id, code and reason, those that their destinations will never take; the first error is the one kept."""
    facts.died += _changed(connection, DIE, [(reason, at, code, id) for id, code, reason in sorted(declined)])


def revive(connection: Connection, ids: Iterable[str], at: int, facts: Facts) -> list[str]:
    """Those of these that were dead are due from now on."""
    revived = _changed(connection, REVIVE, [(at, id) for id in sorted(set(ids))])
    facts.revived += revived
    return revived


def give_up(connection: Connection, ids: Iterable[str], at: int, facts: Facts) -> list[str]:
    """Those of these that were dead are over without having left; what they held back goes on."""
    given_up = _changed(connection, GIVE_UP, [(at, id) for id in sorted(set(ids))])
    facts.given_up += given_up
    return given_up


def replay(connection: Connection, ids: Iterable[str], at: int, facts: Facts) -> list[str]:
    """Those of these that had left are due once more, if their bytes are still there."""
    again = _changed(connection, REPLAY, [(at, id) for id in sorted(set(ids))])
    facts.again += again
    return again


def _changed(connection: Connection, statement: Executable, rows: list[tuple[Any, ...]]) -> list[str]:
    """The ids of the rows that changed; one by one, for another worker may have been first, and this is rare."""
    return [row[-1] for row in rows if put(connection, statement, [row]) == 1]
