"""A namespace on a cluster that one scenario has to itself, with its recorder running."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from secrets import token_hex

import tenacity

from harness import timeouts
from harness.actions.healing import Healing
from harness.api_server import ApiServer
from harness.cluster.pod_faults import PodFaults
from harness.cluster.provider import Faults
from harness.errors import (
    Conflict,
    Denied,
    EnvironmentUnfit,
    Invalid,
    KubeError,
    NotFound,
    Unreachable,
)
from harness.history.observation import ANSWER, SERVER, Observation, Verb
from harness.history.recorder import Recorder
from harness.history.secrets import Secrets
from harness.kube.api import Api
from harness.manifests.apply_order import in_order
from harness.manifests.manifest import Manifest
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL, with_node
from harness.model import KINDS, Object, takes_pods
from harness.naming.inside import ask_inside
from harness.naming.reply import record_reply
from harness.naming.resolver import Resolver, server_at
from harness.naming.service import cluster_servers
from harness.scenario.applying import Applying, kind_of
from harness.scenario.belongings import Belongings
from harness.scenario.folders import Folders

__all__ = [
    "KINDS_OF_NEEDS",
    "OPTIONAL_KINDS",
    "PROPOSAL",
    "REQUIRED_KINDS",
    "RUN_LABEL",
    "ScenarioNamespace",
    "open_namespace",
]

REQUIRED_KINDS = (
    "StatefulSet",
    "Pod",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Service",
    "EndpointSlice",
)
OPTIONAL_KINDS = ("Event", "Node", "PodDisruptionBudget")
KINDS_OF_NEEDS = {
    "needs_attached_volumes": "VolumeAttachment",
    "needs_moving_volumes": "VolumeAttachment",
    "needs_snapshots": "VolumeSnapshot",
}
"""What is recorded as well where a scenario needs a cluster that has it."""
PREFIX = "statefulspec-"
PROPOSAL = "proposal"
"""What the answers to changes that are only proposed are found by."""
NO_ANSWER = "NOANSWER"
"""The code of a question that nobody has answered."""
RUN_LABEL = "statefulspec.dev/run"
"""On a namespace: the run that has made it."""


@dataclass
class ScenarioNamespace:
    """
    A namespace of one's own on a cluster, its recorder running.

    `token` makes the names of cluster-scoped objects unique; `changes` are a control's changes to every manifest;
    `systems` holds each system's manifests as the scenario applied them last, `hooked` the moments and names of the
    hooks that were run. `dns` is where the cluster's DNS answers
    directly; without it the way leads through the API server. `faults` makes the cluster's components fail, where it
    can and the scenario is `@exclusive`; `pod_faults` makes the scenario's own pods fail from outside, where it can.
    `classes` are the cluster's own classes of a CSI driver's storage, by kind. `uid` is the namespace's.
    `common_folder`: all nodes are known to have the one folder of volumes in common, so that nobody has to try it out.
    `folders` writes down that the scenario has folders on nodes, where somebody must remove them afterwards.
    `notes` are what whoever reads the result must know of how the manifests were used. `secrets` takes what the
    manifests hold as secret out of texts.
    """

    api: Api
    recorder: Recorder
    namespace: str
    token: str
    changes: tuple[Object, ...] = ()
    systems: dict[str, list[Manifest]] = field(default_factory=dict)
    applied: list[Manifest] = field(default_factory=list)
    hooked: set[tuple[str, str]] = field(default_factory=set)
    healing: Healing = field(default_factory=Healing)
    dns: str | None = None
    faults: Faults | None = None
    pod_faults: PodFaults | None = None
    classes: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""
    folders: Folders | None = None
    common_folder: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)

    @cached_property
    def resolver(self) -> Resolver:
        """What asks the cluster's DNS; its connections stay open for the scenario."""
        resolver = Resolver([server_at(self.dns)] if self.dns else cluster_servers(self.api))

        def hang_up() -> None:
            resolver.close()
            if self.__dict__.get("resolver") is resolver:  # what is asked after this asks anew, and hangs up again
                del self.__dict__["resolver"]

        self.healing.add("hang up on the cluster's DNS", hang_up)
        return resolver

    def note_server(self, server: ApiServer) -> None:
        """Record what the server says of itself: from here on the scenario is judged as one on that version."""
        on = None if server.gates is None else sorted(gate for gate, is_on in server.gates.items() if is_on)
        self.recorder.record(SERVER, Verb.DONE, name=server.version, data={"on": on})

    def ask(self, name: str, record_type: str = "A") -> Observation:
        """
        Return the record of what the cluster's DNS answers to a client.

        No answer is recorded as one of the code NOANSWER; the next question looks anew for who serves the DNS.
        """
        try:
            return record_reply(self.recorder, self.resolver.ask(name, record_type))
        except (Unreachable, NotFound, EnvironmentUnfit) as silence:
            self.__dict__.pop("resolver", None)
            data = {"question": name, "type": record_type, "server": "", "viewpoint": "service", "rcode": NO_ANSWER}
            facts = {**data, "records": [], "error": str(silence)}
            return self.recorder.record(ANSWER, Verb.DONE, name=name, data=facts)

    def recover(self) -> None:
        """
        Return when nodes, API server and DNS are well again; raises EnvironmentUnfit where they do not recover.

        The DNS is asked for a service that is new: one that answers what it knew may still wait for half a minute
        before it watches the API server again (seen with CoreDNS 1.14.7 after two restarts in a row).
        """
        if self.faults:
            self.faults.await_well()
        name = f"statefulspec-well-{token_hex(4)}"
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": [{"port": 80}]}}
        uid = self.api.create(KINDS["Service"], body, self.namespace)["metadata"]["uid"]
        try:
            self._await_name(f"{name}.{self.namespace}.svc.cluster.local")
        finally:
            self.api.delete(KINDS["Service"], name, self.namespace, uid=uid)

    def _await_name(self, name: str) -> None:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda rcode: rcode != "NOERROR"),
            wait=tenacity.wait_fixed(0.25),
            stop=tenacity.stop_before_delay(timeouts.RECOVERY.s),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        rcode = retrying(lambda: self.ask(name).data["rcode"])
        if rcode != "NOERROR":
            raise EnvironmentUnfit(
                "the cluster's DNS has not recovered",
                expected=f"it answers {name}, a service made just now, within {timeouts.RECOVERY.s:.0f} s",
                observed=str(rcode),
                look_at=("kubectl -n kube-system get pods -l k8s-app=kube-dns",),
            )

    def ask_inside(self, pod: str, name: str) -> Observation:
        """Return the record of what a program inside a pod gets for the addresses of a name, short or full."""
        return record_reply(self.recorder, ask_inside(self.api, pod, self.namespace, name))

    def apply(self, manifests: list[Manifest], only: Sequence[str] | None = None) -> None:
        """
        Have the server accept the manifests, in the order they need; each write is recorded.

        Hooks of an installation run once. With `only` just the objects of these names
        are applied, the storage classes that they may need, and no hooks. Raises BadInput for a name that no manifest
        has and, with file and line, for a manifest that the server refuses or that would change, replace or take what
        is not this scenario's; ExpectationNotMet where a hook fails.
        """
        Applying(self).apply(manifests, only)

    def change(self, old: list[Manifest], new: list[Manifest], moment: str) -> None:
        """
        Have the server accept the manifests of another release, and delete what only the old one has.

        Hooks of the moment run. Raises ExpectationNotMet where the server refuses a change, with its field, or where a
        hook fails; otherwise as `apply` does.
        """
        Applying(self).change(old, new, moment)

    def dry_run(self, manifests: list[Manifest], only: Sequence[str] | None = None) -> Observation:
        """
        Return the record of what the server says to all manifests, or with `only` to those of these names.

        Nothing is changed. It is an ANSWER of type `proposal` about the names of the manifests, `rcode` `accepted` or
        `refused`; `records` are the refusals, `fields` the paths that they name. Raises Forbidden, which is no refusal
        of the content, where the credentials do not allow to ask.
        """
        refusals, fields = [], []
        for manifest in Applying(self).placed(manifests, only):
            kind = kind_of(self.api, manifest)
            namespace = self.namespace if kind.namespaced else None
            try:
                self.api.apply(kind, manifest.body, namespace=namespace, dry_run=True)
            except (Invalid, Denied) as error:
                refusals.append(error.message)
                fields += [field for field, _ in error.causes]
        data = {"question": PROPOSAL, "type": PROPOSAL, "rcode": "refused" if refusals else "accepted"}
        return self.recorder.record(
            ANSWER, Verb.DONE, name=PROPOSAL, data=data | {"records": refusals, "fields": fields}
        )

    def remove(self) -> None:
        """
        Ask the server to remove all that was applied, in reverse order, and the namespace; faults are healed first.

        The server goes on removing after the return: `harness.plugin` waits for the namespaces at the end of the run.
        """
        try:
            self.release()
        finally:
            self._remove_all()

    def release(self) -> None:
        """Heal all faults and end the record; what was applied stays, for somebody to look at."""
        try:
            self.healing.heal()
        finally:
            self.recorder.stop()

    @property
    def made(self) -> list[str]:
        """What `remove` removes, each as `kind/name`."""
        return [f"namespace/{self.namespace}", *self.belongings.names]

    @cached_property
    def belongings(self) -> Belongings:
        """What the scenario has outside of its namespace."""
        return Belongings(self.api, self.namespace)

    def _remove_all(self) -> None:
        try:
            kinds = [kind_of(self.api, manifest) for manifest in reversed(in_order(self.applied))]
            self.belongings.remove([kind for kind in dict.fromkeys(kinds) if not kind.namespaced])
        finally:
            with suppress(NotFound, Conflict):  # gone, or another one of that name by now
                self.api.delete(KINDS["Namespace"], self.namespace, uid=self.uid or None)


def open_namespace(
    api: Api,
    run: str,
    changes: tuple[Object, ...] = (),
    *,
    dns: str | None = None,
    faults: Faults | None = None,
    pod_faults: PodFaults | None = None,
    classes: Mapping[str, str] | None = None,
    needs: Iterable[str] = (),
) -> ScenarioNamespace:
    """
    Return a new namespace of this run, everything in it recorded from now on.

    `needs`: the scenario's tags, some of which have more recorded. Raises KubeError where the namespace cannot be made
    or a required kind cannot be watched; nothing is left then, nor where the run is told to end meanwhile.
    """
    changes, token = with_node(changes, partial(_open_node, api)), token_hex(4)
    namespace = f"{PREFIX}{token}"
    metadata = {"name": namespace, "labels": {**MANAGED_BY, RUN_LABEL: run}}
    made = api.create(KINDS["Namespace"], {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    keep = {"PersistentVolume": partial(_volume_of, namespace)}
    more = {KINDS_OF_NEEDS[need] for need in needs if need in KINDS_OF_NEEDS}
    recorder = Recorder(api, namespace, (*REQUIRED_KINDS, *sorted(more)), OPTIONAL_KINDS, keep=keep)
    scenario = ScenarioNamespace(
        api,
        recorder,
        namespace,
        token,
        changes,
        dns=dns,
        faults=faults,
        pod_faults=pod_faults,
        classes=classes or {},
        uid=made["metadata"].get("uid", ""),
    )
    try:
        recorder.start()
    except BaseException:
        with suppress(KubeError):  # what kept the recorder from starting says more
            scenario.remove()
        raise
    return scenario


def _open_node(api: Api) -> str:
    nodes = [str(node["metadata"]["name"]) for node in api.list(KINDS["Node"]).items if takes_pods(node)]
    if not nodes:
        raise EnvironmentUnfit(
            "a control names a node that takes pods", expected="there is one", observed="there is none"
        )
    return nodes[0]


def _volume_of(namespace: str, volume: Object) -> bool:
    """Whether a volume was made for the scenario in this namespace, or is claimed there."""
    made_for = (volume["metadata"].get("labels") or {}).get(NAMESPACE_LABEL)
    return namespace in (made_for, (volume["spec"].get("claimRef") or {}).get("namespace"))
