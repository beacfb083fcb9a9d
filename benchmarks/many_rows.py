"""A ledger with very many rows, made by the database itself: deliveries and messages of half as many certificates."""

from sqlalchemy import Engine, text

OPEN, DUE = 100, 200
"""One message in so many is open, and one in so many is due."""
AT = 2_000_000_000_000_000
"""The moment at which what is due is due, in microseconds; all that was received came before it."""

_DELIVERIES = """
INSERT INTO deliveries (id, source, message_id, digest, size, kind, agreement, number, key, partner, stage, code,
    message, received_at, body)
SELECT {id}, 'kcci', 'm-' || n, {digest}, 4, 'certificate', 'ik-cepa', 'K001-25-' || {number}, 'K00125' || {number},
    'ID', CASE WHEN n % 1000 = 0 THEN 'rules' ELSE 'done' END, CASE WHEN n % 1000 = 0 THEN 'HS-01' END,
    CASE WHEN n % 1000 = 0 THEN 'no such code' END, 1000000000000000 + n / 256 * 1000000, {body}
FROM ({numbers}) AS numbers
"""
_OUTBOX = """
INSERT INTO outbox (id, receiver, sender, kind, function, agreement, number, content_type, digest, size, certificate,
    delivery, origin, reference, created_at, next_attempt_at, attempts, closed_at, key)
SELECT {id}, 'ID', 'KR', 'certificate', 'issue', 'ik-cepa', 'K001-25-' || {number}, 'application/xml', {digest}, 4,
    'c' || (n / 2), 'd' || n, 'kcci', 'm-' || n, 1000000000000000 + n,
    CASE WHEN n % {due} = 0 THEN 1000000000000000 + n ELSE 3000000000000000 + n END, 1,
    CASE WHEN n % {open} = 0 THEN NULL ELSE 1000000000000000 + n END, 'K00125' || {number}
FROM ({numbers}) AS numbers
"""
_WORDS = {
    "sqlite": {
        "id": "lower(hex(randomblob(16)))",
        "digest": "lower(hex(zeroblob(32)))",
        "number": "printf('%07d', n / 2)",
        "body": "zeroblob(4)",
        "numbers": "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {most}) SELECT n FROM c",
    },
    "postgresql": {
        "id": "md5(n::text)",
        "digest": "repeat('0', 64)",
        "number": "lpad((n / 2)::text, 7, '0')",
        "body": "'\\x00000000'::bytea",
        "numbers": "SELECT generate_series(0::bigint, {most}) AS n",
    },
}


def fill(engine: Engine, rows: int) -> None:
    """So many deliveries and as many messages, and what the database knows of their distribution."""
    words = {name: word.format(most=rows - 1) for name, word in _WORDS[engine.dialect.name].items()}
    with engine.begin() as connection:
        for statement in (_DELIVERIES, _OUTBOX):
            connection.exec_driver_sql(statement.format(**words, open=OPEN, due=DUE).replace("%", _percent(engine)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def key(row: int) -> str:
    """The number of a row, as somebody might type it."""
    return f"k001-25-{row // 2:07d}"


def _percent(engine: Engine) -> str:
    return "%" if engine.dialect.name == "sqlite" else "%%"
