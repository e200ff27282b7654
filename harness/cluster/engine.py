"""The container engine in whose containers kind and k3d run their nodes: docker, nerdctl or podman."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.local import ask
from harness.errors import EnvironmentUnfit

__all__ = ["Engine", "find_engine"]

_CGROUPS = {"podman": "{{.Host.CgroupsVersion}}"}
_EMPTY = "rm -rf /left/* /left/.[!.]* /left/..?*"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers, by the name of its program."""

    program: str

    def has_cgroup_v1(self) -> bool:
        """Return whether its containers have the older cgroups, which a kubelet refuses since Kubernetes 1.35."""
        told = ask((self.program, "info", "--format", _CGROUPS.get(self.program, "{{.CgroupVersion}}")), self._asking)
        return told.strip().removeprefix("v") == "1"

    def emptying(self, folder: Path, container: str) -> tuple[str, ...]:
        """
        Return the command that empties a folder in which pods have written, with the image of a container.

        What they leave belongs to users of theirs, and often to root: who runs this may not remove it.
        """
        image = ask((self.program, "inspect", "--format", "{{.Image}}", container), self._asking).strip()
        where = ("--volume", f"{folder}:/left", "--network", "none", "--entrypoint", "/bin/sh")
        return (self.program, "run", "--rm", *where, image, "-c", _EMPTY)

    @property
    def _asking(self) -> str:
        return f"asking {self.program}"


def find_engine(maker: str, known: Sequence[str], asked: str | None = None) -> Engine:
    """
    Return the engine that `maker` uses: the one that it was asked to, else the first one known that is installed.

    Raises EnvironmentUnfit where there is none, or where it does not answer.
    """
    found = next((each for each in ([asked] if asked else known) if shutil.which(each)), None)
    if found is None:
        wanted = asked or " or ".join(each for each in known if each != "nerdctl")
        raise EnvironmentUnfit(
            f"{maker} has no container engine here",
            expected=f"{wanted} is installed",
            observed="it is not on PATH" if asked or len(known) == 1 else "neither is on PATH",
            look_at=(
                "https://docs.docker.com/engine/install/",
                "--harness-cluster=embedded, which needs no container engine",
            ),
        )
    try:
        ask((found, "ps", "--quiet"), f"asking {found} for its containers")
    except EnvironmentUnfit as error:
        raise EnvironmentUnfit(
            f"{found} is installed, but does not answer",
            expected=error.expected,
            observed=error.observed,
            look_at=(f"is its service running, and may you use it? {found} info",),
        ) from error
    return Engine(found)
