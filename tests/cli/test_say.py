"""What is said on a terminal or in a log holds no password, wherever a URL has it."""

import pytest

from adapter.cli.say import masked
from adapter.ledger.engine import NO_URL

HIDDEN = {
    "amqp://user:hush@host:5672/vhost": "amqp://***@host:5672/vhost",
    "amqps://hush@host/": "amqps://***@host/",
    "postgresql+psycopg://user:hu/sh@host/eodes": "postgresql+psycopg://***@host/eodes",
    "postgresql://user:hu sh@host/eodes": "postgresql://***@host/eodes",
    "postgresql://user:hu@sh@host/eodes": "postgresql://***@host/eodes",
    "postgresql://host/eodes?user=me&password=hush": "postgresql://host/eodes?***",
    "postgresql://user:hush@host/eodes?sslpassword=hush done": "postgresql://***@host/eodes?*** done",
    f"{NO_URL}: postgresql://user:hush@host/x": f"{NO_URL}: postgresql://***@host/x",
    "from amqp://user:hush@host to postgresql://user:hush@other/x": "from amqp://***@other/x",
}


@pytest.mark.parametrize(("line", "told"), HIDDEN.items())
def test_a_url_is_told_without_what_is_secret_in_it(line, told):
    assert masked(line) == told


PLAIN = ["", "from.kcci", "sqlite:////tmp/ledger.db", "amqp://host:5672/v", "me@home? yes"]
EXAMPLES = [NO_URL, "not a URL like http://USER:PASSWORD@HOST:15672"]


@pytest.mark.parametrize("line", PLAIN + EXAMPLES)
def test_what_holds_no_secret_stays_as_it_is(line):
    assert masked(line) == line
