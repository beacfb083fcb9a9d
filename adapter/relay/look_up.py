"""What a verification site shows of a certificate to whoever holds its number and code."""

from dataclasses import dataclass
from datetime import date

from adapter.certificate import match_key
from adapter.enquiry import KeyInformation, key_information
from adapter.ledger import Ledger, Question
from adapter.relay.enquiries import fits, last_changed
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


def look_up(ledger: Ledger, exchange: Exchange, number: str, code: str, day: date) -> Looked | None:
    """A certificate that was issued at home, by number and reference code; raises findings.Unavailable.

    None alike for an unknown number and a wrong code. Whoever serves this limits how often one may ask.
    """
    key = match_key(number)
    known = ledger.known(Question(read=(key,)))
    every = [each for each in known.of_key(key) if exchange.systems[each.system].side == "domestic"]
    papers = [read_paper(known.papers[each.id], exchange) for each in every if each.id in known.papers]
    opened = [paper for paper in papers or [None] if fits(code, paper)]
    paper = opened[-1] if opened else None
    if paper is None:
        return None
    stands = last_changed([each for each in every if each.agreement == paper.agreement])
    state, last = state_on(stands, day, exchange), last_day(stands, exchange)
    return Looked(key_information(paper), paper.agreement, state, last)
