"""A RabbitMQ of three nodes on loopback; a test may kill one and start it again, cut one off and heal it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from processes import START_SECONDS, run
from rabbit import PrivateRabbitMQ

NODES = 3
SETTINGS = "cluster_partition_handling = pause_minority\n"


class Cluster:
    """The nodes, a vhost for one test, and where its queues' leaders and members are."""

    def __init__(self) -> None:
        """Choose ports, and one password and one cookie for all; nothing runs before `start()`."""
        password = secrets.token_hex(12)
        self.nodes = [PrivateRabbitMQ(password, SETTINGS) for _ in range(NODES)]
        self._cookie, self._vhost = secrets.token_hex(12), f"test-{secrets.token_hex(6)}"

    def start(self) -> None:
        """Start the nodes one by one, and let all join the first; raises RuntimeError."""
        first, *others = self.nodes
        for node in self.nodes:
            cookie = node.dir / ".erlang.cookie"
            cookie.write_text(self._cookie)
            cookie.chmod(0o600)
            node.epmd, node.env["ERL_EPMD_PORT"] = first.epmd, str(first.epmd_port)  # it tells nodes of each other
            node.start()
        for node in others:
            for words in (("stop_app",), ("join_cluster", first.name), ("start_app",)):
                node.ctl(*words)
        first.grant(self._vhost, self._vhost)

    def stop(self) -> None:
        """End all nodes, whatever state they are in."""
        for node in self.nodes:
            node.stop()

    @property
    def url(self) -> str:
        """Of the vhost, with all nodes as hosts."""
        hosts = ",".join(urlsplit(node.url).netloc.rpartition("@")[2] for node in self.nodes)
        return f"amqp://{self._vhost}:{self._vhost}@{hosts}/{self._vhost}"

    def leader(self, queue: str) -> PrivateRabbitMQ:
        """The node that leads the queue."""
        (name,) = (row["Node Name"] for row in self._members(queue) if row["Raft State"] == "leader")
        return next(node for node in self.nodes if node.name == name)

    def catch_up(self, queues: Iterable[str]) -> None:
        """Until every member of each queue has all that was written; raises RuntimeError if that takes too long."""
        for queue in queues:
            self._until(lambda queue=queue: self._is_even(queue), f"{queue} is not on all nodes")

    def cut_off(self, node: PrivateRabbitMQ) -> None:
        """Let no word pass between this node and the others until it is healed, and wait until it has noticed.

        Another cookie for the others ends what connects the nodes, and each try to connect again, on both sides, while
        all of them live and their clients reach them: a partition. A node that is stopped (SIGSTOP) is none: it notices
        nothing, and its clients hang.
        """
        self._eval(node, "[begin erlang:set_cookie(N, cut_off), erlang:disconnect_node(N) end || N <- nodes()].")
        self._until(lambda: not self._runs(node), f"{node.name} does not pause")

    def heal(self, node: PrivateRabbitMQ) -> None:
        """Let the node reach the others again, and wait until it works with them."""
        others = ", ".join(f"'{other.name}'" for other in self.nodes if other is not node)
        join = f"erlang:set_cookie(N, '{self._cookie}'), net_kernel:connect_node(N)"
        self._eval(node, f"[begin {join} end || N <- [{others}]].")
        self._until(lambda: self._runs(node), f"{node.name} does not come back")

    def _members(self, queue: str) -> list[dict[str, Any]]:
        """What each member of a queue says of itself."""
        last: RuntimeError | None = None
        for node in self.nodes:
            words = ["quorum_status", "--formatter", "json", "--vhost", self._vhost, queue]
            try:
                found: list[dict[str, Any]] = json.loads(run([str(node.bin / "rabbitmq-queues"), *words], env=node.env))
                return found
            except RuntimeError as away:
                last = away
        raise last or RuntimeError("no nodes")

    def _is_even(self, queue: str) -> bool:
        rows = self._members(queue)
        states = sorted(row["Raft State"] for row in rows)
        return states == ["follower"] * (NODES - 1) + ["leader"] and len({row["Log Index"] for row in rows}) == 1

    def _runs(self, node: PrivateRabbitMQ) -> bool:
        return self._eval(node, "rabbit:is_running() andalso length(nodes()) > 1.") == "true"

    def _eval(self, node: PrivateRabbitMQ, expression: str) -> str:
        return node.ctl("eval", expression).strip()

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        late = time.monotonic() + START_SECONDS
        while not holds():
            if time.monotonic() > late:
                raise RuntimeError(f"{otherwise}, {START_SECONDS} s after it should be")
            time.sleep(0.3)
