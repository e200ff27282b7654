"""How a kubeconfig becomes the settings of a connection; read once, never again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kubernetes.config.config_exception import ConfigException
from kubernetes.config.kube_config import KubeConfigLoader
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.errors import BadInput
from harness.kube.credential import CredentialPlugin
from harness.kube.proxy import DIRECT, proxy_for
from harness.kube.settings import ClientSettings
from harness.workplace import credentials_folder

__all__ = ["load"]


def load(kubeconfig: Path, context: str | None, environment: Mapping[str, str] = os.environ) -> ClientSettings:
    """
    Return the settings of one context, the current one where none is named.

    Raises BadInput, naming the file and the contexts it has, where that is not possible or the way there leads through
    a proxy that cannot be used; EnvironmentUnfit where the context's credential plugin gives no credential.
    """
    content = _read(kubeconfig)
    wanted = _choose(content, kubeconfig, context)
    settings = ClientSettings()
    try:
        plugin = _plugin(content, wanted, kubeconfig.parent)
        loader: Any = KubeConfigLoader  # untyped
        folder = str(credentials_folder()) if _is_written_out(content) else None
        loader(content, wanted, config_base_path=str(kubeconfig.parent), temp_file_path=folder).load_and_set(settings)
    except (ConfigException, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(f"context {wanted!r} cannot be used: {error}", str(kubeconfig)) from error
    if plugin is not None:
        settings.refresh_api_key_hook = _refresh(plugin)  # type: ignore[assignment]
    cluster = _cluster(content, wanted)
    if any(one.get("name") == DIRECT for one in cluster.get("extensions") or ()):
        settings.lead(None)
    else:
        settings.lead(proxy_for(str(settings.host), environment, str(cluster.get("proxy-url") or "")))
    return settings


def _cluster(content: dict[str, Any], context: str) -> dict[str, Any]:
    chosen = _named(content["contexts"], context)["context"]
    return _named(content["clusters"], chosen["cluster"]).get("cluster") or {}


def _is_written_out(content: dict[str, Any]) -> bool:
    """Return whether the file holds certificates or keys itself, which the client writes into files of their own."""
    parts = (entry.get(kind) or {} for kind in ("cluster", "user") for entry in content.get(f"{kind}s") or ())
    return any(str(key).endswith("-data") for part in parts for key in part)


def _plugin(content: dict[str, Any], context: str, folder: Path) -> CredentialPlugin | None:
    """Put what the context's credential plugin gives into its user's entry; None where it has none."""
    chosen = _named(content["contexts"], context)["context"]
    entry = _named(content.get("users") or [], chosen.get("user"))
    if not (entry.get("user") or {}).get("exec"):
        return None
    plugin = CredentialPlugin(entry["user"].pop("exec"), _cluster(content, context), folder)
    entry["user"] |= plugin.user()
    return plugin


def _refresh(plugin: CredentialPlugin) -> Callable[[Any], None]:
    def refresh(settings: Any) -> None:
        token = plugin.user().get("token")
        if token:
            settings.api_key["BearerToken"] = f"Bearer {token}"

    return refresh


def _named(entries: list[dict[str, Any]], name: str | None) -> dict[str, Any]:
    return next((entry for entry in entries if entry.get("name") == name), {})


def _read(kubeconfig: Path) -> dict[str, Any]:
    file = str(kubeconfig)
    try:
        content = YAML(typ="safe", pure=True).load(kubeconfig.read_bytes())
    except FileNotFoundError as error:
        raise BadInput("there is no such kubeconfig", file, remedy="name an existing one") from error
    except OSError as error:
        raise BadInput(f"the kubeconfig cannot be read: {error.strerror}", file) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(f"the kubeconfig is not YAML: {error.problem}", file, line) from error
    except (YAMLError, UnicodeError) as error:
        raise BadInput(f"the kubeconfig is not YAML: {error}", file) from error
    if not isinstance(content, dict):
        raise BadInput("the kubeconfig is empty" if content is None else "the kubeconfig is not a mapping", file)
    return content


def _choose(content: dict[str, Any], kubeconfig: Path, context: str | None) -> str:
    entries = content.get("contexts")
    names = [str(entry["name"]) for entry in entries or () if isinstance(entry, dict) and "name" in entry]
    known = "it has: " + ", ".join(sorted(names)) if names else "it has no contexts"
    wanted = context or content.get("current-context")
    if not wanted:
        raise BadInput("the kubeconfig has no current context", str(kubeconfig), remedy=f"name one; {known}")
    if wanted not in names:
        raise BadInput(f"the kubeconfig has no context {wanted!r}", str(kubeconfig), remedy=known)
    return str(wanted)
