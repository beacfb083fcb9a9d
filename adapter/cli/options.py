"""Options that several commands have, and what their help says of exit codes and JSON."""

from pathlib import Path
from typing import Annotated

import typer

CODES = (
    "Exit codes: 0 valid (warnings allowed), 1 invalid, 2 wrong usage or environment, 3 undecided; "
    "of several files the worst."
)
FILE_JSON = """\b
--json:
{"verdict": "valid" | "invalid" | "indeterminate",
 "files": [{"file", "verdict", "exit_code", "system", "number", "agreement",
   "message": "certificate" | "cancellation" | ..., "table",
   "stage": null | "read" | "schema" | "signature" | "mapping" | "rules" | "write",
   "findings": [{"code", "severity": "error" | "undecided" | "warning" | "info",
     "message", "field"?, "path"?, "record"?, "line"?, "found"?, "allowed"?,
     "clause"?}],
   "leftovers": [path], "document": text | null, "written": path | null}]}"""
SHOW_JSON = """\b
--json:
{"tables": [{"table", "system", "message", "version", "agreement", "direction",
   "root", "namespaces": {prefix: uri}, "schema": {"file", "text"},
   "rows": [{"section": "header" | "fields", "field", "paths", "pair", "private",
     "only": null | "read" | "write",
     "codes": null | {"name", "closed", "source", "texts": {word: [text]}},
     "type": {"name", "value", "facets"}, "at_least", "at_most",
     "wco_id", "wco_class", "documentation"}],
   "constants": [{"path", "value"}], "withheld": {field: reason}}]}"""
CHECK_JSON = """\b
--json:
{"verdict", "tables": [{"table", "verdict", "findings": [as in validate]}]}"""
PARTNERS_JSON = """\b
--json:
{"systems": [{"code", "name", "side": "partner" | "domestic", "country",
   "model": "push" | "pull", "agreements", "status", "since", "until",
   "legal_basis", "importing", "signed", "messages",
   "versions": [{"message", "agreement", "version", "table", "sent", "periods"}],
   "planned": [{"name", "agreements", "source"}]}]}"""
DEADLINES_JSON = """\b
--json:
{"at": moment, "within_days": number,
 "deadlines": [{"status": "overdue" | "due", "due": day or moment,
   "what": "expiry" | "acknowledgement" | "response" | "verification_reply"
   | "verification_information", "by", "partner", "agreement", "number",
   "clause", "recalled": true | false}]}"""
RECONCILE_JSON = """\b
--json:
{"partner", "day", "outcome": "agrees" | "differs" | "not told",
 "counts": [{"kind", "direction": "sent" | "received", "count"}],
 "differences": [{"code", "what", "kind", "direction", "id"}]}
--send --json:
{"partner", "day", "messages": [ID], "new": true | false}

Exit codes: 0 agrees or sent, 1 differs, 2 wrong usage or environment,
3 the partner has not told."""
RULES_JSON = """\b
--json:
{"rules": [{"code", "severity", "about": [kind of message], "title",
   "clauses": {agreement: [{"source", "recalled", "since", "until"}]}}]}"""
EXPLAIN_JSON = """\b
--json:
{"code", "severity": null where it is no rule, "about", "title", "clauses": as
   in rules, "explanation", "remedy", "example": finding as text | null}"""
QUEUES_JSON = """\b
--json:
{"queues": [{"queue", "waiting": number | null where there is no such queue}],
 "outbox": [{"receiver", "open", "due", "dead", "oldest",
   "asked_again": moment | null where it is not left alone, "first_error"}],
 "held": [{"id", "source", "message", "key", "until"}],
 "dead": [{"id", "source", "message_id", "message", "number", "stage", "code",
   "said", "received_at", "size"}],
 "missing": [what could not be looked at, and why: exit code 2]}"""
TAKE_JSON = """\b
--json: a line for each message,
{"message_id", "type", "number", "agreement", "sender", "function",
 "correlation_id", "content_type", "size", "times",
 "written": path | null, "body": text | null where it was written or is no UTF-8}"""
TOPOLOGY_JSON = """\b
--json:
{"main": vhost, "partners": [vhost]}, a vhost being
{"name", "partner": code | null, "queues": [name],
 "exchanges": [{"name", "kind", "alternate": name | null}],
 "bindings": [{"exchange", "queue", "key"}],
 "permission": null | {"user", "configure", "write", "read"}}"""
DIFFERENCES_JSON = """\b
--json:
{"verdict": "valid" | "invalid" | "indeterminate",
 "differences": [{"what", "vhost", "should", "found", "do",
   "severity": "error" | "undecided" | "warning"}]}"""

VERIFY_JSON = """\b
--json:
{"verdict": "valid" | "invalid",
 "checked": {"links" | "anchors" | "deliveries" | "messages" | "certificates"
   | "history": number},
 "codes": {code: number}, "findings": [as in validate, 1 000 at most],
 "anchor": null | {"number", "day", "hash"}}"""

NUMBERS_JSON = """\b
--json:
{"series": [{"issuer", "agreement", "form", "count", "first", "last",
   "missing": [[first, last]], "twice": [serial]}]}"""

PRUNE_JSON = """\b
--json:
{"applied": true | false, "dropped": [{"agreement": name | null, "deliveries",
   "messages", "bytes", "years", "recalled": true | false, "source"}]}"""

DEAD_LIST_JSON = """\b
--json:
{"groups": [{"side": "in" | "out", "code", "system", "count", "first", "last"}],
 "dead": only with --all [{"id", "side", "system", "source", "partner", "message_id",
   "kind", "agreement", "number", "stage", "code", "said", "received_at",
   "size"}]}"""
DEAD_SHOW_JSON = """\b
--json: as in dead list, and
{"digest", "bytes": where they are, "findings": [as in validate],
 "remedies": {code: text}, "corrected_by": id | null, "written": path | null,
 "done": [{"what": "again" | "retry" | "edit" | "dismiss", "at", "by", "why", "stage",
   "code", "said", "other": id | null}]}"""
DEAD_RETRY_JSON = """\b
--json:
{"applied": true | false,
 "results": [{"id", "became": "done" | "held" | "dead" | "due" | "given up"
   | "dismissed" | "left", "stage", "code", "why"?}]}"""
DEAD_EDIT_JSON = """\b
--json:
{"applied": true | false, "id", "original", "reference",
 "became": "done" | "held" | "dead", "stage", "code",
 "findings": [as in validate]}"""

TRACK_JSON = """\b
--json:
{"number", "key", "answers": [{"certificate": id | null, "delivery": id | null,
   "number", "agreement", "issuer", "version", "state": state | null,
   "receiver", "is_there": true | false, "since": moment, "why": sentence}],
 "certificates": [{"id", "number", "agreement", "issuer", "version", "system",
   "holder", "state", "issued_on", "received_at", "original"}],
 "timeline": [{"at", "event": "received" | "state" | "written" | "confirmed"
   | "item" | "verification" | "done", "what", "system", "id", "agreement",
   "certificate", "detail"}]}

Exit codes: 0 found, 1 nothing is known of this number, 2 wrong usage or
environment."""

SEARCH_JSON = """\b
--json:
{"in": "deliveries" | "certificates" | "messages", "after": place | null,
 "found": [their columns, as docs/finding-out.md lists them]}

Exit codes: 0 found, 1 nothing, 2 wrong usage or environment."""
REPLAY_JSON = """\b
--json:
{"applied": true | false, "ids": [message id],
 "messages": [{"receiver", "kind", "outcome", "count"}]}

Exit codes: 0 something is sent again, 1 nothing, 2 wrong usage or
environment."""

DEAD_QUEUE_JSON = """\b
--json:
{"queue", "applied": true | false, "left": number,
 "messages": [{"id", "source", "reason", "message_id", "size",
   "to": queue | null}]}"""

OWN_FOLDER = "Your own mappings/, xsd/, fixtures/, searched first."
Home = Annotated[Path | None, typer.Option("--home", metavar="DIR", help=OWN_FOLDER)]
HomeForAll = Annotated[Path | None, typer.Option("--home", metavar="DIR", envvar="EODES_HOME", help=OWN_FOLDER)]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Documents; - is standard input.")]
Json = Annotated[bool, typer.Option("--json", help="Say everything as JSON on standard output.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings are errors.")]
Today = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Judge as on this day instead of today (YYYY-MM-DD).")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this it is only said what would come of it.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it, if not whoever is logged in.")]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="The reason; it is kept.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The ledger's database (SQLAlchemy URL).")
]
Broker = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="URL",
        help="amqp:// or amqps://, several hosts with commas; a file of its own unless given.",
    ),
]
PartnerVhosts = Annotated[
    str | None,
    typer.Option(
        "--partner-vhosts",
        metavar="PATTERN",
        help="On RabbitMQ, a vhost of its own for each partner, named like eodes-{code}; one for all unless given.",
    ),
]
ConnectionsFile = Annotated[
    Path | None,
    typer.Option(
        "--connections",
        metavar="FILE",
        help="How each partner is reached: connections.toml; by its queues unless said.",
    ),
]
Management = Annotated[
    str | None,
    typer.Option("--management", metavar="URL", help="RabbitMQ's management API: http://USER:PASSWORD@HOST:15672."),
]
