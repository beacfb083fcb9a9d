"""`eodes topology ...`: what should lie on RabbitMQ, what does, and what lets a partner in."""

from pathlib import Path
from typing import Annotated

import typer

from adapter.cli.guard import guarded
from adapter.cli.options import (
    CODES,
    DIFFERENCES_JSON,
    TOPOLOGY_JSON,
    Broker,
    Home,
    Json,
    Management,
    PartnerVhosts,
    Strict,
)

topology = typer.Typer(
    name="topology", help="Show, make and check what the relay needs on RabbitMQ, and let a partner in.",
    no_args_is_help=True,
)  # fmt: skip


@topology.command("show", epilog=TOPOLOGY_JSON)
@guarded
def show(broker: Broker = None, partner_vhosts: PartnerVhosts = None, json: Json = False, home: Home = None) -> int:
    """Show what there should be: vhosts, queues, exchanges."""
    from adapter.cli.topology_show import run

    return run(broker, partner_vhosts, json, home)


@topology.command("declare")
@guarded
def declare(broker: Broker = None, partner_vhosts: PartnerVhosts = None, home: Home = None) -> int:
    """Make what is missing in the vhosts that there are.

    `eodes relay` does the same when it starts. What exists with other properties is named and left as it is.
    """
    from adapter.cli.topology_declare import run

    return run(broker, partner_vhosts, home)


@topology.command("check", epilog=f"{CODES}\n\n{DIFFERENCES_JSON}")
@guarded
def check(
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    management: Management = None,
    json: Json = False,
    strict: Strict = False,
    home: Home = None,
) -> int:
    """Explain how the broker differs from what should be.

    It asks the management API (--management or EODES_MANAGEMENT): AMQP tells nothing of bindings and permissions.
    """
    from adapter.cli.topology_check import run

    return run(broker, partner_vhosts, management, json, strict, home)


@topology.command("grant")
@guarded
def grant(
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Whom to let into its own vhost.")],
    broker: Broker = None,
    partner_vhosts: PartnerVhosts = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", metavar="FILE", help="The user's password; else EODES_GRANT_PASSWORD, else what it has."
        ),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, by the management API.")] = False,
    management: Management = None,
    home: Home = None,
) -> int:
    """Put the rabbitmqctl commands that let a partner in.

    They make its vhost and its user, who may write to its inbox and read its outbox and nothing else, and let the
    relay's user (the one of --broker) into that vhost. The password is never put. Without one, a user that there is
    keeps its own.
    """
    from adapter.cli.topology_grant import run

    return run(partner, broker, partner_vhosts, password_file, apply, management, home)
