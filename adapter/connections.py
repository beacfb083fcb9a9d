"""How this installation is connected with each partner: its endpoint, its certificates, our keys.

Read from one TOML file, named by --connections or EODES_CONNECTIONS; a partner that it does not name has the two
queues on our own broker. A change of endpoint is a change of this file, and of nothing else.
"""

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, ValidationError, ValidationInfo, field_validator, model_validator

from adapter.certificate import Part
from adapter.refusals import refusals
from adapter.text import Code, Name

NEEDS = {"queue": (), "amqp": ("url",), "https": ("url",), "folder": ("folder",)}
"""What each kind of endpoint has to be told."""
SOURCES = {"queue": (), "amqp": ("url", "queue", "tls"), "https": ("peer",), "folder": ("folder",)}
"""What each kind of source has to be told."""
SCHEMES = {"amqp": ("amqp://", "amqps://"), "https": ("https://",)}

SIGNATURES, SIGNED, UNSIGNED = "signatures of ", "signed", "unsigned"
"""What is said of a partner's signatures, under this name before its code."""


class Rooted(Part):
    """A part whose relative paths lie beside the file that names them."""

    @field_validator("*", mode="after")
    @classmethod
    def _rooted(cls, value: object, info: ValidationInfo) -> object:
        root = (info.context or {}).get("root")
        if root and isinstance(value, tuple) and all(isinstance(each, Path) for each in value):
            return tuple(root / each for each in value)
        return root / value if root and isinstance(value, Path) else value


class Span(Rooted):
    """From when, and until when, a certificate or key is in use; two at once make a roll-over."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class SigningKey(Span):
    """A key that signs what leaves, with the certificate that goes with it; both PEM."""

    key: Path
    certificate: Path


class Pinned(Span):
    """A certificate of the partner's that its signatures are held to; PEM."""

    certificate: Path


class Identity(Rooted):
    """What mutual TLS needs: our certificate and key, and whom we believe; all PEM."""

    certificate: Path
    key: Path
    authority: Path
    """The certificates that the other side's certificate must come from; no others are believed."""
    revoked: Path | None = None
    """Certificates that its authority took back: a revocation list."""
    name: Name | None = None
    """The name in the other side's certificate, where it is not the host's."""
    peer: tuple[Path, ...] = ()
    """The other side's own certificates, where no other is believed; two at once make a roll-over."""


def _is_url(url: str) -> bool:
    """Whether host and port can be read from it; what urlsplit says where they cannot may be half a password."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return False


def _fits(part: "Endpoint | Source", what: str, needs: tuple[str, ...]) -> None:
    """Nothing said that this kind does not know: a kind that was forgotten would lead into our own queue."""
    if part.kind == "queue" and (said := sorted(part.model_fields_set - {"kind"})):
        raise ValueError(f"{what} with {', '.join(said)} needs a kind: amqp, https or folder")
    if part.folder and "folder" not in needs:
        raise ValueError(f"{what} of kind {part.kind} has no folder")


class Endpoint(Rooted):
    """Where a partner's messages go to, and how fast."""

    kind: Literal["queue", "amqp", "https", "folder"] = "queue"
    url: str | None = Field(None, repr=False)
    folder: Path | None = None
    queue: Name | None = None
    """The queue or routing key on the partner's own broker; named as ours is unless given."""
    exchange: str = ""
    """The exchange on the partner's own broker; the default one unless given."""
    tls: Identity | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds that the partner has to answer."""
    per_second: Annotated[float, Field(gt=0)] | None = None
    """Messages in a second, on average and at once; no limit of ours unless given."""
    at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """Messages that may be on their way without an answer, each on a connection of its own."""
    receipt: str = "Eodes-Message-Id"
    """The header of an answer that names the message which was taken; empty where the partner names none."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _fits(self, "an endpoint", NEEDS[self.kind])
        for name in NEEDS[self.kind]:
            if getattr(self, name) is None:
                raise ValueError(f"an endpoint of kind {self.kind} needs {name}")
        schemes = SCHEMES.get(self.kind, ())
        if self.url and not self.url.startswith(schemes):
            raise ValueError(f"the url of an endpoint of kind {self.kind} begins with {' or '.join(schemes) or 'none'}")
        if self.kind == "https" and not _is_url(str(self.url)):
            raise ValueError("the url is not one like https://HOST:PORT/PATH; what is special in a password is written "
                             "as %2F")  # fmt: skip
        return self

    @property
    def route(self) -> str:
        """Its kind and a digest of its place, by which two that differ are told apart; a password makes no other."""
        if self.kind == "queue":
            return "queue"
        scheme, _, rest = (self.url or "").partition("://")
        authority, *path = rest.partition("/")
        folder = str(self.folder.absolute()) if self.folder else None
        place = (scheme, authority.rpartition("@")[2], *path, folder, self.queue, self.exchange)
        return f"{self.kind} {sha256(repr(place).encode()).hexdigest()[:12]}"


class Source(Rooted):
    """Where a partner's messages come from, unless it puts them into its queue on our own broker."""

    kind: Literal["queue", "amqp", "https", "folder"] = "queue"
    url: str | None = Field(None, repr=False)
    queue: Name | None = None
    """The queue on the partner's own broker."""
    folder: Path | None = None
    tls: Identity | None = None
    peer: tuple[Path, ...] = ()
    """The certificates that the partner calls us with: by them it is known; two at once make a roll-over."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _fits(self, "a source", SOURCES[self.kind])
        for name in SOURCES[self.kind]:
            if not getattr(self, name):
                raise ValueError(f"a source of kind {self.kind} needs {name}")
        if self.kind == "amqp" and not str(self.url).startswith("amqps://"):
            raise ValueError("the url of a source of kind amqp begins with amqps://")
        return self


class Desk(Rooted):
    """Where partners of kind https put in what is for us: host and port, and who we are to them."""

    listen: Annotated[str, Field(pattern=r"^\S+:\d{1,5}$", examples=["HOST:PORT"])]
    tls: Identity
    threads: Annotated[int, Field(ge=2, le=256)] = 16
    """Requests that are answered at once."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds that a request may take to come, however slowly it drips."""


class Connection(Rooted):
    """How one partner is reached, and what its signatures are held to."""

    endpoint: Endpoint = Endpoint()
    source: Source = Source()
    signed: bool | None = None
    """Whether messages carry a signature, both ways; as the partner's profile says unless given."""
    pinned: tuple[Pinned, ...] = ()


class Connections(Rooted):
    """All partners' connections, and the keys that sign what we send them."""

    signing: tuple[SigningKey, ...] = ()
    desk: Desk | None = None
    partners: Mapping[Code, Connection] = {}

    def of(self, code: str) -> Connection:
        """How this partner is reached: by the queues on our own broker unless the file says otherwise."""
        return self.partners.get(code) or Connection()

    @property
    def said(self) -> dict[str, str]:
        """What relays on one ledger have to agree on, of those partners of which the file says it.

        Where its messages go to, and whether they are signed.
        """
        told = self.partners.items()
        routes = {code: each.endpoint.route for code, each in told if "endpoint" in each.model_fields_set}
        signed = {code: each.signed is not False for code, each in told if each.signed is not None or each.pinned}
        return routes | {f"{SIGNATURES}{code}": SIGNED if asked else UNSIGNED for code, asked in signed.items()}


def open_connections(file: Path | None) -> Connections:
    """What the file says, nothing where there is none; raises ValueError where it cannot be understood."""
    if file is None:
        return Connections()
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        return Connections.model_validate(said, context={"root": file.parent})
    except ValidationError as error:
        told = "; ".join(f"{place}: {what}" for place, what in refusals(error, Connections))
        raise ValueError(f"{file}: {told}") from None
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file}: not TOML: it is not in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not TOML: {error}") from None
    except RecursionError:
        raise ValueError(f"{file}: not TOML that can be read: it is nested too deep") from None
