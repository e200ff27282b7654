"""What a run was told, validated: read from the options once, when the plugin takes part in the run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from harness import timeouts
from harness.api_server import short
from harness.cluster.embedded.families import release_of
from harness.cluster.provider import CAPABILITIES
from harness.cluster.providers import LOCAL
from harness.errors import BadInput
from harness.plugin.options import CLUSTERS, KEEP, OPTIONS, RECORD, value_of

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Everything a run was told, validated; `cluster` is a key of CLUSTERS, `nodes` 0 where nothing was said.

    `provider`: the values of the options that only this kind of cluster has, by their names in its row of LOCAL.
    `kubernetes`: a minor release, as in `1.36`, empty where nothing was said; `gates`: feature gates to turn on or off.
    `may_lack`: the capabilities that the profile the run claims leaves open, None where it claims none.
    `timeout_scale`: see `harness.timeouts`. `shard`: which part, counted from 1, of how many; (1, 1) for all.
    """

    cluster: str
    nodes: int
    cluster_name: str
    cluster_keep: bool
    provider: dict[str, str]
    kubernetes: str
    gates: dict[str, bool]
    programs: dict[str, Path]
    kubeconfig: Path | None
    context: str
    allow_contexts: tuple[str, ...]
    allow_credential_plugins: tuple[str, ...]
    allow_faults: tuple[str, ...]
    in_cluster: bool
    may_lack: frozenset[str] | None
    timeout_scale: float
    report: Path
    record: str
    keep: str
    pause_on_failure: bool
    shard: tuple[int, int]
    messages: Path | None
    replay: Path | None
    prove: bool


def read_settings(config: pytest.Config) -> Settings:
    """
    Return what this run was told.

    Raises pytest.UsageError that lists the valid values for one that is none of them.
    """
    given = {option.name: value_of(config, option) for option in OPTIONS}
    asked = given["context"] or given["kubeconfig"] or given["in-cluster"]
    cluster = str(given["cluster"] or ("context" if asked else "embedded"))
    if cluster not in CLUSTERS:
        raise pytest.UsageError(f"--harness-cluster={cluster}: there is no such cluster; one of {', '.join(CLUSTERS)}")
    if asked and cluster != "context":
        raise pytest.UsageError(f"--harness-cluster={cluster} does not go with --harness-context or -kubeconfig")
    if given["program"] and cluster not in ("embedded", "fake"):
        raise pytest.UsageError(f"--harness-program: the programs of a cluster of kind {cluster} are its own")
    for name, what in {"kubernetes-version": "version", "feature-gates": "feature gates"}.items():
        if given[name] and cluster not in ("embedded", "fake"):
            raise pytest.UsageError(f"--harness-{name}: a cluster of kind {cluster} has its own {what}")
    return Settings(
        cluster=cluster,
        nodes=_nodes(str(given["nodes"])) if given["nodes"] else 0,
        cluster_name=str(given["cluster-name"] or ""),
        cluster_keep=bool(given["cluster-keep"]),
        provider=_provider(config, cluster, given),
        kubernetes=_kubernetes(str(given["kubernetes-version"] or "")),
        gates=_gates(str(given["feature-gates"] or "")),
        programs=_programs(given["program"] or ()),
        kubeconfig=_path(config, given["kubeconfig"]),
        context=str(given["context"] or ""),
        allow_contexts=tuple(given["allow-contexts"] or ()),
        allow_credential_plugins=tuple(given["allow-credential-plugins"] or ()),
        allow_faults=tuple(given["allow-faults"] or ()),
        in_cluster=bool(given["in-cluster"]),
        may_lack=_profile(given["may-lack"]) if given["may-lack"] else None,
        timeout_scale=_scale(str(given["timeout-scale"] or 1)),
        report=_path(config, given["report"] or "statefulspec-report") or Path(),
        record=_one_of("record", given["record"], RECORD),
        keep=_one_of("keep", given["keep"], KEEP),
        pause_on_failure=bool(given["pause-on-failure"]),
        shard=_shard(str(given["shard"])) if given["shard"] else (1, 1),
        messages=_messages(_path(config, given["messages"])),
        replay=_path(config, given["replay"]),
        prove=bool(given["prove"]),
    )


def _provider(config: pytest.Config, cluster: str, given: Mapping[str, Any]) -> dict[str, str]:
    """
    Return the values of the options that only this kind of cluster has.

    What the ini file says of another kind is for the runs that use it; said for this run it is a mistake.
    """
    for name, provider in LOCAL.items():
        for own in provider.options if name != cluster else ():
            option = next(option for option in OPTIONS if option.name == f"{name}-{own}")
            if config.getoption(option.dest) is not None or os.environ.get(option.dest.upper()):
                problem = f"--harness-{option.name} is for --harness-cluster={name}, and this run is on {cluster}"
                raise pytest.UsageError(problem)
    found = {}
    for own, (_, metavar) in LOCAL[cluster].options.items() if cluster in LOCAL else ():
        value = given[f"{cluster}-{own}"]
        path = _path(config, value) if metavar == "FILE" else None
        if path and not path.is_file():
            raise pytest.UsageError(f"--harness-{cluster}-{own}={value}: there is no such file")
        if value:
            found[own] = str(path or value)
    return found


def _path(config: pytest.Config, given: object) -> Path | None:
    return config.invocation_params.dir / Path(str(given)).expanduser() if given else None


def _one_of(name: str, given: object, known: tuple[str, ...]) -> str:
    """Return what was given, the first of the known values where nothing was."""
    if given and given not in known:
        raise pytest.UsageError(f"--harness-{name}={given}: one of {', '.join(known)}")
    return str(given or known[0])


def _messages(path: Path | None) -> Path | None:
    if path and not find_spec("cucumber_messages"):
        raise pytest.UsageError("--harness-messages needs Cucumber's library: pip install 'statefulspec[messages]'")
    return path


def _nodes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 5:
        raise pytest.UsageError(f"--harness-nodes={text}: a number from 1 to 5")
    return int(text)


def _kubernetes(text: str) -> str:
    try:
        return text and short(release_of(text))
    except BadInput as error:
        raise pytest.UsageError(f"--harness-kubernetes-version={text}: {error.remedy}") from None


def _gates(text: str) -> dict[str, bool]:
    from harness.cluster.embedded import gates

    try:
        return gates.parse(text)
    except BadInput as error:
        raise pytest.UsageError(f"--harness-feature-gates={text}: {error.remedy}") from None


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise pytest.UsageError(f"--harness-shard={text}: I/N, a part from 1 to N of N parts, as in 2/4")
    return int(part), int(parts)


def _scale(text: str) -> float:
    try:
        return timeouts.factor(text)
    except ValueError:
        raise pytest.UsageError(f"--harness-timeout-scale={text}: a positive number, as in 2 or 1.5") from None


def _profile(given: Iterable[str]) -> frozenset[str]:
    for name in given:
        if name not in {"none", *CAPABILITIES}:
            raise pytest.UsageError(f"--harness-may-lack={name}: none, or one of {', '.join(CAPABILITIES)}")
    return frozenset(given) - {"none"}


def _programs(given: Iterable[str]) -> dict[str, Path]:
    programs = {}
    for entry in given:
        name, _, path = entry.partition("=")
        if not path or not Path(path).expanduser().is_file():
            raise pytest.UsageError(f"--harness-program={entry}: write NAME=PATH of an existing program")
        programs[name] = Path(path).expanduser().resolve()
    return programs
