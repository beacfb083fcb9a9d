"""A database server that goes away while the relay works, and comes back: waited out, nothing lost."""

import contextlib
import signal
from pathlib import Path
from urllib.parse import urlsplit

import servers
from at_work import at_work, empty, fill
from post_office import record
from processes import end
from trouble import SECRETS, numbers

from adapter.relay.broker import Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox

BEFORE, MEANWHILE = numbers(60)[:20], numbers(60)[20:]


def parcels(wanted: list[str]) -> list[Parcel]:
    return [Parcel(inbox("kcci"), number, record(number)) for number in wanted]


def test_a_database_server_that_is_stopped_and_started_again_is_waited_for(tmp_path: Path) -> None:
    queues = f"embedded://{tmp_path / 'queues.db'}"
    with (
        contextlib.closing(Embedded(tmp_path / "queues.db")) as broker,
        servers.private(servers.PrivatePostgreSQL) as server,
        server.database() as url,
        at_work(tmp_path / "relay", queues, url) as relay,
    ):
        fill(broker, parcels(BEFORE))
        first = empty(broker, "ID", len(BEFORE))
        end(server.server, signal.SIGINT)
        fill(broker, parcels(MEANWHILE))
        line = relay.line("waiting")
        assert "ledger at" in line["trouble"] and "***" in line["trouble"]
        assert line["advice"] == "see that it runs and lets this user in from here; it goes on by itself"
        server.restart()
        then = empty(broker, "ID", len(MEANWHILE))
        assert sorted(sent.headers["number"] for sent in [*first, *then]) == [*BEFORE, *MEANWHILE]
        answers = {answer.headers["correlation_id"] for answer in empty(broker, "kcci", len(BEFORE + MEANWHILE))}
        assert answers == {*BEFORE, *MEANWHILE}
        log = (tmp_path / "relay" / "log").read_text()
        assert not [secret for secret in (*SECRETS, urlsplit(url).password) if secret and secret in log]
