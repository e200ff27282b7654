"""The configuration files of a node's programs."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.cluster.embedded.control_plane import NODE_GRACE_S
from harness.cluster.embedded.images import PAUSE_IMAGE

__all__ = ["INSIDE", "IN_NODE", "SOCKET", "cni", "containerd", "etc", "kube_proxy", "kubelet"]

INSIDE = Path("/cluster")
"""Where a node sees the cluster's folder."""

IN_NODE = {"PATH": f"{INSIDE}/bin"}
"""The environment of what runs in a node: its programs are the cluster's own, and no others are there to be found."""

SOCKET = "/run/containerd/containerd.sock"
_MEMORY_KEPT_FREE = "100Mi"


def containerd(inside: Path) -> str:
    """
    Return containerd's configuration; `inside` is the node's folder as the node sees it.

    The shim is named by its path: containerd looks for it on PATH before it looks beside itself, and one of another
    version cannot be spoken to (containerd 1.6's by 2.x: "type with url … not found").
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


def etc(name: str, address: str, token: str) -> dict[str, str]:
    """
    Return what lies in a node's /etc, by file name; nothing there is the machine's.

    Pods see it too: one in the network of its node gets these hosts, one with `dnsPolicy: Default` this resolv.conf
    (containerd copies it, and starts no pod where it is a link into a /run that is another's).
    """
    return {
        "hosts": f"127.0.0.1 localhost\n::1 localhost\n{address} {name}\n",
        "hostname": f"{name}\n",
        "resolv.conf": "# nothing outside the cluster is resolved\n",
        "passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        "group": "root:x:0:\nnogroup:x:65534:\n",
        "machine-id": f"{sha256(f'{token}/{name}'.encode()).hexdigest()[:32]}\n",
        "os-release": 'ID=statefulspec\nPRETTY_NAME="statefulspec embedded node"\n',
        # nft prints protocols by these names, which kube-proxy reads.
        "protocols": "icmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6-icmp 58 IPv6-ICMP\nsctp 132 SCTP\n",
    }


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


def kubelet(inside: Path, name: str, address: str, cgroup: str, dns: str, gates: Mapping[str, bool]) -> dict[str, Any]:
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
        "featureGates": dict(gates),
    }


def kube_proxy(name: str, address: str, slot: str, gates: Mapping[str, bool]) -> dict[str, Any]:
    """Return kube-proxy's configuration; settings of the whole machine's connection tracking are left alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": f"{INSIDE}/pki/{name}-kube-proxy.kubeconfig"},
        "hostnameOverride": name,
        "clusterCIDR": slot,
        "detectLocalMode": "ClusterCIDR",
        "bindAddress": address,
        "healthzBindAddress": "",
        "metricsBindAddress": "127.0.0.1:10249",
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "nftables": {"minSyncPeriod": "100ms"},
        "featureGates": dict(gates),
    }
