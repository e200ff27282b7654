"""
The pinned programs of a cluster, one family for each upstream project.

A family's version stands in its go.mod and nowhere else; here stands what a go.mod cannot say: which program comes from
which package, and the flags it is built with. Families lie in `programs/<family>`; what a version of Kubernetes has of
its own lies in `programs/<minor release>/<family>`, and such a folder makes a version known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.api_server import minor_of
from harness.errors import BadInput

__all__ = [
    "DEFAULT",
    "GO_BETWEEN",
    "Family",
    "Program",
    "families",
    "family_of",
    "kubernetes_versions",
    "pinned",
    "program_names",
    "release_of",
]

DEFAULT = "1.36"
"""The newest stable minor release on which every feature is green."""

_HOME = Path(__file__).parent / "programs"
_ETCD = "go.etcd.io/etcd"
_K8S = "k8s.io/kubernetes"
_K8S_VERSION = "k8s.io/component-base/version"
_CONTAINERD = "github.com/containerd/containerd/v2"
_LEASE_STAGE = "kustomize/stage/node/heartbeat-with-lease"
_CNI = "github.com/containernetworking/plugins"


@dataclass(frozen=True, slots=True)
class Program:
    """One program, and the Go package it is built from: `.` is a main of ours that lies beside the family's go.mod."""

    name: str
    package: str


@dataclass(frozen=True, slots=True)
class Family:
    """
    Programs that are built together from one pinned module.

    `files` are copied out of that module, each a file or a whole folder; `home` is where the family has its folder.
    Where the programs need one package under two spellings of its path, `together` is false: one command refuses both.
    """

    name: str
    module: str
    version: str
    programs: tuple[Program, ...]
    link_flags: str = "-s -w"
    tags: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    home: Path = _HOME
    together: bool = True

    @property
    def folder(self) -> Path:
        """The folder that holds the family's go.mod and go.sum."""
        return self.home / self.name


GO_BETWEEN = Family(
    "go-between", "statefulspec/programs/go-between", "(part of this package)", (Program("go-between", "."),)
)
"""A program that is ours as a whole, of Go's standard library alone: see `harness.cluster.embedded.go_between`."""


def pinned(folder: Path, module: str) -> str:
    """Return the version of a module that the go.mod in a folder requires."""
    found = re.search(rf"^(?:require )?\s*{re.escape(module)} (v\S+)", (folder / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise KeyError(f"{folder / 'go.mod'} does not require {module}")
    return found[1]


@cache
def kubernetes_versions() -> tuple[str, ...]:
    """Return the minor releases that can be had, as in `1.36`, the oldest first."""
    found = {minor: path.name for path in _HOME.iterdir() if (minor := minor_of(path.name))}
    return tuple(name for _, name in sorted(found.items()))


def release_of(minor: str = DEFAULT) -> str:
    """Return the patch release that is pinned of a minor one, as in `v1.36.3`; BadInput, with those known, for none."""
    if minor not in kubernetes_versions():
        known = ", ".join(f"{each} ({release_of(each)})" for each in kubernetes_versions())
        raise BadInput(f"there is no Kubernetes {minor} to be had here", remedy=f"these are pinned: {known}")
    return pinned(_HOME / minor / "kubernetes", _K8S)


@cache
def families(minor: str = DEFAULT) -> tuple[Family, ...]:
    """Return the families that a cluster of a minor release of Kubernetes is made of; BadInput for an unknown one."""
    release_of(minor)
    return tuple(
        make(_HOME / minor if (_HOME / minor / name).is_dir() else _HOME)
        for name, make in {
            "etcd": _etcd,
            "containerd": _containerd,
            "cni": _cni,
            "kubernetes": _kubernetes,
            "coredns": _coredns,
            "kwok": _kwok,
        }.items()
    )


def program_names(minor: str = DEFAULT) -> list[str]:
    """Return the names of all programs that a cluster of a minor release is made of, sorted."""
    return sorted(program.name for family in families(minor) for program in family.programs)


def family_of(program: str, minor: str = DEFAULT) -> Family:
    """Return the family that the named program belongs to; KeyError for a name that no family has."""
    for family in families(minor):
        if any(member.name == program for member in family.programs):
            return family
    raise KeyError(program)


def _etcd(home: Path) -> Family:
    module = f"{_ETCD}/server/v3"
    programs = (Program("etcd", module), Program("etcdctl", f"{_ETCD}/etcdctl/v3"))
    return Family("etcd", module, pinned(home / "etcd", module), programs, home=home)


def _containerd(home: Path) -> Family:
    version = pinned(home / "containerd", _CONTAINERD)
    return Family(
        "containerd",
        _CONTAINERD,
        version,
        tuple(Program(name, f"{_CONTAINERD}/cmd/{name}") for name in ("containerd", "containerd-shim-runc-v2", "ctr")),
        link_flags=f"-s -w -X {_CONTAINERD}/version.Version={version}",
        tags="no_btrfs,no_zfs,no_devmapper",
        home=home,
    )


def _cni(home: Path) -> Family:
    version = pinned(home / "cni", _CNI)
    return Family(
        "cni",
        _CNI,
        version,
        (
            Program("ptp", f"{_CNI}/plugins/main/ptp"),
            Program("loopback", f"{_CNI}/plugins/main/loopback"),
            Program("host-local", f"{_CNI}/plugins/ipam/host-local"),
            Program("portmap", f"{_CNI}/plugins/meta/portmap"),
        ),
        link_flags=f"-s -w -X {_CNI}/pkg/utils/buildversion.BuildVersion={version}",
        home=home,
    )


def _kubernetes(home: Path) -> Family:
    version = pinned(home / "kubernetes", _K8S)
    major, minor = minor_of(version) or (0, 0)
    names = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubectl", "kubelet")
    return Family(
        "kubernetes",
        _K8S,
        version,
        (*(Program(name, f"{_K8S}/cmd/{name}") for name in names), Program("agnhost", f"{_K8S}/test/images/agnhost")),
        link_flags=f"-s -w -X {_K8S_VERSION}.gitVersion={version}"
        f" -X {_K8S_VERSION}.gitMajor={major} -X {_K8S_VERSION}.gitMinor={minor}",
        files={
            "localhost.crt": "test/images/agnhost/porter/localhost.crt",
            "localhost.key": "test/images/agnhost/porter/localhost.key",
        },
        home=home,
    )


def _coredns(home: Path) -> Family:
    module = "github.com/coredns/coredns"
    return Family("coredns", module, pinned(home / "coredns", module), (Program("coredns", "."),), home=home)


def _kwok(home: Path) -> Family:
    module = "sigs.k8s.io/kwok"
    version = pinned(home / "kwok", module)
    return Family(
        "kwok",
        module,
        version,
        (Program("kwok", f"{module}/cmd/kwok"),),
        link_flags=f"-s -w -X {module}/pkg/consts.Version={version}",
        files={
            "node-initialize.yaml": "kustomize/stage/node/fast/node-initialize.yaml",
            "node-heartbeat-with-lease.yaml": f"{_LEASE_STAGE}/node-heartbeat-with-lease.yaml",
            "pod-ready.yaml": "kustomize/stage/pod/fast/pod-ready.yaml",
            "pod-complete.yaml": "kustomize/stage/pod/fast/pod-complete.yaml",
            "pod-delete.yaml": "kustomize/stage/pod/fast/pod-delete.yaml",
        },
        home=home,
    )
