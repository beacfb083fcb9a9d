"""What a verification site shows of a certificate to whoever holds its number and code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from adapter.certificate import Certificate, match_key
from adapter.enquiry import KeyInformation, key_information
from adapter.ledger import Known, Ledger, Question, Standing
from adapter.relay.enquiries import by_body, fits, last_changed
from adapter.relay.exchange import Exchange
from adapter.relay.second_look import read_paper
from adapter.relay.validity import last_day, state_on
from adapter.states import State


@dataclass(frozen=True, slots=True)
class Looked:
    """The six that are shown, under which agreement, and how the certificate stands."""

    information: KeyInformation
    agreement: str
    state: State
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several certificates bear the number and the code: which one is meant is not said, and none is shown."""

    agreements: tuple[str, ...]
    """What to name one of, where they differ in that."""


def look_up(
    ledger: Ledger, exchange: Exchange, number: str, code: str, day: date, agreement: str | None = None
) -> Looked | Ambiguous | None:
    """A certificate that was issued at home, by number and reference code; raises findings.Unavailable.

    None alike for an unknown number and a wrong code. Whoever serves this limits how often one may ask.
    """
    key = match_key(number)
    known = ledger.known(Question(read=(key,)))
    every = [each for each in known.of_key(key) if exchange.systems[each.system].side == "domestic"]
    asked = [each for each in every if agreement in (None, each.agreement)]
    found = [(each, _opened(each, code, known, exchange)) for each in by_body(asked)]
    if not found:
        fits(code, None)  # it takes as long to say no
    opened = [(each, paper) for each, paper in found if paper]
    if len(opened) > 1:
        return Ambiguous(tuple(sorted({paper.agreement for _, paper in opened})))
    for versions, paper in opened:
        stands = last_changed(versions)
        state, last = state_on(stands, day, exchange), last_day(stands, exchange)
        return Looked(key_information(paper), paper.agreement, state, last)
    return None


def _opened(versions: Sequence[Standing], code: str, known: Known, exchange: Exchange) -> Certificate | None:
    """The newest version that this code opens."""
    papers = [read_paper(known.papers[each.id], exchange) for each in versions if each.id in known.papers]
    opened = [paper for paper in papers or [None] if fits(code, paper)]
    return opened[-1] if opened else None
