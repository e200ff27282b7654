"""
What the harness needs to be allowed on a cluster, and what of it the credentials lack.

One table: the roles that `statefulspec rbac` prints, `ci/rbac` and the review at the start of a run are made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from harness.errors import EnvironmentUnfit, Forbidden, NotFound
from harness.kube.api import Api

__all__ = ["RULES", "Rule", "lacking", "manifests", "refuse_lack"]

_NOWHERE = "statefulspec-rights"
"""A namespace that nobody has: what is allowed there is allowed in those that a run makes."""
_READ, _WRITE = ("get", "list", "watch"), ("create", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of a role.

    `purpose`: what is not done, or not known, without it; empty for what every scenario needs.
    """

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    purpose: str = ""

    def __str__(self) -> str:
        """Render as an entry of a role's `rules`."""
        groups = f'["{self.group}"]'
        return f"{{apiGroups: {groups}, resources: [{', '.join(self.resources)}], verbs: [{', '.join(self.verbs)}]}}"


_SETS = ("statefulsets", "deployments")
RULES = (
    Rule("", ("namespaces",), ("get", "create", "delete")),
    Rule("", ("nodes",), ("list",)),
    Rule("storage.k8s.io", ("storageclasses",), ("list",)),
    Rule("", ("persistentvolumes",), ("list", "watch")),
    Rule("", ("pods", "persistentvolumeclaims", "services"), _READ + _WRITE),
    Rule("apps", ("statefulsets",), _READ + _WRITE),
    Rule("apps", ("controllerrevisions",), ("list", "watch")),
    Rule("discovery.k8s.io", ("endpointslices",), ("list", "watch")),
    Rule("", ("events",), ("list", "watch"), "warnings in the evidence, and why something does not go on"),
    Rule("", ("pods/log",), ("get",), "logs in the evidence, and what clients print"),
    Rule("", ("pods/exec",), ("get", "create"), "commands in containers: data, readiness, members"),
    Rule("", ("pods/portforward",), ("get", "create"), "questions to the cluster's DNS, requests to servers"),
    Rule("", ("pods", "persistentvolumeclaims"), ("deletecollection",), "an end that is quick"),
    Rule("apps", ("deployments",), _READ + _WRITE, "systems with a Deployment"),
    Rule("apps", ("replicasets",), ("list", "watch"), "pods that are known by what owns them"),
    Rule("apps", _SETS, ("deletecollection",), "sets that are deleted together"),
    Rule("apps", ("statefulsets/scale",), ("get", "patch", "update"), "replicas by the subresource `scale`"),
    Rule("apps", ("statefulsets/status",), ("get", "patch", "update"), "conditions of a set that somebody reports"),
    Rule("", ("configmaps",), _READ + _WRITE, "systems with a ConfigMap"),
    Rule("", ("pods/status",), ("patch",), "pods that are made to fail"),
    Rule("", ("pods/eviction",), ("create",), "evictions, and nodes that are drained"),
    Rule("policy", ("poddisruptionbudgets",), (*_READ, *_WRITE, "deletecollection"), "disruption budgets"),
    Rule("policy", ("poddisruptionbudgets/status",), ("patch",), "disruption budgets that are made to wait"),
    Rule("", ("persistentvolumes",), ("get", *_WRITE), "systems with volumes of their own"),
    Rule("storage.k8s.io", ("storageclasses",), ("get", *_WRITE), "systems with a class of storage of their own"),
    Rule("", ("nodes",), ("get", "watch", "patch"), "nodes that change, that are cordoned or tainted out-of-service"),
    Rule("", ("namespaces",), ("list", "patch"), "folders of nodes, and `statefulspec reap`"),
    Rule("storage.k8s.io", ("csidrivers", "csinodes", "volumeattributesclasses"), ("list",), "what CSI drivers can do"),
    Rule("storage.k8s.io", ("volumeattachments",), _READ, "attachments of a CSI driver's volumes"),
    Rule("snapshot.storage.k8s.io", ("volumesnapshotclasses",), ("list",), "snapshots"),
    Rule("snapshot.storage.k8s.io", ("volumesnapshots",), _READ + _WRITE, "snapshots"),
)
"""All that the features do; a feature that applies other kinds needs those as well."""


def lacking(api: Api) -> list[Rule]:
    """
    Return what the credentials may not do in a namespace that a run makes, each rule with just that.

    The server is asked for all rules at once, and again for each right that they do not seem to have: only the rules of
    RBAC are listed for sure, and others may decide as well. Nothing is lacking where the server may not be asked.
    """
    try:
        granted = api.permissions.rules(_NOWHERE)
        found = ((rule, _missing(api, rule, granted)) for rule in RULES)
        return [replace(rule, resources=(resource,), verbs=verbs) for rule, lost in found for resource, verbs in lost]
    except (Forbidden, NotFound):
        return []


def refuse_lack(lack: Sequence[Rule], who: str) -> None:
    """Return where every scenario has what it needs; raises EnvironmentUnfit with each rule that is missing."""
    missing = [rule for rule in lack if not rule.purpose]
    if missing:
        raise EnvironmentUnfit(
            f"the credentials of {who} lack what every scenario needs",
            expected="a role with these rules as well, bound in the whole cluster",
            observed="\n".join(f"- {rule}" for rule in missing),
            look_at=("statefulspec rbac", "kubectl auth can-i --list"),
        )


def manifests(account: str) -> Iterator[str]:
    """Yield the lines of a manifest: an account (`NAMESPACE/NAME`) and the role that it needs, with what for."""
    namespace, _, name = account.partition("/")
    yield "# What a run needs on a cluster, and nothing more. Printed by `statefulspec rbac`."
    yield from _object("v1", "Namespace", f"{{name: {namespace}}}")
    yield from _object("v1", "ServiceAccount", f"{{name: {name}, namespace: {namespace}}}")
    yield from _object("rbac.authorization.k8s.io/v1", "ClusterRole", f"{{name: {name}}}")
    yield "rules:"
    for rule in RULES:
        yield f"  # {rule.purpose or 'every scenario'}"
        yield f"  - {rule}"
    yield "  # Systems of your own that hold other kinds, as Secrets, need create, patch and delete of these as well."
    yield from _object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", f"{{name: {name}}}")
    yield f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {name}}}"
    yield f"subjects: [{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}]"


def _object(version: str, kind: str, metadata: str) -> tuple[str, ...]:
    return ("---", f"apiVersion: {version}", f"kind: {kind}", f"metadata: {metadata}")


def _missing(api: Api, rule: Rule, granted: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    wanted = product(rule.resources, rule.verbs)
    asked = [(resource, verb) for resource, verb in wanted if not _covered(rule.group, resource, verb, granted)]
    lost = [
        (resource, verb) for resource, verb in asked if not api.permissions.allow(verb, rule.group, resource, _NOWHERE)
    ]
    resources = dict.fromkeys(resource for resource, _ in lost)
    return [(one, tuple(verb for resource, verb in lost if resource == one)) for one in resources]


def _covered(group: str, resource: str, verb: str, granted: Sequence[Mapping[str, Any]]) -> bool:
    _, _, subresource = resource.partition("/")
    named = {"*", resource, *([f"*/{subresource}"] if subresource else [])}
    return any(
        not rule.get("resourceNames")
        and {verb, "*"} & set(rule.get("verbs") or ())
        and {group, "*"} & set(rule.get("apiGroups") or ())
        and named & set(rule.get("resources") or ())
        for rule in granted
    )
