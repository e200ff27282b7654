"""What the credentials in use may do, as the server says when it is asked: whatever decides, RBAC or something else."""

from __future__ import annotations

from collections.abc import Sequence

from harness.kube.connection import Connection
from harness.kube.refusal import Request
from harness.model import Object

__all__ = ["Permissions"]

_GROUP = "authorization.k8s.io/v1"


class Permissions:
    """The permissions of the credentials of one connection; each answer holds for the moment of the question."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def allow(self, verb: str, group: str, resource: str, namespace: str = "") -> bool:
        """Return whether the credentials may do this; `resource`: its plural, with a subresource as in `pods/exec`."""
        plural, _, subresource = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "subresource": subresource}
        spec = {"resourceAttributes": attributes | ({"namespace": namespace} if namespace else {})}
        return bool(self._review("SelfSubjectAccessReview", spec).get("allowed"))

    def rules(self, namespace: str) -> Sequence[Object]:
        """Return the rules that allow the credentials something in a namespace, as far as the server can list them."""
        return tuple(self._review("SelfSubjectRulesReview", {"namespace": namespace}).get("resourceRules") or ())

    def _review(self, kind: str, spec: Object) -> Object:
        resource = f"{kind.lower()}s"
        body = {"apiVersion": _GROUP, "kind": kind, "spec": spec}
        review = self._connection.ask_object(
            Request("create", resource), "POST", f"/apis/{_GROUP}/{resource}", None, body
        )
        status: Object = review.get("status") or {}
        return status
