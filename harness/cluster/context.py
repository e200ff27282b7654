"""
Attaches to an existing cluster: one context of the user's kubeconfig, or the service account of the pod this runs in.

The context is resolved once and pinned in a private copy, so that `kubectl config use-context` in another window, or an
edit of the file, moves no test to another cluster.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.cluster.guard import doubts_of, refuse_unless_test_cluster
from harness.cluster.provider import CAPABILITIES, FAULTS, Reach
from harness.cluster.providers import LOCAL
from harness.cluster.storage import STORAGE_CAPABILITIES, Storage, lacks_of_default, offer
from harness.errors import BadInput, EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.proxy import proxy_for
from harness.model import ZONE, Object
from harness.workplace import make_workplace, remove_workplace

__all__ = ["Context", "attach", "attach_in_cluster"]

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_FILES = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
}
_NEVER = dict.fromkeys(FAULTS, "it is not known yet whether its nodes can be made to fail")
_ASSUMED = (
    frozenset(CAPABILITIES)
    - {*STORAGE_CAPABILITIES, "needs_three_nodes", "needs_roaming_volumes", "needs_zones"}
    - FAULTS
)


class Context:
    """
    A cluster that is there already.

    `capabilities` are those of a usual test cluster until `learn` is told what the cluster says of itself. `find_out`:
    capability → what tries it out, when it is first asked for, and returns why it is lacking, empty where it is not.
    `new`: whether it was made just now, for this run.
    """

    def __init__(self, name: str, server: str, folder: Path) -> None:
        self.name = name
        self.context = name
        self.server = server
        self.kubeconfig = folder / "kubeconfig"
        self.capabilities = _ASSUMED
        self.classes: dict[str, str] = {}
        self.dns: str | None = None
        self.faults = ""
        self.find_out: dict[str, Callable[[], str]] = {}
        self.new = False
        self._reasons: dict[str, str] = dict(_NEVER)

    def settle(self, api: Api, progress: Callable[[str], None]) -> None:
        """Return at once: a cluster that is not ours is taken as it is."""

    def learn(self, nodes: Sequence[Object], storage: Storage, reach: Reach) -> None:
        """Set the capabilities from the nodes that take pods, what storage there is, and how far nodes are reached."""
        self.faults, self._reasons = reach.address, dict(reach.lacks)
        if not any((node["metadata"].get("labels") or {}).get(ZONE) == "zone-1" for node in nodes):
            self._reasons["needs_zones"] = "none of its nodes is in zone-1, by their label topology.kubernetes.io/zone"
        if len(nodes) < 3:
            self._reasons["needs_three_nodes"] = f"it has {len(nodes)} of three nodes"
        offered = offer(storage)
        self.classes = offered.classes
        self._reasons |= lacks_of_default(storage) | offered.lacks
        self.capabilities = frozenset(CAPABILITIES) - self._reasons.keys()

    def missing_reason(self, capability: str) -> str:
        """Return why the cluster lacks a capability."""
        return self._reasons.get(capability, "it has not said that it has this")

    def describe(self) -> str:
        """Return the context and the server it leads to."""
        return f"context {self.name} at {self.server}"

    def provide(self, capability: str, progress: Callable[[str], None]) -> None:
        """Try out what must be tried; images are pulled by the cluster itself."""
        if capability in self.find_out:
            progress(f"finding out whether the cluster has {capability}: {CAPABILITIES[capability]}")
            reason = self.find_out.pop(capability)()
            if reason:
                self._reasons[capability] = reason
                self.capabilities -= {capability}

    def load_image(self, archive: Path) -> None:
        """Refuse: images of a cluster that is not ours come from its registry or its own tool."""
        raise EnvironmentUnfit(
            f"{archive.name} cannot be loaded into context {self.name}",
            expected="the cluster can pull the image, or was given it by its own tool",
            observed="the harness did not make this cluster",
            look_at=tuple(f"{' '.join(each.loads)} {archive}" for each in LOCAL.values()),
        )

    def stop(self) -> None:
        """Remove the pinned copy; the cluster stays as it is."""
        remove_workplace(self.kubeconfig.parent)


def attach(
    kubeconfig: Path | None = None,
    context: str = "",
    allowed: Collection[str] = (),
    *,
    plugins: Collection[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Context:
    """
    Return one context, pinned, without sending a request.

    `kubeconfig`: else $KUBECONFIG, else ~/.kube/config. `context`: else the file's current one. `allowed`: see
    `guard`. `plugins`: the credential plugins that may be run, named as the file names them. Raises BadInput for a file
    or a context that cannot be used or may not be.
    """
    env = os.environ if environment is None else environment
    path = _choose_file(kubeconfig, env)
    content = _read(path)
    name = _choose_context(content, path, context)
    chosen = _entry(content, path, "contexts", name)["context"]
    cluster = _part(content, path, "cluster", chosen, name)
    user = _part(content, path, "user", chosen, name)
    server = str(cluster.get("server", ""))
    way = proxy_for(server, env, str(cluster.get("proxy-url") or ""))
    refuse_unless_test_cluster(name, server, allowed, way, doubts_of(chosen, cluster, user))
    if user.get("exec"):
        user["exec"] = _allowed_plugin(dict(user["exec"]), name, path, plugins)
    return _pin(name, server, dict(chosen), cluster, user)


def attach_in_cluster(environment: Mapping[str, str] | None = None, account: Path = _SERVICE_ACCOUNT) -> Context:
    """Return the cluster of the pod this runs in, by its service account; BadInput outside of a pod."""
    env = os.environ if environment is None else environment
    host, port = env.get("KUBERNETES_SERVICE_HOST"), env.get("KUBERNETES_SERVICE_PORT")
    token, authority = account / "token", account / "ca.crt"
    if not (host and port and token.is_file() and authority.is_file()):
        raise BadInput("this is not a pod with a service account", remedy="leave out --harness-in-cluster")
    server = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority.read_bytes()).decode()}
    return _pin("in-cluster", server, {}, cluster, {"tokenFile": str(token)})


def _allowed_plugin(entry: dict[str, Any], context: str, path: Path, plugins: Collection[str]) -> dict[str, Any]:
    """Return the entry of a credential plugin that may be run; a path is meant from where the file lies."""
    command = str(entry.get("command") or "")
    if command not in plugins:
        raise BadInput(
            f"context {context!r} gets its credentials from the program {command!r}, and a file may start none here",
            str(path),
            remedy=f"if you trust it: --harness-allow-credential-plugins {command}, or "
            "harness_allow_credential_plugins in the ini; else give the context a token or a certificate",
        )
    return entry | ({"command": str(path.parent.absolute() / command)} if "/" in command else {})


def _choose_file(given: Path | None, environment: Mapping[str, str]) -> Path:
    if given:
        return given.expanduser()
    named = [Path(part) for part in environment.get("KUBECONFIG", "").split(os.pathsep) if part]
    if len(named) > 1:
        raise BadInput(
            f"KUBECONFIG names {len(named)} files, and it is not for a test to guess which is meant",
            remedy="choose one: --harness-kubeconfig FILE",
        )
    return named[0].expanduser() if named else Path.home() / ".kube" / "config"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(
            "there is no such kubeconfig", str(path), remedy="name one: --harness-kubeconfig FILE"
        ) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(f"the kubeconfig is not YAML: {error.problem}", str(path), line) from error
    except (OSError, UnicodeError, YAMLError) as error:
        raise BadInput(f"the kubeconfig cannot be read: {error}", str(path)) from error
    if not isinstance(content, dict) or not content.get("contexts"):
        raise BadInput("the kubeconfig has no contexts", str(path), remedy="name another: --harness-kubeconfig FILE")
    return content


def _names(content: Mapping[str, Any]) -> list[str]:
    return [str(entry["name"]) for entry in content["contexts"] if isinstance(entry, dict) and "name" in entry]


def _choose_context(content: Mapping[str, Any], path: Path, wanted: str) -> str:
    name = wanted or content.get("current-context") or ""
    remedy = f"it has: {', '.join(sorted(_names(content)))}; choose one with --harness-context NAME"
    if not name:
        raise BadInput("the kubeconfig has no current context", str(path), remedy=remedy)
    if name not in _names(content):
        raise BadInput(f"the kubeconfig has no context {name!r}", str(path), remedy=remedy)
    return str(name)


def _part(content: Mapping[str, Any], path: Path, kind: str, chosen: Any, context: str) -> dict[str, Any]:
    name = chosen.get(kind) if isinstance(chosen, dict) else None
    if not name:
        raise BadInput(f"context {context!r} names no {kind}", str(path))
    part = dict(_entry(content, path, f"{kind}s", str(name)).get(kind) or {})
    for key in _FILES[kind]:
        if key in part:
            part[key] = str(path.parent.absolute() / str(part[key]))
    return part


def _entry(content: Mapping[str, Any], path: Path, kind: str, name: str) -> Mapping[str, Any]:
    for entry in content.get(kind) or ():
        if isinstance(entry, dict) and str(entry.get("name")) == name:
            return entry
    raise BadInput(f"the kubeconfig's {kind} have no {name!r}", str(path))


def _pin(
    name: str, server: str, chosen: Mapping[str, Any], cluster: Mapping[str, Any], user: Mapping[str, Any]
) -> Context:
    folder = make_workplace("context")
    pinned = Context(name, server, folder)
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {**chosen, "cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": dict(cluster)}],
        "users": [{"name": name, "user": dict(user)}],
    }
    writer: Callable[..., None] = YAML(typ="safe", pure=True).dump
    pinned.kubeconfig.touch(mode=0o600)
    with pinned.kubeconfig.open("w") as file:
        writer(content, file)
    return pinned
