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

from harness.cluster.embedded import cgroups, fake, inotify, processes, real, requirements, servers
from harness.cluster.embedded.addresses import MAXIMUM_NODES, SLOTS
from harness.cluster.embedded.assembly import Assembly
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.complaints import complaint, pod_logs
from harness.cluster.embedded.families import DEFAULT, release_of
from harness.cluster.embedded.gates import check, spelled
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.host import as_root
from harness.cluster.embedded.locking import locked, remove_empty
from harness.cluster.embedded.outages import outages_of
from harness.cluster.embedded.readiness import TooLate
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import Kind, Place, State, places
from harness.cluster.pieces import Piece, is_alive, piece_of
from harness.errors import BadInput, EnvironmentUnfit
from harness.server import short

__all__ = ["Status", "down", "list_clusters", "mended", "prepare", "remove_orphans", "status", "up"]


_LOCATING = ("HOME", "HARNESS_CACHE", "XDG_CACHE_HOME")
"""What in the environment decides where a cluster lies."""


@dataclass(frozen=True, slots=True)
class Status:
    """A cluster that exists: what it was made as, and which of its pieces have ended, outages on purpose aside."""

    place: Place
    state: State
    ended: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether the cluster was brought up completely and every piece of it is alive."""
        return self.state.ready and not self.ended

    @property
    def minor(self) -> str:
        """The minor release of Kubernetes that the cluster was made of, as in `1.36`."""
        return short(self.state.kubernetes) or DEFAULT


def up(
    name: str,
    nodes: int = 1,
    kind: Kind = "real",
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
    place = Place.of(name)
    found = Programs(GoModules(Cache.of_user(), progress), programs, kubernetes)
    remove_orphans(progress)
    with locked(place.lock):
        existing = _status(place)
        if existing is None or not existing.runs:
            if existing:
                progress(f"removing what is left of cluster {name}")
            if gates:
                check(found.find(("kube-apiserver",))["kube-apiserver"], release, gates)
            wanted = State(name, kind, nodes, kubernetes=release, given=found.given, gates=dict(gates or {}))
            return _make(place, wanted, owner_pid, found, progress)
    if _kind_of(existing) != (nodes, kind, kubernetes, gates or {}):
        with_gates = f" with {spelled(gates)}" if gates else ""
        raise _Other(existing, f"{nodes} {kind} nodes of Kubernetes {kubernetes}{with_gates}")
    return mended(existing)


def _make(
    place: Place, wanted: State, owner_pid: int | None, found: Programs, progress: Callable[[str], None]
) -> Status:
    _remove(place)
    owner = piece_of("owner", owner_pid) if owner_pid else None
    try:
        with _slot_lock():
            slot = _free_slot() if wanted.kind == "real" else -1
            assembly = Assembly(place, replace(wanted, slot=slot, owner=owner), progress)
        if owner:
            _start_warden(assembly, owner)
        if wanted.kind == "real":
            real.bring_up(assembly, found, Cache.of_user())
        else:
            fake.bring_up(assembly, found)
        _hand_over(place)
        assembly.change(ready=True)
    except EnvironmentUnfit as error:
        _explain(error, place)
        error.look_at = (*error.look_at, *_keep_logs(place))
        _remove(place)
        raise
    except BaseException:
        _remove(place)
        raise
    return Status(place, assembly.state, ())


def prepare(
    kind: Kind = "real",
    *,
    progress: Callable[[str], None],
    programs: Mapping[str, Path] | None = None,
    kubernetes: str = DEFAULT,
) -> None:
    """
    Have every program and image of a cluster ready, so that `up` takes seconds; raises what `up` raises.

    Images of real servers are left out where this machine cannot make them: a cluster does without.
    """
    requirements.check(kind)
    cache = Cache.of_user()
    found = Programs(GoModules(cache, progress), programs, kubernetes)
    if kind == "real":
        real.prepare(found, cache)
        if servers.can_be_made():
            for archive in servers.archives(Programs(GoModules(cache, progress), programs), cache, progress):
                progress(f"{archive} is ready")
    else:
        fake.prepare(found)


def mended(running: Status) -> Status:
    """
    Return a running cluster of this user's without the outages whose makers have ended.

    Raises EnvironmentUnfit where one of them cannot be mended.
    """
    if Place.of(running.place.name) == running.place and outages_of(running.place).mend(left_behind=True):
        return _status(running.place) or running
    return running


def down(name: str) -> bool:
    """Remove all that there is of the named cluster; returns whether there was anything."""
    place = Place.of(name)
    if not (place.state.exists() or place.data.exists()):
        return False
    with locked(place.lock):
        _remove(place)
    return True


def status(name: str) -> Status | None:
    """Return the status of the named cluster, the user's own or else root's, or None when there is none."""
    return next((found for found in list_clusters() if found.state.name == name), None)


def list_clusters() -> list[Status]:
    """Return every cluster this user can see."""
    return [found for place in places() if (found := _status(place))]


def remove_orphans(progress: Callable[[str], None]) -> None:
    """Remove this user's clusters whose owner has ended, should their warden have been killed with it."""
    for found in list_clusters():
        mine = Place.of(found.state.name) == found.place
        if mine and found.state.owner and not is_alive(found.state.owner):
            progress(f"removing cluster {found.state.name}, whose owner has ended")
            down(found.state.name)


def _start_warden(assembly: Assembly, owner: Piece) -> None:
    kept = {name: os.environ[name] for name in _LOCATING if name in os.environ}
    modules = os.pathsep.join(map(os.path.abspath, sys.path))  # it does not start in our folder
    environment = {**kept, "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}
    module = "harness.cluster.embedded.warden"
    command = [sys.executable, "-m", module, assembly.state.name, str(owner.pid), str(owner.started)]
    assembly.start("warden", command, environment=environment)


def _status(place: Place) -> Status | None:
    state = place.read()
    if state is None:
        return None
    ended = (piece.name for piece in state.pieces if not is_alive(piece))
    return Status(place, state, tuple(name for name in ended if not state.is_out(name)))


def _kind_of(existing: Status) -> tuple[int, Kind, str, Mapping[str, bool]]:
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


def _check_request(nodes: int, kind: Kind) -> None:
    limit = MAXIMUM_NODES if kind == "real" else 100
    if not 1 <= nodes <= limit:
        raise BadInput(f"{nodes} is not a number of {kind} nodes", remedy=f"ask for 1 to {limit}")
    requirements.check(kind, nodes)


def _remove(place: Place) -> None:
    state = place.read()
    if state is not None:
        processes.end_all(state.token, state.pieces)
        if state.kind == "real":
            for group in real.cgroup_names(state):
                cgroups.remove(group)
            real.fabric_of(place, state).remove()
    for folder in (place.data, place.state):
        if folder.exists():
            shutil.rmtree(folder)
            remove_empty(folder.parent)


def _explain(error: EnvironmentUnfit, place: Place) -> None:
    """Put before what has failed why it did, where a log of the cluster tells it and the error does not."""
    refused = inotify.refusal(place.logs)
    if refused:
        error.look_at = (as_root(inotify.remedy(refused)), *error.look_at)
    repeated = complaint(place) if isinstance(error, TooLate) else ""
    reason = f"inotify has run out: {refused}" if refused else repeated
    if reason:
        error.observed = "\n".join(filter(None, (error.title, error.observed)))
        error.title = f"the cluster did not come up: {reason}"


def _keep_logs(place: Place) -> tuple[str, ...]:
    if not place.logs.is_dir() or not any(place.logs.iterdir()):
        return ()
    kept = Path(tempfile.mkdtemp(prefix=f"statefulspec-logs-{place.name}-"))
    shutil.copytree(place.logs, kept, dirs_exist_ok=True)
    for log in pod_logs(place):
        shutil.copy(log, kept / f"{log.parent.name}-{log.name}")
    return (str(kept),)


def _hand_over(place: Place) -> None:
    place.state.chmod(0o755)
    if os.geteuid() != 0:
        return
    place.state.parent.chmod(0o755)
    if user := os.environ.get("SUDO_UID"):
        os.chown(place.kubeconfig, int(user), int(os.environ.get("SUDO_GID", user)))


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
    with locked(Place.of("any").lock.with_name(".slots")):
        yield
