"""What signatures cost: making and verifying one beside the floor, and the whole relay with them beside without."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapter.opening import Document, admit
from adapter.relay.relay import Relay
from adapter.schema import parse_xml
from adapter.signature import sign
from adapter.trust import Seals, pin, signer
from benchmarks import whole_relay
from benchmarks.grounds import ground
from benchmarks.inputs import AT, PARTNER, Office, record
from benchmarks.measure import Contest, Row, Work
from benchmarks.rows import Planned
from benchmarks.works import floor, out_in_full, same

ALONE = (Row("sign", "sign", "floor", 0.1), Row("verify", "verify", "floor", 0.04))
RELAY = Row("relay-signed", "relay-signed", "relay", 0.4)


def signing_plans(office: Office, amqp: str | None) -> list[Planned]:
    """The rows of signatures."""
    return [Planned(ALONE, partial(_alone, office)), Planned((RELAY,), partial(_relayed, office, amqp))]


def seals() -> Seals:
    """Signs with a key of its own, P-256, and holds the partner to the same one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    span = AT - timedelta(days=1), AT + timedelta(days=365)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, *span).sign(key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ours = signer(key.private_bytes(serialization.Encoding.PEM, *plain), pem)
    return Seals(signing=(ours,), pinned={PARTNER: (pin(pem),)}, signed={PARTNER: True})


@contextmanager
def _alone(office: Office) -> Iterator[Contest]:
    body, held = out_in_full(record(1), office), seals()
    signed = sign(parse_xml(body), held.signing[0])
    works: dict[str, Callable[[], object]] = {
        "floor": floor(body, office),
        "sign": lambda: sign(parse_xml(body), held.signing[0]),
        "verify": lambda: _verified(signed, office, held),
    }
    said = [office.mapping.read(root).content for root in (parse_xml(body), _verified(signed, office, held).root)]
    same(said[0], said[1], "a signed message says what an unsigned one says")
    yield Contest({name: Work(run) for name, run in works.items()}, ALONE)


def _verified(signed: bytes, office: Office, held: Seals) -> Document:
    """Parsed, its schema asked, its signature verified."""
    document = Document(office.mapping, parse_xml(signed))
    return admit(document, office.catalogue.system(PARTNER), office.catalogue, held, AT)


class SignedLine(whole_relay.Line):
    """A relay that signs what it sends to the partner."""

    seals = seals()

    def fill(self, *given) -> None:
        """The same, with a relay that has a key."""
        with patch.object(whole_relay, "Relay", partial(Relay, seals=self.seals)):
            super().fill(*given)


@contextmanager
def _relayed(office: Office, amqp: str | None) -> Iterator[Contest]:
    with ground("sqlite", amqp) as here:
        lines = {
            "relay": whole_relay.Line(here.amqp, here.database, office),
            "relay-signed": SignedLine(here.amqp, f"{here.database}-signed", office),
        }
        try:
            signs = lines["relay-signed"]
            signs.fill(signs.bodies(2), AT)
            signs.drain()
            same({body.count(b"<ds:Signature ") for body in signs.sent(2)}, {1}, "what the relay sends is signed")
            yield Contest({name: _work(name, lines) for name in lines}, (RELAY,), is_slow=True)
        finally:
            for line in lines.values():
                line.close()


def _work(name: str, lines: dict[str, whole_relay.Line]) -> Work:
    def prepare() -> None:
        for line in lines.values():
            line.let_go()
        lines[name].fill(lines[name].bodies(whole_relay.RECORDS))

    return Work(lines[name].drain, whole_relay.RECORDS, prepare, calls=1)
