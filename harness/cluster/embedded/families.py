"""
The pinned programs of a cluster, one family for each upstream project.

A family's versions stand in `programs/<family>/go.mod`; here stands what a go.mod cannot say: which program comes from
which package, and the flags it is built with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["FAMILIES", "KUBERNETES_VERSION", "PROGRAMS", "Family", "Program", "family_of"]

KUBERNETES_VERSION = "v1.36.3"
_K8S = "k8s.io/kubernetes"
_K8S_VERSION = "k8s.io/component-base/version"
_CONTAINERD = "github.com/containerd/containerd/v2"
_LEASE_STAGE = "kustomize/stage/node/heartbeat-with-lease"
_CNI = "github.com/containernetworking/plugins"


@dataclass(frozen=True, slots=True)
class Program:
    """One program, and the Go package it is built from."""

    name: str
    package: str


@dataclass(frozen=True, slots=True)
class Family:
    """
    Programs that are built together from one pinned module.

    `files` are copied out of that module, each a file or a whole folder; `home` is where families have their folders.
    """

    name: str
    module: str
    version: str
    programs: tuple[Program, ...]
    link_flags: str = "-s -w"
    tags: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    home: Path = Path(__file__).parent / "programs"

    @property
    def folder(self) -> Path:
        """The folder that holds the family's go.mod and go.sum."""
        return self.home / self.name


FAMILIES: tuple[Family, ...] = (
    Family(
        "etcd",
        "go.etcd.io/etcd/server/v3",
        "v3.6.8",
        (
            Program("etcd", "go.etcd.io/etcd/server/v3"),
            Program("etcdctl", "go.etcd.io/etcd/etcdctl/v3"),
        ),
    ),
    Family(
        "containerd",
        _CONTAINERD,
        "v2.4.2",
        (
            Program("containerd", f"{_CONTAINERD}/cmd/containerd"),
            Program("containerd-shim-runc-v2", f"{_CONTAINERD}/cmd/containerd-shim-runc-v2"),
            Program("ctr", f"{_CONTAINERD}/cmd/ctr"),
        ),
        link_flags=f"-s -w -X {_CONTAINERD}/version.Version=v2.4.2",
        tags="no_btrfs,no_zfs,no_devmapper",
    ),
    Family(
        "cni",
        _CNI,
        "v1.9.1",
        (
            Program("ptp", f"{_CNI}/plugins/main/ptp"),
            Program("loopback", f"{_CNI}/plugins/main/loopback"),
            Program("host-local", f"{_CNI}/plugins/ipam/host-local"),
            Program("portmap", f"{_CNI}/plugins/meta/portmap"),
        ),
        link_flags=f"-s -w -X {_CNI}/pkg/utils/buildversion.BuildVersion=v1.9.1",
    ),
    Family(
        "kubernetes",
        _K8S,
        KUBERNETES_VERSION,
        (
            Program("kube-apiserver", f"{_K8S}/cmd/kube-apiserver"),
            Program("kube-controller-manager", f"{_K8S}/cmd/kube-controller-manager"),
            Program("kube-scheduler", f"{_K8S}/cmd/kube-scheduler"),
            Program("kube-proxy", f"{_K8S}/cmd/kube-proxy"),
            Program("kubectl", f"{_K8S}/cmd/kubectl"),
            Program("kubelet", f"{_K8S}/cmd/kubelet"),
            Program("agnhost", f"{_K8S}/test/images/agnhost"),
        ),
        link_flags=f"-s -w -X {_K8S_VERSION}.gitVersion={KUBERNETES_VERSION}"
        f" -X {_K8S_VERSION}.gitMajor=1 -X {_K8S_VERSION}.gitMinor=36",
        files={
            "localhost.crt": "test/images/agnhost/porter/localhost.crt",
            "localhost.key": "test/images/agnhost/porter/localhost.key",
        },
    ),
    Family(
        "coredns",
        "github.com/coredns/coredns",
        "v1.14.7",
        (Program("coredns", "github.com/coredns/coredns"),),
    ),
    Family(
        "kwok",
        "sigs.k8s.io/kwok",
        "v0.8.0",
        (Program("kwok", "sigs.k8s.io/kwok/cmd/kwok"),),
        link_flags="-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=v0.8.0",
        files={
            "node-initialize.yaml": "kustomize/stage/node/fast/node-initialize.yaml",
            "node-heartbeat-with-lease.yaml": f"{_LEASE_STAGE}/node-heartbeat-with-lease.yaml",
            "pod-ready.yaml": "kustomize/stage/pod/fast/pod-ready.yaml",
            "pod-complete.yaml": "kustomize/stage/pod/fast/pod-complete.yaml",
            "pod-delete.yaml": "kustomize/stage/pod/fast/pod-delete.yaml",
        },
    ),
)

PROGRAMS: dict[str, Program] = {program.name: program for family in FAMILIES for program in family.programs}
"""Every program by its name."""


def family_of(program: str) -> Family:
    """Return the family that the named program belongs to; KeyError for a name that no family has."""
    for family in FAMILIES:
        if any(member.name == program for member in family.programs):
            return family
    raise KeyError(program)
