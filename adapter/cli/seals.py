"""What signs and what is believed, as a command's settings name it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adapter.cli.guard import refuse

if TYPE_CHECKING:
    from adapter.catalogue import Catalogue
    from adapter.connections import Connections
    from adapter.ledger import Ledger
    from adapter.settings import Settings
    from adapter.system import System
    from adapter.trust import Seals


def seals_of(settings: Settings, catalogue: Catalogue) -> Seals:
    """The keys and certificates that the settings name; what is missing or of no use is refused."""
    from adapter.cli.join import connections_of
    from adapter.key_files import open_seals

    try:
        return open_seals(connections_of(settings, catalogue), catalogue)
    except ValueError as error:
        raise refuse(f"--connections: {f'{settings.connections}: ' if settings.connections else ''}{error}") from None


def seals_at(connections: Path | None, catalogue: Catalogue) -> Seals | None:
    """The same for one who only looks at documents: none, and nothing said of signatures, where no file is named."""
    import os

    if connections is None and not os.environ.get("EODES_CONNECTIONS"):
        return None
    from adapter.settings import settings

    return seals_of(settings(connections=connections), catalogue)


def require_agreement(ledger: Ledger, connections: Connections) -> None:
    """Refused where partners sign, as a relay on this ledger said once, and these connections say nothing of it.

    Without that, what they never signed would be taken in, and what is for them written without a signature.
    """
    from datetime import UTC, datetime

    from adapter.connections import SIGNATURES, SIGNED

    known = ledger.declare({}, datetime.now(UTC))
    signing = {key for key, said in known.items() if key.startswith(SIGNATURES) and said == SIGNED}
    if lacking := sorted(key.removeprefix(SIGNATURES) for key in signing - set(connections.said)):
        raise refuse(
            f"on this ledger the messages of {', '.join(lacking)} are signed, and nothing here says whom to believe: "
            "name the relays' connections.toml with --connections or EODES_CONNECTIONS, or say signed = false in it"
        )


def writing(seals: Seals | None, receiver: System) -> Seals:
    """What signs a document that is only looked at: nothing, where no file is named."""
    from adapter.trust import Seals

    return Seals(signed={receiver.code: False}) if seals is None else seals
