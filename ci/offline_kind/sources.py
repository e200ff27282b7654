"""What a node image is made of that the embedded cluster lacks: kind, and the programs and files of its nodes."""

from __future__ import annotations

import re
from pathlib import Path

from harness.cluster.embedded.families import Family, Program, family_of, pinned

__all__ = ["KIND", "manifest", "quoted"]

_HOME = Path(__file__).parent / "programs"
_KIND = "sigs.k8s.io/kind"
_NODE_IMAGE = "pkg/build/nodeimage"

KIND = Family(
    "kind",
    _KIND,
    pinned(_HOME / "kind", _KIND),
    (
        Program("kind", _KIND),
        Program("kubeadm", "k8s.io/kubernetes/cmd/kubeadm"),
        Program("crictl", "sigs.k8s.io/cri-tools/cmd/crictl"),
        Program("local-path-provisioner", "github.com/rancher/local-path-provisioner"),
    ),
    # kubeadm refuses a control plane of another version than it says it is of
    link_flags=family_of("kubelet").link_flags,
    files={
        "base": "images/base/files",
        "network.go": f"{_NODE_IMAGE}/const_cni.go",
        "storage.go": f"{_NODE_IMAGE}/const_storage.go",
    },
    home=_HOME,
    # local-path-provisioner imports both github.com/Sirupsen/logrus and github.com/sirupsen/logrus
    together=False,
)
"""
Pinned, because kind announces that its nodes will no longer run on cgroup version 1.

One module for all of them, so that they share what is built of Kubernetes.
"""


def quoted(source: str) -> dict[str, str]:
    """Return the constants of a Go file that are a plain string, by name."""
    return dict(re.findall(r'^const (\w+) = "([^"]*)"$', source, re.MULTILINE))


def manifest(source: str) -> str:
    """Return the manifest in a Go file: raw strings between which names of its plain constants stand."""
    constants = quoted(source)
    _, _, expression = source.partition("Manifest = ")
    raw, *rest = re.split(r"`", expression)[1:]
    text = raw
    for between, following in zip(rest[::2], rest[1::2], strict=False):
        text += constants[between.strip(" +")] + following
    return text
