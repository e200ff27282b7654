"""The configuration files of a node's programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.cluster.embedded.control_plane import NODE_GRACE_S
from harness.cluster.embedded.images import PAUSE_IMAGE

__all__ = ["INSIDE", "SOCKET", "cni", "containerd", "kube_proxy", "kubelet"]

INSIDE = Path("/cluster")
"""Where a node sees the cluster's folder."""

SOCKET = "/run/containerd/containerd.sock"
_MEMORY_KEPT_FREE = "100Mi"


def containerd(inside: Path) -> str:
    """
    Return containerd's configuration; `inside` is the node's folder as the node sees it.

    The shim is named by its path: containerd looks for it on PATH first, where a distribution's own containerd has one
    of another version (containerd 1.6's cannot be spoken to by 2.x: "type with url … not found").
    """
    return f"""
version = 3
root = "{inside}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "{SOCKET}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "{PAUSE_IMAGE}"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["{INSIDE}/bin"]
    conf_dir = "{inside}/cni"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    runtime_path = "{INSIDE}/bin/containerd-shim-runc-v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "{INSIDE}/bin/runc"
      SystemdCgroup = false
"""


def cni(pods: str) -> dict[str, Any]:
    """Return the network of pods: each is routed to its node, none shares a bridge that would need a kernel module."""
    ranges = {"ranges": [[{"subnet": pods}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/run/cni"}
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {"type": "ptp", "ipam": {"type": "host-local", **ranges}},
            {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True, "backend": "nftables"},
        ],
    }


def kubelet(inside: Path, name: str, address: str, cgroup: str, dns: str) -> dict[str, Any]:
    """Return the kubelet's configuration; what has a default that would touch the machine is set here."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": f"{INSIDE}/pki/ca.crt"},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "tlsCertFile": f"{INSIDE}/pki/{name}.crt",
        "tlsPrivateKeyFile": f"{INSIDE}/pki/{name}.key",
        "address": address,
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [dns],
        "resolvConf": "",
        "podLogsDir": f"{inside}/logs",
        "volumePluginDir": f"{inside}/plugins",
        "evictionHard": {"memory.available": _MEMORY_KEPT_FREE},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
        "nodeStatusUpdateFrequency": "2s",
        "nodeLeaseDurationSeconds": NODE_GRACE_S,
    }


def kube_proxy(name: str, address: str, slot: str) -> dict[str, Any]:
    """Return kube-proxy's configuration; settings of the whole machine's connection tracking are left alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": f"{INSIDE}/pki/kube-proxy.kubeconfig"},
        "hostnameOverride": name,
        "clusterCIDR": slot,
        "detectLocalMode": "ClusterCIDR",
        "bindAddress": address,
        "healthzBindAddress": "",
        "metricsBindAddress": "127.0.0.1:10249",
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "nftables": {"minSyncPeriod": "100ms"},
    }
