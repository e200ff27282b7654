"""The end of what scenarios have made on a cluster that stays: seen to be gone, not only asked to go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from itertools import product

import tenacity

from harness import timeouts
from harness.errors import EnvironmentUnfit, Forbidden, NotFound
from harness.kube.api import Api
from harness.manifests.placing import NAMESPACE_LABEL
from harness.model import KINDS, Object

__all__ = ["await_removal"]

_VOLUME = KINDS["PersistentVolume"]
_PROVISIONED = "pv.kubernetes.io/provisioned-by"


def await_removal(api: Api, namespaces: Iterable[str], timeout_s: float | None = None) -> None:
    """
    Return when the server has removed all of these namespaces, and the volumes that were made for them.

    Pods and claims that are left are deleted first: the namespace controller would begin with them after five seconds
    (its `namespaceDeletionGracePeriod`) and come back for claims after eight more (half of `finalizerEstimateSeconds`).
    Where the credentials don't allow that, it is left to the controller. A volume that was provisioned for a claim is
    not kept, whatever its class says.
    Raises EnvironmentUnfit that says what holds the first one that is still there after `timeout_s` seconds.
    """
    within_s, names = timeouts.NAMESPACES.s if timeout_s is None else timeout_s, list(namespaces)
    there = [name for name in names if _read_namespace(api, name) is not None]
    for name, kind in product(there, ("Pod", "PersistentVolumeClaim")):
        with suppress(Forbidden, NotFound):
            api.delete_all(KINDS[kind], name)
    for name in there:
        left = _until_none(partial(_read_namespace, api, name), within_s)
        if left is not None:
            conditions = left.get("status", {}).get("conditions", [])
            observed = "; ".join(str(one["message"]) for one in conditions if one["status"] == "True")
            title = f"namespace {name} is not removed after {within_s:.0f} s"
            raise EnvironmentUnfit(title, observed=observed, look_at=(f"kubectl get namespace {name} -o yaml",))
    if names:
        _await_volumes(api, names, within_s)


def _await_volumes(api: Api, namespaces: Collection[str], within_s: float) -> None:
    def look() -> Object | None:
        found = _volumes_of(api, namespaces)
        for volume in found:
            if volume["spec"].get("persistentVolumeReclaimPolicy") == "Retain" and _is_provisioned(volume):
                with suppress(NotFound):
                    change = {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}
                    api.patch(_VOLUME, volume["metadata"]["name"], None, change)
        return found[0] if found else None

    left = _until_none(look, within_s)
    if left is not None:
        name, status = left["metadata"]["name"], left.get("status", {})
        observed = f"{status.get('phase', '')} {status.get('message', '')}".strip()
        title = f"volume {name} is not removed after {within_s:.0f} s"
        raise EnvironmentUnfit(title, observed=observed, look_at=(f"kubectl describe persistentvolume {name}",))


def _volumes_of(api: Api, namespaces: Collection[str]) -> list[Object]:
    """Return the volumes that were made for scenarios in these namespaces, by the scenarios or by a provisioner."""
    return [
        volume
        for volume in api.list(_VOLUME).items
        if (volume["metadata"].get("labels") or {}).get(NAMESPACE_LABEL) in namespaces
        or ((volume["spec"].get("claimRef") or {}).get("namespace") in namespaces and _is_provisioned(volume))
    ]


def _is_provisioned(volume: Object) -> bool:
    return _PROVISIONED in (volume["metadata"].get("annotations") or {})


def _until_none(look: Callable[[], Object | None], timeout_s: float) -> Object | None:
    """Return None as soon as there is nothing to see any more, else what is still there after `timeout_s` seconds."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_not_result(lambda left: left is None),
        wait=tenacity.wait_fixed(0.25),
        stop=tenacity.stop_before_delay(timeout_s),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    found: Object | None = retrying(look)
    return found


def _read_namespace(api: Api, name: str) -> Object | None:
    try:
        return api.read(KINDS["Namespace"], name)
    except NotFound:
        return None
