"""
How far the components of one cluster may be apart, by upstream's policy; it is refused before anything starts.

Source: https://kubernetes.io/releases/version-skew-policy/. Beyond it upstream promises nothing, so a verdict would say
nothing of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.api_server import Minor, minor_of
from harness.errors import BadInput

__all__ = ["check"]

_SERVER = "kube-apiserver"
_MAY_BE = {
    "kube-controller-manager": range(-1, 1),
    "kube-scheduler": range(-1, 1),
    "kubelet": range(-3, 1),
    "kube-proxy": range(-3, 1),
    "kubectl": range(-1, 2),
}
"""Component → by how many minor releases it may differ from the API server."""


def check(release: str, given: Mapping[str, str]) -> None:
    """
    Return where these programs may be used together; BadInput names each that may not.

    `release`: of all that is not given. `given`: program that somebody chose → its version; one that says none counts
    as `release`, for what it is shows only when it runs.
    """
    versions = {name: minor_of(given.get(name, "")) or minor_of(release) for name in (_SERVER, *_MAY_BE)}
    server = versions[_SERVER]
    if server is None:
        return
    wrong = [
        f"{name} {_spelled(version)} is {_distance(version, server)} {_SERVER} {_spelled(server)}, {_allowed(name)}"
        for name, version in versions.items()
        if version and name in _MAY_BE and not _fits(version, server, _MAY_BE[name])
    ]
    if wrong:
        raise BadInput(
            f"these programs may not be used together: {'; '.join(wrong)}",
            remedy="give programs of releases that upstream lets work together: "
            "https://kubernetes.io/releases/version-skew-policy/",
        )


def _fits(version: Minor, server: Minor, allowed: range) -> bool:
    return version[0] == server[0] and version[1] - server[1] in allowed


def _distance(version: Minor, server: Minor) -> str:
    if version[0] != server[0]:
        return "of another major release than"
    apart = version[1] - server[1]
    return f"{abs(apart)} minor release{'s' * (abs(apart) > 1)} {'newer' if apart > 0 else 'older'} than"


def _allowed(name: str) -> str:
    span = _MAY_BE[name]
    newer = f"up to {span.stop - 1} newer" if span.stop > 1 else "not newer"
    return f"and may be up to {-span.start} older, {newer}"


def _spelled(version: Minor) -> str:
    return f"{version[0]}.{version[1]}"
