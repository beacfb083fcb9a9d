"""The ledger's tables; all times are microseconds since 1970, UTC."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("message_id", Text),
    Column("reference", Text),
    Column("digest", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("kind", Text),
    Column("agreement", Text),
    Column("number", Text),
    Column("key", Text),
    Column("partner", Text),
    Column("stage", Text, nullable=False),
    Column("code", Text),
    Column("message", Text),
    Column("findings", Text),
    Column("answers", Text),
    Column("received_at", BigInteger, nullable=False),
    Column("dropped_at", BigInteger),
    Column("body", LargeBinary),
    Column("coding", Text),
    Column("named", Text),
    Column("sealed", Boolean),
)
"""Every delivery once, as it came: `stage` is "done", or where it died; `answers` are the ids of what was answered.

`reference` is what its sender calls it, where that is another name than `message_id`. `key` is the match key of the
certificate that it is about, `coding` how the body is stored, `dropped_at` when retention ended; `named` the receiver
that its sender named beside it, `sealed` whether its sender's messages were held to signatures then. SQLite need not
read a body that comes behind what lists ask for.
"""

CERTIFICATES = Table(
    "certificates",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changes", Integer, nullable=False, server_default="1"),
    Column("issued_on", Text),
    Column("original", Text),
    Column("form", Text),
    Column("earlier", Text),
    Column("draws_on", Text),
    Column("valid_from", Text),
)
"""Every certificate version once: its id is made of country, issuer, agreement, key and version.

`changes` is the number of its last step in the history; retention counts from `issued_on`. `original` is the first that
came of an original and its true copies: they are used as one. A true copy or replacement (`form`) has the match key of
what it stands for as `earlier`, a back-to-back certificate that of its original as `draws_on`; validity counts from
`valid_from`, where that is not its own day of issue.
"""

HISTORY = Table(
    "history",
    METADATA,
    Column("certificate", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Every state that a certificate was in, counted from 1, and the delivery that brought it about; only added to."""

ITEMS = Table(
    "items",
    METADATA,
    Column("certificate", Text, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("decided_on", Text),
    Column("unit", Text),
    Column("quantity", Text),
    Column("balance", Text),
    Column("feedback", Text),
    Column("at", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("claim", Text),
    sqlite_with_rowid=False,
)
"""What was decided on each item of a certificate, counted from 1: the last row says how it stands; only added to.

Where the importing customs debits, a row without a status comes first, with the whole quantity as `balance`.
`feedback` is the digest of what decided, so that the same again debits nothing; `claim` the import declaration.
"""

VERIFICATIONS = Table(
    "verifications",
    METADATA,
    Column("request", Text, primary_key=True),
    Column("asker", Text, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("part", Text, nullable=False),
    Column("is_reply", Boolean, nullable=False),
    Column("answerer", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("certificate", Text),
    Column("digest", Text, nullable=False),
    Column("result", Text),
    Column("said_on", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Each question of a verification and each reply, counted from 1: `request` is the asker's own number; only added to.

`part` says which question it is or answers: the request, or the one for more information.
"""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("receiver", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("agreement", Text),
    Column("number", Text),
    Column("answers", Text),
    Column("content_type", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("certificate", Text),
    Column("delivery", Text, nullable=False),
    Column("origin", Text),
    Column("reference", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_error", Text),
    Column("closed_at", BigInteger),
    Column("key", Text),
    Column("dropped_at", BigInteger),
    Column("died_at", BigInteger),
    Column("code", Text),
    sqlite_autoincrement=True,
)
"""Every message that is to leave or left; `origin` and `reference` say whose message of which id it passes on.

One that was closed without an attempt is kept until somebody asks for it. `died_at` is when its destination said that
it will never take it, `code` what that is called; one that was given up after that is closed too.
"""

BODIES = Table(
    "bodies",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("coding", Text),
)
"""The bytes of the outbox, apart: closing a message need not write them again. Dropped bytes leave an empty row."""

TURNS = Table(
    "turns",
    METADATA,
    Column("receiver", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("trips", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""How each destination's breaker turned; the last turn says how it stands; only added to."""

ROUTES = Table(
    "routes",
    METADATA,
    Column("receiver", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Where relays on this ledger say that a destination's messages go to, and until when none may say otherwise."""

HOLDS = Table(
    "holds",
    METADATA,
    Column("delivery", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("next_look_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("certificate", Text),
)
"""Deliveries that wait for the certificate of this match key, and how long.

Where it is there already, `certificate` names it: then they wait for it to come into another state.
"""

INTERVENTIONS = Table(
    "interventions",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text),
    Column("why", Text),
    Column("stage", Text),
    Column("code", Text),
    Column("other", Text),
    Column("message", Text),
    Column("findings", Text),
    sqlite_with_rowid=False,
)
"""What was done to a delivery or message later, counted from 1, by whom and why; only added to.

`stage`, `code`, `message` and `findings` are what it had died of until then; `other` is the delivery that corrects it.
"""

OPEN = OUTBOX.c.closed_at.is_(None) & OUTBOX.c.died_at.is_(None)
"""What is to leave."""
DEAD = OUTBOX.c.closed_at.is_(None) & OUTBOX.c.died_at.is_not(None)
"""What waits for an operator, and holds back what is about the same certificate."""
