"""Kinds of an application's own: their definitions come before all objects, and are awaited until they are served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenacity import Retrying, retry_if_result, stop_before_delay, wait_fixed

from harness import timeouts
from harness.errors import EnvironmentUnfit, Forbidden, NotFound, TooManyRequests
from harness.kube.api import Api
from harness.manifests.manifest import Manifest

__all__ = ["await_served", "is_definition"]


def is_definition(manifest: Manifest) -> bool:
    """Whether the object defines a kind."""
    return manifest.kind == "CustomResourceDefinition" and manifest.body["apiVersion"].startswith(
        "apiextensions.k8s.io/"
    )


def await_served(api: Api, definitions: Iterable[Manifest], namespace: str) -> None:
    """
    Return when the server serves every kind that these define, asked in a namespace; EnvironmentUnfit where not.

    That a kind is discovered is not enough: it may be so from a definition of that name that has just gone.
    """
    for definition in definitions:
        for api_version, kind in _served(definition):
            waiting = Retrying(
                retry=retry_if_result(lambda is_served: not is_served),
                wait=wait_fixed(0.1),
                stop=stop_before_delay(timeouts.DEFINITIONS.s),
                retry_error_callback=lambda _state: False,
            )
            if not waiting(_is_served, api, definition, api_version, kind, namespace):
                title = f"the server does not serve {kind} of {api_version}, though its definition is there"
                expected = f"it does within {timeouts.DEFINITIONS.s:g} s"
                look = f"kubectl get customresourcedefinition {definition.name} -o yaml"
                raise EnvironmentUnfit(title, expected=expected, look_at=(look,))


def _is_served(api: Api, definition: Manifest, api_version: str, kind: str, namespace: str) -> bool:
    try:
        defined = api.read(api.kind(definition.body["apiVersion"], definition.kind), definition.name)
        conditions = (defined.get("status") or {}).get("conditions") or ()
        served = api.kind(api_version, kind)
        api.list(served, namespace if served.namespaced else None)
    except (NotFound, TooManyRequests):  # the latter while the storage of a kind that is defined anew is made ready
        return False
    except Forbidden:  # what may not be listed may be written all the same
        pass
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def _served(definition: Manifest) -> Iterator[tuple[str, str]]:
    """Yield each version, with its group, and kind; what is not as the API describes it the server has refused."""
    spec = definition.body["spec"]
    for version in spec["versions"]:
        if version.get("served", True):
            yield f"{spec['group']}/{version['name']}", str(spec["names"]["kind"])
