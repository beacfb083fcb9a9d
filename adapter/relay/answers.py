"""What comes of an acknowledgement or response: the certificate's state, and word to whoever waits for it."""

from contextlib import suppress
from datetime import datetime

from pydantic import ValidationError

from adapter import translate
from adapter.certificate import match_key
from adapter.delivery import Message
from adapter.findings import Finding, Rejected
from adapter.ledger import Change, Entry, Known, Outcome, Post, Sent
from adapter.messages import Acknowledgement, Kind, Response
from adapter.relay.arrival import Arrival
from adapter.relay.changes import follow
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.homeward import located
from adapter.states import Event
from adapter.system import System


def take_acknowledgement(
    arrival: Arrival, content: Acknowledgement, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """The certificate that was acknowledged is known to have arrived."""
    sent = _answered(arrival, content, known)
    return Outcome(_entry(arrival, sent), changes=_follow(sent, Event.ACKNOWLEDGED))


def take_response(arrival: Arrival, response: Response, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """The state that the response makes, and the response to the system whose message it answers.

    A partner was told by us that its certificate was accepted: it hears of a domestic system's response only if that
    rejects.
    """
    assert arrival.system
    sent = _answered(arrival, response, known)
    if response.key and sent.number and response.key != match_key(sent.number):
        raise _unfit("it names another certificate than the message that it answers", "number", response.number)
    changes = _follow(sent, Event.REJECTED if response.outcome == "rejected" else Event.ACCEPTED)
    if sent.origin is None or (arrival.system.side == "domestic" and response.outcome != "rejected"):
        return Outcome(_entry(arrival, sent), changes=changes)
    message = _homeward(response, arrival.system, sent, exchange, at)
    post = Post(message, sent.certificate, arrival.system.code, arrival.reference)
    return Outcome(_entry(arrival, sent), (post,), changes=changes)


def _homeward(response: Response, partner: System, sent: Sent, exchange: Exchange, at: datetime) -> Message:
    """The response in its receiver's own terms, or as the partner wrote it where there is no room for more."""
    assert sent.origin
    own = response.model_copy(update={"received": sent.reference})
    origin, known, seals = exchange.systems[sent.origin], exchange.catalogue, exchange.seals
    if origin.side == "domestic":
        with suppress(Rejected, ValidationError):  # no room for more than the partner's own words
            told = located(own, sent.kind, origin, known)
            return translate.forward(told, partner, origin, known, at, answers=sent.reference, seals=seals)
    return translate.forward(own, partner, origin, known, at, answers=sent.reference, seals=seals)


def _entry(arrival: Arrival, sent: Sent) -> Entry:
    return entry(arrival, partner=sent.origin, number=sent.number)


def _answered(arrival: Arrival, content: Acknowledgement | Response, known: Known) -> Sent:
    """The message that is answered; whoever did not get it cannot answer it."""
    sent = known.sent.get(content.received)
    if sent is None or arrival.system is None or sent.receiver != arrival.system.code:
        raise _unfit("no message of this id was sent to this system", "received", content.received)
    return sent


def _unfit(message: str, field: str, found: str | None) -> Rejected:
    return Rejected(Finding(code="REF-02", message=message, field=field, found=found), stage="refer")


def _follow(sent: Sent, event: Event) -> tuple[Change, ...]:
    return follow(sent.certificate, event) if sent.kind == Kind.CERTIFICATE else ()
