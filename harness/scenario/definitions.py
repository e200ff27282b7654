"""Kinds of an application's own: their definitions come before all objects, and are awaited until they are served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenacity import Retrying, retry_if_result, stop_before_delay, wait_fixed

from harness import timeouts
from harness.errors import EnvironmentUnfit, NotFound
from harness.kube.api import Api
from harness.manifests.manifest import Manifest

__all__ = ["await_served", "is_definition"]


def is_definition(manifest: Manifest) -> bool:
    """Whether the object defines a kind."""
    return manifest.kind == "CustomResourceDefinition" and manifest.body["apiVersion"].startswith(
        "apiextensions.k8s.io/"
    )


def await_served(api: Api, definitions: Iterable[Manifest]) -> None:
    """Return when the server serves every kind that these define; EnvironmentUnfit where it does not come."""
    for definition in definitions:
        for version, kind in _served(definition):
            waiting = Retrying(
                retry=retry_if_result(lambda is_served: not is_served),
                wait=wait_fixed(0.1),
                stop=stop_before_delay(timeouts.DEFINITIONS.s),
                retry_error_callback=lambda _state: False,
            )
            if not waiting(_is_served, api, version, kind):
                title = f"the server does not serve {kind} of {version}, though its definition is there"
                expected = f"it does within {timeouts.DEFINITIONS.s:g} s"
                look = f"kubectl get customresourcedefinition {definition.name} -o yaml"
                raise EnvironmentUnfit(title, expected=expected, look_at=(look,))


def _is_served(api: Api, version: str, kind: str) -> bool:
    try:
        api.kind(version, kind)
    except NotFound:
        return False
    return True


def _served(definition: Manifest) -> Iterator[tuple[str, str]]:
    """Yield each version, with its group, and kind; what is not as the API describes it the server has refused."""
    spec = definition.body["spec"]
    for version in spec["versions"]:
        if version.get("served", True):
            yield f"{spec['group']}/{version['name']}", str(spec["names"]["kind"])
