"""What can be found in a ledger that is not what was written; the codes are stable."""

from typing import Any

from sqlalchemy import ColumnElement, Table, type_coerce
from sqlalchemy.types import NULLTYPE

from adapter.findings import Finding

ALTERED_LINK, BROKEN_CHAIN, ALTERED_ANCHOR, BROKEN_ANCHORS, CUT_CHAIN = "LED-01", "LED-02", "LED-03", "LED-04", "LED-05"
GONE, UNKNOWN, OTHER_DIGEST, OTHER_BODY, NO_BODY = "LED-06", "LED-07", "LED-08", "LED-09", "LED-10"
OTHER_VALUE, OTHER_STATE, OTHER_STEP, OTHER_END, DISPUTED = "LED-11", "LED-12", "LED-13", "LED-14", "LED-15"
UNWATCHED = "LED-16"

SAID = {
    ALTERED_LINK: "a link of the journal does not have its hash",
    BROKEN_CHAIN: "a link does not follow the one before it: one is missing, or they were moved",
    ALTERED_ANCHOR: "an anchor does not have its hash",
    BROKEN_ANCHORS: "an anchor does not follow the one before it: one is missing, or they were moved",
    CUT_CHAIN: "what an anchor holds fast is not there: the end of the chain is missing or was replaced",
    GONE: "what the journal says was written is not there",
    UNKNOWN: "the journal does not say that this was written",
    OTHER_DIGEST: "the digest is not the one that was written",
    OTHER_BODY: "the bytes are not the ones that came or left",
    NO_BODY: "the bytes are gone, and retention did not end for them",
    OTHER_VALUE: "it is not as it was written",
    OTHER_STATE: "its history does not lead to this state",
    OTHER_STEP: "this step is not the one that was written",
    OTHER_END: "whether it left is not what the journal says",
    DISPUTED: "two links of the journal say different things of it",
    UNWATCHED: "it is held, and nothing says for how long: a relay that is started holds it for another day",
}


def found(code: str, *place: object, value: object = None) -> Finding:
    """A finding at this place, such as `deliveries/0f3a`."""
    told = None if value is None else str(value)
    return Finding(code=code, message=SAID[code], path="/".join(map(str, place)), found=told)


def as_stored(table: Table, *names: str) -> list[ColumnElement[Any]]:
    """The columns with whatever was put into them: text in the place of bytes is a finding, not an error."""
    return [type_coerce(table.c[name], NULLTYPE).label(name) for name in names]
