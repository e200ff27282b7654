"""
What this machine must have for an embedded cluster, each with the line that brings it.

`statefulspec doctor` prints the list; `up` refuses with the same words before it makes anything.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded import cgroups, inotify, limits
from harness.cluster.embedded.host import as_root, distribution_program
from harness.cluster.embedded.state import Flavour
from harness.errors import EnvironmentUnfit

__all__ = ["Requirement", "check", "install_line", "requirements"]

_PACKAGES = {
    "runc": "runc",
    "catatonit": "catatonit",
    "busybox": "busybox-static",
    "nft": "nftables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "pivot_root": "util-linux",
    "mount": "mount",
    "umount": "mount",
    "sysctl": "procps",
}
"""Program → the Debian package that has it."""

_OF_SERVERS = {"mmdebstrap": "mmdebstrap"}
"""What only the images of real servers need; without it their scenarios are skipped."""

_STATIC = ("busybox", "catatonit")
"""Programs that go into images, where there are no shared libraries."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """
    One thing the machine must have.

    `found` is what there is, in words; `remedy` is a line to run or a sentence; `package` the package that has it.
    What is optional keeps no cluster from starting: it has one capability less.
    """

    name: str
    met: bool
    found: str
    remedy: str = ""
    package: str = ""
    optional: bool = False


def requirements(kind: Flavour = "real", nodes: int = 1) -> list[Requirement]:
    """Return all that a cluster with so many nodes of this kind needs of the machine, met or not."""
    found = [_system()]
    if kind == "real" and found[0].met:  # elsewhere nothing of the rest can even be asked
        found += [_root(), *_programs(), *_kernel(), *_limits(nodes), _cgroups()]
    return found


def install_line(wanted: list[Requirement]) -> str:
    """Return the command that installs the packages of all requirements that are not met; empty for none."""
    packages = sorted({each.package for each in wanted if not each.met and each.package})
    return as_root(f"apt-get install --yes --no-install-recommends {' '.join(packages)}") if packages else ""


def check(kind: Flavour, nodes: int = 1) -> None:
    """Raise EnvironmentUnfit, with the line to run, if the machine lacks anything for so many nodes of this kind."""
    wanted = requirements(kind, nodes)
    missing = [each for each in wanted if not each.met and not each.optional]
    if missing:
        line = install_line(missing)
        remedies = [each.remedy for each in missing if each.remedy and not each.package]
        raise EnvironmentUnfit(
            f"this machine cannot run {kind} nodes: {', '.join(each.name for each in missing)}",
            expected="all that `statefulspec doctor` lists",
            observed="; ".join(f"{each.name}: {each.found}" for each in missing),
            look_at=(*([line] if line else []), *remedies),
        )


def _system() -> Requirement:
    met = platform.system() == "Linux" and platform.machine() == "x86_64"
    remedy = (
        "run the features on a cluster that kind makes in containers: --harness-cluster=kind (https://kind.sigs.k8s.io)"
    )
    return Requirement("Linux on x86_64", met, f"{platform.system()} on {platform.machine()}", remedy)


def _root() -> Requirement:
    up = as_root("statefulspec cluster up")
    remedy = f"{up}, then as yourself: pytest --harness-cluster-name=default; or no root: --harness-cluster=fake"
    return Requirement("root", os.geteuid() == 0, f"user {os.geteuid()}", remedy)


def _programs() -> Iterator[Requirement]:
    for name, package in _PACKAGES.items():
        path = distribution_program(name)
        static = path is None or name not in _STATIC or _is_static(path)
        found = "not installed" if path is None else f"{path}" if static else f"{path}, which needs shared libraries"
        yield Requirement(name, path is not None and static, found, f"apt-get install {package}", package)
    for name, package in _OF_SERVERS.items():
        path = distribution_program(name)
        found = f"{path}" if path else "not installed; scenarios with real servers are skipped without it"
        yield Requirement(name, path is not None, found, f"apt-get install {package}", package, optional=True)


def _is_static(path: Path) -> bool:
    with path.open("rb") as file:
        return b"/ld-" not in file.read(4096)


def _kernel() -> Iterator[Requirement]:
    known = Path("/proc/filesystems").read_text(encoding="utf-8").split()
    modules = Path("/lib/modules", platform.release(), "kernel/fs/overlayfs")
    overlay = "overlay" in known or modules.is_dir()
    yield Requirement("overlay file system", overlay, "known" if overlay else "unknown", "modprobe overlay")
    layered = _on_overlay(Path("/var/lib"))
    where = "an overlay, which cannot hold another" if layered else "can hold container images"
    yield Requirement("/var/lib that can hold images", not layered, where, "mount a volume at /var/lib/statefulspec")


def _limits(nodes: int) -> Iterator[Requirement]:
    wanted, limit, used = inotify.needed(nodes), inotify.limit(), inotify.in_use()
    found = f"{limit - used} of {limit} are free"
    yield Requirement(f"{wanted} inotify instances", limit - used >= wanted, found, as_root(inotify.remedy()))
    wanted, limit, used = inotify.needed_watches(nodes), inotify.watch_limit(), inotify.watches_in_use()
    found = f"{limit - used} of {limit} are free"
    yield Requirement(f"{wanted} inotify watches", limit - used >= wanted, found, as_root(inotify.watch_remedy()))
    wanted, (free, setter) = limits.needed_threads(nodes), limits.free_threads()
    remedy = f"raise {setter}" if "/" in setter else as_root(f"sysctl -w {setter}={1 << 16}")
    yield Requirement(f"{wanted} threads", free >= wanted, f"{setter} leaves {free}", remedy)
    wanted, files = limits.MINIMUM_FILES, limits.open_files()
    remedy = "raise the hard limit of open files for whoever starts the cluster: ulimit -H -n 65536"
    yield Requirement(f"{wanted} open files", files >= wanted, f"a process may have {files}", remedy)
    wanted, few = limits.needed_namespaces(nodes), limits.namespaces()
    name, least = min(few.items(), key=lambda one: one[1], default=("", wanted))
    remedy = as_root(f"sysctl -w {name}={1 << 15}")
    yield Requirement(f"{wanted} namespaces", least >= wanted, f"{name} is {least}" if few else "no limit", remedy)


def _on_overlay(folder: Path) -> bool:
    paths = Path("/var/lib/statefulspec")
    folder = paths if paths.exists() else folder
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [fields for fields in mounts if folder.is_relative_to(fields[1])]
    return bool(holding) and max(holding, key=lambda fields: len(fields[1]))[2] == "overlay"


def _cgroups() -> Requirement:
    found = "version 2" if cgroups.is_unified() else "version 1" if cgroups.is_mounted() else "not mounted"
    return Requirement("cgroups", found != "not mounted", found, "mount cgroup version 1 or 2 at /sys/fs/cgroup")
