"""
The one cluster of a run: who starts it, who attaches, who stops it.

Problem: under xdist each worker is a session of its own, but a run has one cluster, and only the workers know whether
a scenario was collected at all. Solution: whoever controls the run hosts the cluster and starts it at the first
request; the workers ask over a socket in the run's folder and get what they need to attach.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any

from harness.cluster.provider import CAPABILITIES, Cluster
from harness.errors import EnvironmentUnfit, HarnessError

__all__ = ["ClusterHandle", "ClusterHost", "NoCluster", "ask_host"]


class NoCluster(EnvironmentUnfit):
    """The run has no cluster, as whoever asked for it first was told with the reason."""


@dataclass(frozen=True, slots=True)
class ClusterHandle:
    """
    What a scenario needs of the cluster.

    `lacks`: missing capability → why. `dns`: HOST:PORT of a DNS that answers directly, None where the way leads
    through the API server. `stays`: whether it outlives the run, so that what the run made there must be seen to go.
    `failed`: a capability that the cluster should have, and was asked to provide → what kept it from that.
    `faults`: what leads to the cluster's components, see `harness.cluster.failing`, empty where none may fail.
    `classes`: kind of class → the cluster's own one of a CSI driver.
    """

    name: str
    kubeconfig: Path
    context: str
    capabilities: frozenset[str]
    lacks: dict[str, str]
    dns: str | None
    description: str
    stays: bool
    failed: dict[str, str] = field(default_factory=dict)
    faults: str = ""
    classes: dict[str, str] = field(default_factory=dict)

    def missing_reason(self, capability: str) -> str:
        """Return why a scenario with this tag cannot run here."""
        return self.lacks.get(capability, f"the cluster does not say that it has {capability}")


class ClusterHost:
    """Starts the run's cluster when it is first asked for, and ends its use."""

    def __init__(
        self,
        start: Callable[[], Cluster],
        *,
        stays: Callable[[], bool],
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._start = start
        self._stays = stays
        self._progress = progress
        self._provided: dict[str, str] = {}
        self._outlives = False
        self._lock = threading.Lock()
        self._cluster: Cluster | None = None
        self._failure: HarnessError | None = None
        self._listener: Listener | None = None
        self._key = secrets.token_bytes(16)

    def attach(self, needs: Collection[str] = ()) -> ClusterHandle:
        """
        Return the running cluster, started now if it is not, with those of its capabilities that it has on demand.

        Raises the HarnessError that kept it from starting; every later request gets a NoCluster, without a second try.
        """
        with self._lock:
            if self._failure:
                raise NoCluster(str(self._failure).partition("\n")[0])
            if self._cluster is None:
                try:
                    self._outlives = self._stays()
                    self._cluster = self._start()
                except HarnessError as error:
                    self._failure = error
                    raise
            for need in needs:
                self._provide(self._cluster, need)
            failed = {need: error for need, error in self._provided.items() if error}
            return _attachment(self._cluster, stays=self._outlives, failed=failed)

    def _provide(self, cluster: Cluster, need: str) -> None:
        """Have what the cluster does not lack provided, once; what keeps it from that is the scenarios' to tell."""
        if need in cluster.capabilities and need not in self._provided:
            try:
                cluster.provide(need, self._progress)
                self._provided[need] = ""
            except HarnessError as error:
                self._provided[need] = str(error)

    def stop(self) -> None:
        """End the use of the cluster: what was started for this run alone is gone afterwards."""
        if self._listener:
            self._listener.close()
        with self._lock:
            if self._cluster is not None:
                self._cluster.stop()
                self._cluster = None

    def listen(self, folder: Path) -> tuple[str, str]:
        """Answer workers from now on; return the address, in `folder`, and the key they need for `ask_host`."""
        address = str(folder / "cluster.sock")
        if self._listener is None:
            self._listener = Listener(address, "AF_UNIX", authkey=self._key)
            threading.Thread(target=self._serve, args=(self._listener,), name="cluster-host", daemon=True).start()
        return address, self._key.hex()

    def _serve(self, listener: Listener) -> None:
        while True:
            try:
                connection = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Any) -> None:
        with connection:
            try:
                connection.send(("attached", asdict(self.attach(connection.recv()))))
            except NoCluster as error:
                connection.send(("none", str(error)))
            except HarnessError as error:
                connection.send(("failed", str(error)))


def ask_host(address: str, key: str, needs: Collection[str] = ()) -> ClusterHandle:
    """
    Return the run's cluster, from the process that controls the run, with these of its capabilities provided.

    Raises EnvironmentUnfit with the text of what kept it from starting, a NoCluster where somebody was told before.
    """
    with Client(address, "AF_UNIX", authkey=bytes.fromhex(key)) as connection:
        connection.send(tuple(needs))
        verdict, answer = connection.recv()
    if verdict != "attached":
        raise (NoCluster if verdict == "none" else EnvironmentUnfit)(str(answer))
    return ClusterHandle(**answer)


def _attachment(cluster: Cluster, *, stays: bool, failed: dict[str, str]) -> ClusterHandle:
    lacks = {name: cluster.missing_reason(name) for name in CAPABILITIES if name not in cluster.capabilities}
    return ClusterHandle(
        cluster.name,
        cluster.kubeconfig,
        cluster.context,
        cluster.capabilities,
        lacks,
        cluster.dns,
        cluster.describe(),
        stays,
        failed,
        cluster.faults,
        cluster.classes,
    )
