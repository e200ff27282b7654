"""One StatefulSet of an application with what belongs to it, as its manifests say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.cluster.embedded.offered import need_of
from harness.drafting.autoscaler import Autoscaler, autoscaler_of
from harness.drafting.shapes import at, is_of_api, well_formed
from harness.drafting.shares import share
from harness.drafting.words import replicas
from harness.manifests.manifest import Manifest
from harness.model import Object
from harness.promises import statefulsets

__all__ = ["Workload", "workloads_of"]

_CONTAINERS = ("initContainers", "containers")
_POD = "spec.template.spec"
_HOST = "kubernetes.io/hostname"


@dataclass(frozen=True)
class Workload:
    """
    A set that can be played: its body has a name, a template with containers, and numbers where numbers belong.

    `services` and `budgets` are those among the same manifests, the budgets those that select its pods. `pods_before`
    are the specs of pods that have to run before it, `defines_kinds` says that it brings kinds of its own along.
    `autoscaler`: what among them changes its number of replicas.
    """

    manifest: Manifest
    services: tuple[Object, ...]
    budgets: tuple[Object, ...]
    pods_before: tuple[Object, ...] = ()
    defines_kinds: bool = False
    autoscaler: Autoscaler | None = None

    @property
    def name(self) -> str:
        """The set's name."""
        return self.manifest.name

    @property
    def body(self) -> Object:
        """The StatefulSet."""
        return self.manifest.body

    @property
    def replicas(self) -> int:
        """How many replicas it wants; 1 where it says nothing."""
        return statefulsets.replicas(self.body)

    @property
    def pods(self) -> list[str]:
        """The names of its pods, by ordinal."""
        return [f"{self.name}-{ordinal}" for ordinal in statefulsets.ordinals(self.body)]

    @property
    def heading(self) -> str:
        """The line that a report about it begins with: its name, its size, its file."""
        return f"{self.name}: {replicas(self.replicas)}, {self.manifest.file}"

    @property
    def ordered(self) -> bool:
        """Whether its pods start and stop one after another."""
        return not statefulsets.parallel(self.body)

    @property
    def on_demand(self) -> bool:
        """Whether its pods are updated only when somebody deletes them."""
        return statefulsets.on_delete(self.body)

    @property
    def settled(self) -> str:
        """
        What its replicas are before an update of it begins: available, where that is more than ready.

        Kubernetes 1.37 rolls out a Parallel set all at once whose replicas are ready and not yet available.
        """
        return "available" if statefulsets.min_ready_s(self.body) else "ready"

    @property
    def unavailable(self) -> int:
        """How many replicas a rollout may take at once: one, where nothing usable is said."""
        told = ((self.body["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("maxUnavailable")
        return max(1, share(told, self.replicas))

    @property
    def claims(self) -> tuple[str, ...]:
        """The names of its volume claim templates."""
        return statefulsets.templates(self.body)

    @property
    def storage_classes(self) -> list[str]:
        """The names of the storage classes that its claims ask for."""
        templates = self.body["spec"].get("volumeClaimTemplates") or []
        named = (at(one, "spec.storageClassName") for one in templates)
        return sorted({name for name in named if isinstance(name, str) and name})

    @property
    def governing(self) -> str:
        """The name of the service that gives its pods their names, empty where it has none."""
        return str(self.body["spec"].get("serviceName") or "")

    @cached_property
    def pod(self) -> Object:
        """A pod as the set would make it, with the claims of its templates as volumes."""
        template = self.body["spec"]["template"]
        pod: dict[str, Any] = {"metadata": dict(template.get("metadata") or {}), "spec": dict(template["spec"])}
        pod["metadata"]["name"] = self.pods[0] if self.pods else self.name
        own = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in self.claims]
        others = [one for one in template["spec"].get("volumes") or [] if one.get("name") not in self.claims]
        pod["spec"]["volumes"] = [*own, *others]
        return pod

    @property
    def init_containers(self) -> list[Object]:
        """The init containers that end before the application starts."""
        return [one for one in self.pod["spec"].get("initContainers") or [] if one.get("restartPolicy") != "Always"]

    @property
    def images(self) -> dict[str, str]:
        """Each image that it needs to run, and the capability that it needs of a cluster, empty where each has it."""
        pods = (self.pod["spec"], *self.pods_before)
        found = [one for pod in pods for field in _CONTAINERS for one in pod.get(field) or []]
        known = ((str(one.get("image") or ""), str(one.get("imagePullPolicy") or "")) for one in found)
        return {image: need_of(image, policy) for image, policy in known if image}

    def retained(self, when: str) -> bool:
        """Whether claims are kept `whenScaled` or `whenDeleted`."""
        return (self.body["spec"].get("persistentVolumeClaimRetentionPolicy") or {}).get(when) != "Delete"

    @property
    def keeps_apart(self) -> bool:
        """Whether no two of its pods may share a node."""
        affinity = (self.pod["spec"].get("affinity") or {}).get("podAntiAffinity") or {}
        required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or []
        return any(isinstance(term, dict) and term.get("topologyKey") == _HOST for term in required)

    def governing_service(self) -> Object | None:
        """Return the service that gives pods their names, None where the manifests have none of that name."""
        return next((one for one in self.services if one["metadata"]["name"] == self.governing), None)


def workloads_of(manifests: Sequence[Manifest], hooks: Sequence[Manifest] = ()) -> list[Workload]:
    """Return the sets among the manifests, in their order; BadInput, with the line, for what the API does not take."""
    before = tuple(filter(None, (_pod_spec(one.body) for one in hooks)))
    defines = any(one.kind == "CustomResourceDefinition" for one in manifests)
    shaped = [well_formed(one) for one in manifests]
    services = tuple(one.body for one in shaped if is_of_api(one, "Service"))
    budgets = [one.body for one in shaped if is_of_api(one, "PodDisruptionBudget")]
    found = []
    for manifest in (one for one in shaped if is_of_api(one, "StatefulSet")):
        labels = (manifest.body["spec"]["template"].get("metadata") or {}).get("labels") or {}
        own = tuple(one for one in budgets if _selects(one, labels))
        scaler = autoscaler_of(manifest.name, manifests)
        found.append(Workload(manifest, services, own, before, defines, scaler))
    return found


def _pod_spec(body: Object) -> Object | None:
    """Return the spec of a hook's pod, None where it has none that can be read."""
    found = at(body, "spec.template.spec" if body["kind"] == "Job" else "spec")
    containers = found.get("containers") if isinstance(found, dict) else None
    is_read = isinstance(containers, list) and all(isinstance(one, dict) for one in containers)
    return {"containers": containers} if is_read else None


def _selects(budget: Object, labels: Object) -> bool:
    selector = (budget.get("spec") or {}).get("selector")
    if selector is None:
        return False
    terms = selector.get("matchExpressions") or []
    equal = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_meets(term, labels) for term in terms)


def _meets(term: Object, labels: Object) -> bool:
    values: list[Any] = term.get("values") or []
    value: Any = labels.get(str(term.get("key")))
    operator = str(term.get("operator"))
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) == (operator == "Exists")
    return (value in values) == (operator == "In")
