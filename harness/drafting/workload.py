"""One StatefulSet of an application with what belongs to it, as its manifests say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from harness.cluster.embedded.offered import need_of
from harness.drafting.shares import share
from harness.drafting.words import replicas
from harness.manifests.manifest import Manifest
from harness.model import Object
from harness.promises import statefulsets

__all__ = ["Workload", "workloads_of"]

_CONTAINERS = ("initContainers", "containers")
_POD = "spec.template.spec"
_HOST = "kubernetes.io/hostname"
_MAPPINGS = (
    *("spec", "spec.template", "spec.template.metadata", "spec.template.metadata.labels", _POD),
    *("spec.template.metadata.annotations", f"{_POD}.affinity", f"{_POD}.affinity.podAntiAffinity"),
    *("metadata.annotations", "spec.updateStrategy", "spec.updateStrategy.rollingUpdate", "spec.ordinals"),
    "spec.persistentVolumeClaimRetentionPolicy",
)
_LISTS = (f"{_POD}.containers", f"{_POD}.initContainers", f"{_POD}.volumes", "spec.volumeClaimTemplates")
_NUMBERS = (
    *("spec.replicas", "spec.ordinals.start", "spec.minReadySeconds", "spec.updateStrategy.rollingUpdate.partition"),
)
"""What is read of a set, and as what the API describes it; a path of a mapping stands before those within."""


@dataclass(frozen=True)
class Workload:
    """
    A set that can be played: its body has a name, a template with containers, and numbers where numbers belong.

    `services` and `budgets` are those among the same manifests, the budgets those that select its pods. `pods_before`
    are the specs of pods that have to run before it, `defines_kinds` says that it brings kinds of its own along.
    """

    manifest: Manifest
    services: tuple[Object, ...]
    budgets: tuple[Object, ...]
    pods_before: tuple[Object, ...] = ()
    defines_kinds: bool = False

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
    def unavailable(self) -> int:
        """How many replicas a rollout may take at once: one, where nothing usable is said."""
        told = ((self.body["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("maxUnavailable")
        return max(1, share(told, self.replicas))

    @property
    def claims(self) -> tuple[str, ...]:
        """The names of its volume claim templates."""
        return statefulsets.templates(self.body)

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
    """Return the sets among the manifests, in their order; BadInput, with the line, for one that cannot be played."""
    before = tuple(filter(None, (_pod_spec(one.body) for one in hooks)))
    defines = any(one.kind == "CustomResourceDefinition" for one in manifests)
    services = tuple(one.body for one in manifests if one.kind == "Service")
    budgets = [one for one in manifests if one.kind == "PodDisruptionBudget"]
    found = []
    for manifest in manifests:
        if manifest.kind != "StatefulSet":
            continue
        manifest = replace(manifest, body=_without_nulls(manifest.body))  # noqa: PLW2901 - as the server takes it
        for problem, path in _unfit(manifest.body):
            raise manifest.unfit(problem, path)
        labels = (manifest.body["spec"]["template"].get("metadata") or {}).get("labels") or {}
        own = tuple(one.body for one in budgets if _selects(one.body, labels))
        found.append(Workload(manifest, services, own, before, defines))
    return found


def _pod_spec(body: Object) -> Object | None:
    """Return the spec of a hook's pod, None where it has none that can be read."""
    found = _at(body, _POD if body["kind"] == "Job" else "spec")
    containers = found.get("containers") if isinstance(found, dict) else None
    is_read = isinstance(containers, list) and all(isinstance(one, dict) for one in containers)
    return {"containers": containers} if is_read else None


def _without_nulls(value: Any) -> Any:
    """Return a value without the fields that are null: to the server they are not there."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _unfit(body: Object) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a set, and where, so that all else may take it as the API describes it."""
    for path in (*_MAPPINGS, *_LISTS, *_NUMBERS):
        wanted, noun = (dict, "mapping") if path in _MAPPINGS else (list, "list") if path in _LISTS else (int, "number")
        found = _at(body, path)
        if found is not None and (not isinstance(found, wanted) or isinstance(found, bool)):
            yield f"{path.rpartition('.')[2]} is no {noun}", path
            return
    if not _at(body, _POD + ".containers"):
        yield "its pods have no containers", _POD + ".containers"
    if (_at(body, "spec.replicas") or 0) < 0:
        yield "replicas is less than 0", "spec.replicas"
    for path in _LISTS:
        for number, one in enumerate(_at(body, path) or []):
            yield from ((f"{problem} here", f"{path}[{number}]") for problem in _unnamed(one, path))


def _unnamed(one: Any, path: str) -> Iterator[str]:
    """Yield what keeps an item of a list from being known by its name."""
    if not isinstance(one, dict) or not isinstance(one.get("metadata") or {}, dict):
        yield "a mapping is wanted"
    elif path.endswith("Templates") and not (one.get("metadata") or {}).get("name"):
        yield "metadata.name is missing"
    elif not path.endswith("Templates") and not one.get("name"):
        yield "the name is missing"
    elif path.endswith("ontainers"):
        mounts = one.get("volumeMounts") or []
        named = isinstance(mounts, list) and all(
            isinstance(mount, dict) and mount.get("name") and mount.get("mountPath") for mount in mounts
        )
        yield from () if named else ("a mount needs name and mountPath",)


def _at(body: Object, path: str) -> Any:
    """Return the value at a path, None where there is nothing; the paths of _MAPPINGS stand before those within."""
    found: Any = body
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _selects(budget: Object, labels: Object) -> bool:
    selector = (budget.get("spec") or {}).get("selector")
    if not isinstance(selector, dict):
        return False
    terms = [one for one in selector.get("matchExpressions") or [] if isinstance(one, dict)]
    equal = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_meets(term, labels) for term in terms)


def _meets(term: Object, labels: Object) -> bool:
    values: list[Any] = term.get("values") or []
    value: Any = labels.get(str(term.get("key")))
    operator = str(term.get("operator"))
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) == (operator == "Exists")
    return (value in values) == (operator == "In")
