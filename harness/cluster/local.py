"""
Local clusters: those that a program such as kind or minikube makes on this machine.

A cluster that is there already under the wanted name is used and stays. One that was made here is removed by `stop`,
or, should this process be killed, by its supervisor.
"""

from __future__ import annotations

import fcntl
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from harness import timeouts
from harness.cluster import supervisor
from harness.cluster.arrival import await_arrival
from harness.cluster.context import Context
from harness.cluster.embedded import inotify
from harness.cluster.embedded.at_hand import server_archives, specification_archives
from harness.cluster.providers import Order
from harness.cluster.supervision import await_made, release, start_supervisor, tell
from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.model import format_seconds

__all__ = ["SHARED", "Commands", "Local", "ask", "bring_up"]

SHARED = "/tmp/hostpath_pv"  # noqa: S108 - a folder of nodes
"""Where volumes that are folders lie on the nodes: one folder of all nodes, wherever that can be had."""

_PLENTY = 512
"""Inotify instances: what kind's known issues ask for (https://kind.sigs.k8s.io/docs/user/known-issues)."""


@dataclass(frozen=True, slots=True)
class Commands:
    """
    What to tell a program about one cluster, and the context that it gives to it.

    `make`, and `use` for one that is there, write the kubeconfig; `load` is followed by the path of an archive. `logs`
    shows what its components have said. `empty`: asked once a cluster is made, the command that empties, when it is
    gone, the folder that its nodes have shared.
    """

    context: str
    make: Sequence[str]
    use: Sequence[str]
    remove: Sequence[str]
    load: Sequence[str]
    logs: Sequence[str]
    empty: Callable[[], Sequence[str]] | None = None


class Local(Context):
    """
    A cluster on this machine; made by `bring_up`.

    `nodes`: how many pods shall be able to use, 0 for as many as there are. `new`: whether it was made just now, for
    this run.
    """

    def __init__(
        self, name: str, folder: Path, commands: Commands, supervising: subprocess.Popen[str], *, nodes: int, new: bool
    ) -> None:
        content = YAML(typ="safe", pure=True).load(folder / "kubeconfig")
        super().__init__(commands.context, str(content["clusters"][0]["cluster"]["server"]), folder)
        self.name = name
        self._commands, self._supervising = commands, supervising
        self._nodes, self.new = nodes, new

    def describe(self) -> str:
        """Return the program, the cluster's name and its server."""
        return f"{Path(self._commands.make[0]).name} cluster {self.name} at {self.server}"

    def settle(self, api: Api, progress: Callable[[str], None]) -> None:
        """Return when the ordered nodes and the DNS are there; raises EnvironmentUnfit when they do not come."""
        if self._nodes:
            within = timeouts.LOCAL_ARRIVAL if self.new else timeouts.LOCAL_RETURN
            look_at = (shlex.join(self._commands.logs), *_few_instances())
            await_arrival(api, self._nodes, self.name, progress, within_s=within.s, look_at=look_at)
        if self.new:
            self._load(specification_archives(progress), progress)

    def provide(self, capability: str, progress: Callable[[str], None]) -> None:
        """Try out what must be tried, and load the images of real servers that are at hand into a cluster made now."""
        super().provide(capability, progress)
        if capability == "needs_servers" and self.new:
            self._load(server_archives(progress), progress)

    def load_image(self, archive: Path) -> None:
        """Load an archive into every node with the cluster's own program."""
        ask([*self._commands.load, str(archive)], f"loading {archive.name} into {self.name}", timeouts.LOCAL_LOADING.s)

    def _load(self, archives: Iterable[Path], progress: Callable[[str], None]) -> None:
        for archive in archives:
            began = time.monotonic()
            try:
                self.load_image(archive)
            except EnvironmentUnfit as error:
                progress(f"images that are at hand are pulled nevertheless: {error}")
            else:
                progress(f"loaded {archive.parent.name} in {format_seconds(time.monotonic() - began)}")

    def stop(self) -> None:
        """Remove the cluster, if it was made here for this run alone; raises EnvironmentUnfit where that fails."""
        words = release(self._supervising)
        super().stop()
        if self._supervising.returncode:
            raise EnvironmentUnfit(
                f"cluster {self.name} could not be removed",
                expected=f"`{shlex.join(self._commands.remove)}` succeeds",
                observed=words or f"its supervisor ended with status {self._supervising.returncode}",
                look_at=(shlex.join(self._commands.remove),),
            )


def _few_instances() -> tuple[str, ...]:
    """Return how to raise the number of inotify instances where it is what a distribution sets, on this machine."""
    few = sys.platform == "linux" and inotify.limit() < _PLENTY
    return (f"nodes in containers share {inotify.limit()} inotify instances: {inotify.remedy()}",) if few else ()


def ask(command: Sequence[str], purpose: str, limit_s: float | None = None) -> str:
    """Return what a command prints; raises EnvironmentUnfit with its words if it fails or takes too long."""
    within_s = timeouts.LOCAL_ASKING.s if limit_s is None else limit_s
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=within_s,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentUnfit(
            f"{purpose} did not end", expected=f"`{shlex.join(command)}` ends within {within_s:.0f} s"
        ) from error
    if done.returncode:
        raise EnvironmentUnfit(
            f"{purpose} failed",
            expected=f"`{shlex.join(command)}` succeeds",
            observed=done.stderr.strip()[-1000:] or f"exit status {done.returncode}",
        )
    return done.stdout


def bring_up(
    program: Path,
    order: Order,
    commands: Callable[[str, Path], Commands],
    existing: Callable[[], Collection[str]],
    progress: Callable[[str], None],
) -> Local:
    """
    Return the ordered cluster: the one that is there already, else one made now, which `stop` removes unless it stays.

    Its nodes may still be on their way until `settle` has returned. Without a name it gets one that no other has.
    `commands`: of a cluster's name and a folder of its own, readable for this user alone, in which `kubeconfig` is
    written. `existing`: the names of the clusters that there are. Raises EnvironmentUnfit with the program's last
    words, and with nothing left behind, where the cluster cannot be made.
    """
    with ExitStack() as undoing, _one_at_a_time(program, order.name, progress):
        ours = not order.name or order.name not in existing()
        name = order.name or f"statefulspec-{secrets.token_hex(4)}"
        folder = Path(tempfile.mkdtemp(prefix="statefulspec-cluster-"))
        undoing.callback(shutil.rmtree, folder, ignore_errors=True)  # where its supervisor has not done so
        told = commands(name, folder)
        undo = told.remove if ours else ()
        undone = () if order.keep else undo
        task = supervisor.Task(told.make if ours else told.use, undo, undone, str(folder), timeouts.LOCAL_MAKING.s)
        progress(f"{program.name}: {'making' if ours else 'using'} cluster {name}")
        supervising = start_supervisor(task)
        undoing.callback(release, supervising)
        await_made(supervising, task, progress)
        if task.remove and told.empty:
            tell(supervising, told.empty())
        cluster = Local(name, folder, told, supervising, nodes=order.nodes or int(ours), new=ours)
        undoing.pop_all()
    if ours and order.keep:
        progress(f"cluster {name} stays; remove it with: {shlex.join(told.remove)}")
    return cluster


@contextmanager
def _one_at_a_time(program: Path, name: str, progress: Callable[[str], None]) -> Iterator[None]:
    """Hold the program while a name is looked for and taken, so that two concurrent runs do not both create it."""
    with program.open("rb") as file:
        if name:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress(f"waiting for another run that starts a cluster with {program.name}")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
