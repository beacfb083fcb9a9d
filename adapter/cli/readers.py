"""Who else may read what a command keeps: files of ours are their user's alone, older ones may not be."""

from pathlib import Path

from adapter.connections import open_connections
from adapter.files import is_open_to_others
from adapter.key_files import open_keys
from adapter.settings import EMBEDDED, Settings

SQLITE = "sqlite:///"


def open_files(told: Settings) -> list[str]:
    """The files of queues and ledger, where they are files, that others on this machine may read or write."""
    broker, database = told.broker_url, told.ledger_url
    places = [broker.removeprefix(EMBEDDED)] if broker.startswith(EMBEDDED) else []
    places += [database.removeprefix(SQLITE).partition("?")[0]] if database.startswith(SQLITE) else []
    return [place for place in places if is_open_to_others(Path(place))]


def readable_keys(told: Settings) -> list[str]:
    """The files of private keys that others on this machine may read; none of a file that cannot be understood."""
    try:
        return open_keys(open_connections(told.connections))
    except ValueError:  # whoever opens it tells
        return []


def advice_on(places: list[str]) -> str:
    """What to do about them."""
    return f"chmod go= {' '.join(places)}, and the files beside them whose names begin so"
