"""Who else may read what a command keeps: files of ours are their user's alone, older ones may not be."""

from pathlib import Path

from adapter.files import is_open_to_others
from adapter.settings import EMBEDDED, Settings

SQLITE = "sqlite:///"


def open_files(told: Settings) -> list[str]:
    """The files of queues and ledger, where they are files, that others on this machine may read or write."""
    broker, database = told.broker_url, told.ledger_url
    places = [broker.removeprefix(EMBEDDED)] if broker.startswith(EMBEDDED) else []
    places += [database.removeprefix(SQLITE).partition("?")[0]] if database.startswith(SQLITE) else []
    return [place for place in places if is_open_to_others(Path(place))]


def advice_on(places: list[str]) -> str:
    """What to do about them."""
    return f"chmod go= {' '.join(places)}, and the files beside them whose names begin so"
