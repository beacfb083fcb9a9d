"""A partner that takes messages over HTTPS: one POST for each, and what its answer means."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlsplit

import httpx

from adapter.connections import Endpoint
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints.label import label
from adapter.relay.endpoints.tls import Deadline, context_of, reason_of

TAKEN = frozenset({200, 201, 202, 204})
HAS_IT = 409
"""It has a message of this id already."""
NOT_NOW = frozenset({408, 425, 429})
OURS = frozenset({401, 403, 404, 405, 407, 421})
"""What is said of us, our certificate or the URL, not of these bytes: they may well be taken once that is put right."""
BAD = 400
"""As a page for people it is what a proxy says of a certificate that it does not believe; then it is one of these."""
KEY = "Idempotency-Key"
NAMES: Mapping[str, str] = {
    "message_id": KEY, "type": "Eodes-Kind", "content_type": "Content-Type", "correlation_id": "Eodes-Correlation-Id",
    "sender": "Eodes-Sender", "function": "Eodes-Function", "agreement": "Eodes-Agreement", "number": "Eodes-Number",
    "receiver": "Eodes-Receiver",
}  # fmt: skip
"""The header for each thing that is written on a message; what is not ASCII is written as in a URL."""
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read: nothing in its body is needed, but what is left unread ends the connection."""
LONGEST_WAIT = 3_000.0
"""Seconds for which Retry-After is obeyed."""


class Https:
    """Carries parcels over a pool of connections, HTTP/1.1, from any thread; raises ValueError for what TLS lacks."""

    def __init__(self, told: Endpoint) -> None:
        if told.tls is None or told.url is None:
            raise ValueError("an endpoint of kind https needs tls: our certificate and key, and whom we believe")
        self._url, self._tls, self._receipt, self._seconds = told.url, told.tls, told.receipt, told.timeout
        self._deadline = Deadline()
        self._client = httpx.Client(
            verify=context_of(told.tls, deadline=self._deadline), timeout=told.timeout, trust_env=False,
            follow_redirects=False, headers={"User-Agent": "eodes-adapter", "Accept": "*/*"},
            # Where an answer names no message, one that came late or twice could be taken for the next one's.
            limits=httpx.Limits(
                max_connections=told.at_once, max_keepalive_connections=told.at_once if told.receipt else 0
            ),
        )  # fmt: skip
        self._place = f"{urlsplit(told.url).hostname}:{urlsplit(told.url).port or 443}"

    def carry(self, parcels: Sequence[Parcel]) -> Iterator[Receipt]:
        """Post them one after the other, each within the endpoint's seconds, until the whole answer is read."""
        return map(self._carry, parcels)

    def _carry(self, parcel: Parcel) -> Receipt:
        self._deadline.begin(self._seconds)
        try:
            with self._client.stream(
                "POST", self._url, content=parcel.body, headers=headers_of(parcel),
                extensions={"sni_hostname": self._tls.name} if self._tls.name else {},
            ) as answer:  # fmt: skip
                _read_out(answer)
                outcome, reason, after = self._understood(answer, parcel)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            outcome, reason, after = Outcome.REFUSED, reason_of(error), 0.0
        except (httpx.HTTPError, OSError) as error:
            outcome, reason, after = Outcome.LOST, reason_of(error), 0.0
        if outcome is Outcome.CONFIRMED:
            return Receipt(parcel.message_id, parcel.queue, outcome)
        return Receipt(parcel.message_id, parcel.queue, outcome, f"{self._place}: {reason}", after, own=True)

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def _understood(self, answer: httpx.Response, parcel: Parcel) -> tuple[Outcome, str, float]:
        status = answer.status_code
        names_it = answer.headers.get(self._receipt) == parcel.message_id if self._receipt else not _is_page(answer)
        if names_it and status in TAKEN or (status == HAS_IT and self._receipt and names_it):
            return Outcome.CONFIRMED, "", 0.0
        if 200 <= status < 300:
            needed = f"without {self._receipt} of this message" if self._receipt else "with a page for people"
            return Outcome.REFUSED, f"it answers {status} {needed}: that is no receipt", 0.0
        if 300 <= status < 400:
            return Outcome.REFUSED, f"it answers {status}: redirects are not followed; see the url", 0.0
        if status in OURS or (status == BAD and not names_it and _is_page(answer)):
            return Outcome.REFUSED, f"it answers {status}: see the url, and whether it knows our certificate", 0.0
        if 400 <= status < 500 and status not in NOT_NOW:
            return Outcome.DECLINED, f"it answers {status}", 0.0
        return Outcome.REFUSED, f"it answers {status}", _retry_after(answer)


def headers_of(parcel: Parcel) -> dict[str, str]:
    """What is written on it, as headers of HTTP."""
    said = {NAMES[name]: quote(value, safe=_PLAIN) for name, value in label(parcel).items()}
    return {"Content-Type": "application/octet-stream", **said}


_PLAIN = "".join(map(chr, range(32, 127))).replace("%", "")


def _read_out(answer: httpx.Response) -> None:
    """Read what there is of it, so that half an answer is none; of what is too long no more."""
    read = 0
    for chunk in answer.iter_raw():
        read += len(chunk)
        if read > MOST_ANSWER:
            return


def _is_page(answer: httpx.Response) -> bool:
    return "html" in answer.headers.get("Content-Type", "").lower()


def _retry_after(answer: httpx.Response) -> float:
    """The seconds that it says; a date is not read, for its clock is not ours."""
    said = answer.headers.get("Retry-After", "").strip()
    return min(float(said), LONGEST_WAIT) if said.isascii() and said.isdigit() and len(said) < 9 else 0.0
