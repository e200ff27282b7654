"""
Up, down, status: the life of an embedded cluster on this machine.

`up` and `down` may be called at any time, also after anything of the cluster or of this program was killed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.api_server import short
from harness.cluster.components import Component, component_of, is_alive
from harness.cluster.embedded import cgroups, fake, inotify, processes, real, requirements, servers, skew
from harness.cluster.embedded.addresses import MAXIMUM_NODES, SLOTS
from harness.cluster.embedded.answering import TooLate
from harness.cluster.embedded.assembly import Assembly
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.complaints import complaint, pod_logs
from harness.cluster.embedded.families import DEFAULT, release_of
from harness.cluster.embedded.gates import check, spelled
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.host import as_root
from harness.cluster.embedded.locking import locked, remove_empty
from harness.cluster.embedded.process_outages import outages_of
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths, ClusterState, Flavour, all_paths
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["Status", "down", "list_clusters", "mended", "prepare", "remove_orphans", "status", "up"]


_LOCATING = ("HOME", "HARNESS_CACHE", "XDG_CACHE_HOME")
"""What in the environment decides where a cluster lies."""


@dataclass(frozen=True, slots=True)
class Status:
    """A cluster that exists: what it was made as, and which of its components have ended, outages on purpose aside."""

    paths: ClusterPaths
    state: ClusterState
    ended: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether the cluster was brought up completely and every component of it is alive."""
        return self.state.ready and not self.ended

    @property
    def minor(self) -> str:
        """The minor release of Kubernetes that the cluster was made of, as in `1.36`."""
        return short(self.state.kubernetes) or DEFAULT


def up(
    name: str,
    nodes: int = 1,
    kind: Flavour = "real",
    *,
    progress: Callable[[str], None],
    owner_pid: int | None = None,
    programs: Mapping[str, Path] | None = None,
    kubernetes: str = DEFAULT,
    gates: Mapping[str, bool] | None = None,
) -> Status:
    """
    Return when the named cluster runs; one that runs already as asked is left as it is, a broken one is made anew.

    `nodes`: 1 to 5 real ones, or 1 to 100 fake ones. With `owner_pid` the cluster ends when that process ends.
    `programs`: paths of programs to use instead of the pinned ones. `kubernetes`: a minor release, as in `1.36`;
    `gates`: feature gates of it to turn on or off. Raises BadInput for what cannot be asked, and EnvironmentUnfit, with
    nothing left behind, when the machine cannot do it.
    """
    release = release_of(kubernetes)
    _check_request(nodes, kind)
    paths = ClusterPaths.of(name)
    found = Programs(GoModules(Cache.of_user(), progress), programs, kubernetes)
    skew.check(release, found.given)
    remove_orphans(progress)
    with locked(paths.lock):
        existing = _status(paths)
        if existing is None or not existing.runs:
            if existing:
                progress(f"removing what is left of cluster {name}")
            if gates:
                check(found.find(("kube-apiserver",))["kube-apiserver"], release, gates)
            wanted = ClusterState(name, kind, nodes, kubernetes=release, given=found.given, gates=dict(gates or {}))
            return _make(paths, wanted, owner_pid, found, progress)
    if _kind_of(existing) != (nodes, kind, kubernetes, gates or {}):
        with_gates = f" with {spelled(gates)}" if gates else ""
        raise _Other(existing, f"{nodes} {kind} nodes of Kubernetes {kubernetes}{with_gates}")
    return mended(existing)


def _make(
    paths: ClusterPaths, wanted: ClusterState, owner_pid: int | None, found: Programs, progress: Callable[[str], None]
) -> Status:
    _remove(paths)
    owner = component_of("owner", owner_pid) if owner_pid else None
    try:
        with _slot_lock():
            slot = _free_slot() if wanted.kind == "real" else -1
            assembly = Assembly(paths, replace(wanted, slot=slot, owner=owner), progress)
        if owner:
            _start_reaper(assembly, owner)
        if wanted.kind == "real":
            real.bring_up(assembly, found, Cache.of_user())
        else:
            fake.bring_up(assembly, found)
        _hand_over(paths)
        assembly.change(ready=True)
    except EnvironmentUnfit as error:
        _explain(error, paths)
        error.look_at = (*error.look_at, *_keep_logs(paths))
        _remove(paths)
        raise
    except BaseException:
        _remove(paths)
        raise
    return Status(paths, assembly.state, ())


def prepare(
    kind: Flavour = "real",
    *,
    progress: Callable[[str], None],
    programs: Mapping[str, Path] | None = None,
    kubernetes: str = DEFAULT,
    servers_too: bool = False,
) -> None:
    """
    Have every program and image of a cluster ready, so that `up` takes seconds; raises what `up` raises.

    Images of real servers are made when the first scenario needs them. With `servers_too` they are made now, and left
    out where this machine cannot make them: a cluster does without.
    """
    requirements.check(kind)
    cache = Cache.of_user()
    found = Programs(GoModules(cache, progress), programs, kubernetes)
    if kind == "real":
        real.prepare(found, cache)
        if servers_too and servers.can_be_made():
            for archive in servers.archives(Programs(GoModules(cache, progress), programs), cache, progress):
                progress(f"{archive} is ready")
    else:
        fake.prepare(found)


def mended(running: Status) -> Status:
    """
    Return a running cluster of this user's without the outages whose makers have ended.

    Raises EnvironmentUnfit where one of them cannot be mended.
    """
    if ClusterPaths.of(running.paths.name) == running.paths and outages_of(running.paths).mend(left_behind=True):
        return _status(running.paths) or running
    return running


def down(name: str) -> bool:
    """Remove all that there is of the named cluster; returns whether there was anything."""
    paths = ClusterPaths.of(name)
    if not (paths.state.exists() or paths.data.exists()):
        return False
    with locked(paths.lock):
        _remove(paths)
    return True


def status(name: str) -> Status | None:
    """Return the status of the named cluster, the user's own or else root's, or None when there is none."""
    return next((found for found in list_clusters() if found.state.name == name), None)


def list_clusters() -> list[Status]:
    """Return every cluster this user can see."""
    return [found for paths in all_paths() if (found := _status(paths))]


def remove_orphans(progress: Callable[[str], None]) -> None:
    """Remove this user's clusters whose owner has ended, should their reaper have been killed with it."""
    for found in list_clusters():
        mine = ClusterPaths.of(found.state.name) == found.paths
        if mine and found.state.owner and not is_alive(found.state.owner):
            progress(f"removing cluster {found.state.name}, whose owner has ended")
            down(found.state.name)


def _start_reaper(assembly: Assembly, owner: Component) -> None:
    kept = {name: os.environ[name] for name in _LOCATING if name in os.environ}
    modules = os.pathsep.join(map(os.path.abspath, sys.path))  # it does not start in our folder
    environment = {**kept, "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}
    module = "harness.cluster.embedded.reaper"
    command = [sys.executable, "-m", module, assembly.state.name, str(owner.pid), str(owner.started)]
    assembly.start("reaper", command, environment=environment)


def _status(paths: ClusterPaths) -> Status | None:
    state = paths.read()
    if state is None:
        return None
    ended = (component.name for component in state.components if not is_alive(component))
    return Status(paths, state, tuple(name for name in ended if not state.is_out(name)))


def _kind_of(existing: Status) -> tuple[int, Flavour, str, Mapping[str, bool]]:
    state = existing.state
    return state.nodes, state.kind, existing.minor, state.gates


class _Other(BadInput):
    def __init__(self, existing: Status, wanted: str) -> None:
        state = existing.state
        with_gates = f" with {spelled(state.gates)}" if state.gates else ""
        super().__init__(
            f"cluster {state.name} runs with {state.nodes} {state.kind} nodes of Kubernetes {existing.minor}"
            f"{with_gates}, not {wanted}",
            remedy=f"remove it first: statefulspec cluster down --name {state.name}",
        )


def _check_request(nodes: int, kind: Flavour) -> None:
    limit = MAXIMUM_NODES if kind == "real" else 100
    if not 1 <= nodes <= limit:
        raise BadInput(f"{nodes} is not a number of {kind} nodes", remedy=f"ask for 1 to {limit}")
    requirements.check(kind, nodes)


def _remove(paths: ClusterPaths) -> None:
    state = paths.read()
    if state is not None:
        processes.end_all(state.token, state.components)
        if state.kind == "real":
            for group in real.cgroup_names(state):
                cgroups.remove(group)
            real.fabric_of(paths, state).remove()
    for folder in (paths.data, paths.state):
        if folder.exists():
            shutil.rmtree(folder)
            remove_empty(folder.parent)


def _explain(error: EnvironmentUnfit, paths: ClusterPaths) -> None:
    """Put before what has failed why it did, where a log of the cluster tells it and the error does not."""
    refused = inotify.refusal(paths.logs)
    if refused:
        error.look_at = (as_root(inotify.remedy(refused)), *error.look_at)
    repeated = complaint(paths) if isinstance(error, TooLate) else ""
    reason = f"inotify has run out: {refused}" if refused else repeated
    if reason:
        error.observed = "\n".join(filter(None, (error.title, error.observed)))
        error.title = f"the cluster did not come up: {reason}"


def _keep_logs(paths: ClusterPaths) -> tuple[str, ...]:
    if not paths.logs.is_dir() or not any(paths.logs.iterdir()):
        return ()
    kept = Path(tempfile.mkdtemp(prefix=f"statefulspec-logs-{paths.name}-"))
    shutil.copytree(paths.logs, kept, dirs_exist_ok=True)
    for log in pod_logs(paths):
        shutil.copy(log, kept / f"{log.parent.name}-{log.name}")
    return (str(kept),)


def _hand_over(paths: ClusterPaths) -> None:
    paths.state.chmod(0o755)
    if os.geteuid() != 0:
        return
    paths.state.parent.chmod(0o755)
    if user := os.environ.get("SUDO_UID"):
        os.chown(paths.kubeconfig, int(user), int(os.environ.get("SUDO_GID", user)))


def _free_slot() -> int:
    taken = {found.state.slot for found in list_clusters()}
    links = {path.name for path in Path("/sys/class/net").iterdir()}
    for slot in range(SLOTS):
        if slot not in taken and f"sspec{slot}" not in links:
            return slot
    raise EnvironmentUnfit(
        "no room for another cluster", expected=f"fewer than {SLOTS}", look_at=("statefulspec cluster status",)
    )


@contextmanager
def _slot_lock() -> Iterator[None]:
    with locked(ClusterPaths.of("any").lock.with_name(".slots")):
        yield
