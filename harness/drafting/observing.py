"""
What runs already, judged without doing anything to it: its objects are listed and watched, its names are asked for.

Does not belong here: anything that changes an object. What only an event can show is not asked, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from harness.drafting.verdicts import CheckOutcome, Judged
from harness.errors import BadInput, ExpectationNotMet, HarnessError
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.model import Object
from harness.naming.dns_names import full_name
from harness.naming.reply import record_reply
from harness.naming.resolver import NameServer, Resolver, server_at
from harness.naming.service import cluster_servers
from harness.promises import conditions, statefulsets
from harness.promises.claims import claim_identity
from harness.promises.identity import stable_identity
from harness.scenario.judge import Judge
from harness.scenario.namespace import OPTIONAL_KINDS, REQUIRED_KINDS
from harness.scenario.run import LiveRun

__all__ = ["observed"]

_EVENTS = "what becomes of it when a pod goes, when it is scaled, restarted, evicted or drained"
_READ_ONLY = "nothing is done to what runs; these are played from its manifests: statefulspec check TARGET"


def observed(api: Api, namespace: str, dns: str | None = None) -> dict[str, tuple[Object, list[Judged]]]:
    """
    Return by its name each StatefulSet of a namespace, and what its objects and names show at this moment.

    `dns`: where the cluster's DNS answers directly; without it the way leads through the API server. Raises BadInput
    where the namespace has none, KubeError where it cannot be read.
    """
    keep = {"PersistentVolume": partial(_claimed_in, namespace)}
    recorder = Recorder(api, namespace, REQUIRED_KINDS, OPTIONAL_KINDS, keep=keep)
    recorder.start()
    try:
        found = {name: life.last.data for name, life in recorder.history.alive("StatefulSet").items()}
        if not found:
            raise BadInput(f"there is no StatefulSet in namespace {namespace}", remedy="name another one: --namespace")
        look = _Look(recorder, Judge(LiveRun(recorder)), lambda: [server_at(dns)] if dns else cluster_servers(api))
        return {name: (one, list(look.told(one))) for name, one in sorted(found.items())}
    finally:
        recorder.stop()


@dataclass(frozen=True, slots=True)
class _Look:
    """The record of a namespace, who judges it, and where its names are asked for."""

    recorder: Recorder
    judge: Judge
    servers: Callable[[], list[NameServer]]

    def told(self, one: Object) -> Iterator[Judged]:
        """Yield what a StatefulSet shows."""
        name = str(one["metadata"]["name"])
        pods = [f"{name}-{ordinal}" for ordinal in statefulsets.ordinals(one)]
        at_rest = conditions.rolled_out(name)
        yield _asked(name, "all replicas are ready, and its rollout is done", lambda: self.judge.shows(at_rest))
        yield _asked(name, "each pod has the identity of its ordinal", lambda: self.judge.keeps(stable_identity, name))
        yield self._claims(name, [f"{template}-{pod}" for template in statefulsets.templates(one) for pod in pods])
        yield self._names(name, str(one["metadata"]["namespace"]), str(one["spec"].get("serviceName") or ""), pods)
        yield Judged(name, _EVENTS, CheckOutcome.NOT_ASKED, _READ_ONLY)

    def _claims(self, name: str, claims: list[str]) -> Judged:
        promise = "each replica has its own claims, and they are bound"
        if not claims:
            return Judged(name, promise, CheckOutcome.NOT_ASKED, "it has no volume claim templates")

        def ask() -> None:
            self.judge.shows(conditions.all_of(*map(conditions.claim_bound, claims)))
            self.judge.keeps(claim_identity, name)

        return _asked(name, promise, ask)

    def _names(self, name: str, namespace: str, service: str, pods: list[str]) -> Judged:
        promise = "each replica has a name that leads to it"
        if not service:
            return Judged(name, promise, CheckOutcome.NOT_ASKED, "it names no governing service (serviceName)")

        def ask() -> None:
            resolver = Resolver(self.servers())
            try:
                for pod in pods:
                    full = full_name(f"{pod}.{service}", namespace)
                    record_reply(self.recorder, resolver.ask(full, "A"))
                    self.judge.shows(conditions.leads_to(full, pod))
            finally:
                resolver.close()

        return _asked(name, promise, ask)


def _asked(name: str, promise: str, ask: Callable[[], object]) -> Judged:
    """Return the verdict: a question that cannot be asked is none, and does not keep the others from being asked."""
    try:
        ask()
    except ExpectationNotMet as broken:
        return Judged(name, promise, CheckOutcome.BROKEN, str(broken))
    except HarnessError as doubt:
        return Judged(name, promise, CheckOutcome.INCONCLUSIVE, str(doubt))
    return Judged(name, promise, CheckOutcome.KEPT)


def _claimed_in(namespace: str, volume: Object) -> bool:
    return bool((volume["spec"].get("claimRef") or {}).get("namespace") == namespace)
