"""`eodes send`: a system's record or message goes into its queue, as the system itself would put it there."""

from pathlib import Path

from adapter.cli.guard import VALID
from adapter.cli.join import broker_at
from adapter.cli.log import configure_log
from adapter.cli.readers import advice_on, open_files
from adapter.cli.say import put, tell
from adapter.cli.start import contents, open_catalogue, there
from adapter.envelope import digest
from adapter.findings import Finding, Rejected
from adapter.relay.broker import Parcel
from adapter.relay.handing import hand_over
from adapter.relay.names import ENTRANCE, inbox
from adapter.schema import Limits
from adapter.settings import settings


def run(
    files: list[str],
    sender: str,
    receiver: str | None,
    broker: str | None,
    partner_vhosts: str | None,
    home: Path | None,
) -> int:
    """Put each file into its system's queue; the same file is the same message however often it is sent."""
    there(files)
    configure_log(reader=True)
    told = settings(broker, partner_vhosts=partner_vhosts)
    if places := open_files(told):
        tell(f"warning: others on this machine may read certificates: {advice_on(places)}")
    catalogue = open_catalogue(home or told.home)
    source = catalogue.system(sender).code
    named = catalogue.system(receiver).code if receiver else None
    parcels = [_parcel(_whole(name), source, named) for name in files]
    with broker_at(told, catalogue, inbox(source)) as queues:
        hand_over(queues, parcels)
    put(
        "".join(
            f"{parcel.message_id}  {name}  -> {parcel.queue}\n" for name, parcel in zip(files, parcels, strict=True)
        )
    )
    return VALID


def _whole(name: str) -> bytes:
    """A file's bytes; Rejected where they are more than the relay would take."""
    body = contents(name)
    if len(body) > Limits().size:
        finding = Finding(code="DOC-SIZE", message=f"{name} is too large", allowed=f"{Limits().size} bytes")
        raise Rejected(finding, stage="read")
    return body


def _parcel(body: bytes, source: str, receiver: str | None) -> Parcel:
    name = digest("\n".join((source, receiver or "", digest(body))).encode())[:32]
    headers: dict[str, str | int] = {"receiver": receiver} if receiver else {}
    return Parcel(inbox(source), name, body, headers=headers, exchange=ENTRANCE)
