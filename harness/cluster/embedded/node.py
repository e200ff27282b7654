"""
One real node: namespaces of its own around containerd, kube-proxy and kubelet.

The node's root is a small folder with the machine's programs bound in read-only, so that whatever a pod writes to its
node stays in the cluster's folder. Its first process only reaps; when that one dies the kernel ends all the others.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cluster.embedded import cgroups
from harness.cluster.embedded.control_plane import NODE_GRACE_S
from harness.cluster.embedded.images import PAUSE_IMAGE
from harness.cluster.embedded.processes import spawn, tail
from harness.cluster.embedded.state import Piece
from harness.errors import EnvironmentUnfit

__all__ = ["Node"]

_INSIDE = Path("/cluster")
_BOOT_TIMEOUT_S = 10.0
_CONTAINERD_TIMEOUT_S = 30.0
_SOCKET = "/run/containerd/containerd.sock"
_READ_ONLY = ("usr", "etc")
_MACHINE = ("dev", "sys", "proc")
_PROGRAM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_EMPTY = ("run", "tmp", "var/lib", "var/log", "cluster", "opt", "mnt", "root", "home", "before")
_KERNEL_SETTINGS = {
    "proc/sys/vm/overcommit_memory": 1,
    "proc/sys/vm/panic_on_oom": 0,
    "proc/sys/kernel/panic": 10,
    "proc/sys/kernel/panic_on_oops": 1,
    "proc/sys/kernel/keys/root_maxkeys": 1000000,
    "proc/sys/kernel/keys/root_maxbytes": 25000000,
}
"""What the kubelet writes into the kernel if it reads anything else. They belong to the machine: it reads a file."""
_MEMORY_KEPT_FREE = "100Mi"


@dataclass(frozen=True, slots=True)
class Node:
    """
    A node of a cluster; `data` is the cluster's folder, `network` the file of the node's network namespace.

    `pods` and `slot` are networks: this node's pods, and all the cluster's addresses.
    """

    name: str
    data: Path
    network: Path
    address: str
    pods: str
    slot: str
    dns: str
    cgroup: str
    token: str

    @property
    def folder(self) -> Path:
        """The node's own folder, seen from outside."""
        return self.data / "nodes" / self.name

    def prepare(self) -> None:
        """Write the node's folders and configuration, and make its cgroups."""
        for name in ("containerd", "kubelet", "logs", "plugins", "cni", "settings"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        root = self.folder / "root"
        for name in (*_EMPTY, *_READ_ONLY, *_MACHINE):
            (root / name).mkdir(parents=True, exist_ok=True)
        for name in _PROGRAM_FOLDERS:
            outside = Path("/", name)
            if outside.is_symlink():
                (root / name).symlink_to(outside.readlink())
            elif outside.is_dir():
                (root / name).mkdir()
        for name, value in _KERNEL_SETTINGS.items():
            (self.folder / "settings" / Path(name).name).write_text(f"{value}\n")
        (self.folder / "containerd.toml").write_text(self._containerd())
        (self.folder / "cni" / "10-pods.conflist").write_text(json.dumps(self._cni()))
        (self.folder / "kubelet.json").write_text(json.dumps(self._kubelet()))
        (self.folder / "kube-proxy.json").write_text(json.dumps(self._kube_proxy()))
        cgroups.create(self.cgroup)

    def boot(self) -> Piece:
        """Start the node's first process; returns when its mounts are in place, raises EnvironmentUnfit otherwise."""
        gate = self.folder / "booted"
        os.mkfifo(gate)
        reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
        try:
            init = spawn(
                self.name,
                [
                    *("nsenter", f"--net={self.network}"),
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts", "--ipc"),
                    *("sh", "-euc", self._boot_script(gate)),
                ],
                self.token,
                self._log("init"),
            )
            select.select([reader], [], [], _BOOT_TIMEOUT_S)
            if os.read(reader, 16) != b"booted\n":
                raise EnvironmentUnfit(f"{self.name} did not boot", observed=tail(self._log("init")))
            return init
        finally:
            os.close(reader)
            gate.unlink()

    def start_containerd(self, init: Piece) -> Piece:
        """Start containerd inside the booted node; returns when it says that it serves."""
        told = self.folder / "containerd.ready"
        told.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.bind(str(told))
            notices.settimeout(_CONTAINERD_TIMEOUT_S)
            piece = self.start("containerd", init)
            try:
                while b"READY=1" not in notices.recv(4096):
                    pass
            except TimeoutError as error:
                log = tail(self._log("containerd"))
                raise EnvironmentUnfit(f"containerd of {self.name} did not start", observed=log) from error
        return piece

    def start(self, program: str, init: Piece) -> Piece:
        """Start containerd, kubelet or kube-proxy inside the booted node."""
        inside = _INSIDE / "nodes" / self.name
        commands: Mapping[str, list[str]] = {
            "containerd": ["containerd", f"--config={inside}/containerd.toml"],
            "kubelet": [
                "kubelet",
                f"--config={inside}/kubelet.json",
                f"--kubeconfig={_INSIDE}/pki/{self.name}.kubeconfig",
                f"--hostname-override={self.name}",
                f"--node-ip={self.address}",
                f"--root-dir={inside}/kubelet",
            ],
            "kube-proxy": ["kube-proxy", f"--config={inside}/kube-proxy.json"],
        }
        name, *arguments = commands[program]
        command = [*self.enter(init), f"{_INSIDE}/bin/{name}", *arguments]
        notices = {"NOTIFY_SOCKET": f"{inside}/containerd.ready"} if program == "containerd" else {}
        return spawn(f"{self.name}/{program}", command, self.token, self._log(program), notices)

    def import_command(self, init: Piece, archive: Path) -> list[str]:
        """Return the command that loads an archive, which lies in the cluster's folder, into the node's image store."""
        inside = _INSIDE / archive.relative_to(self.data)
        client = [f"{_INSIDE}/bin/ctr", f"--address={_SOCKET}", "--namespace=k8s.io"]
        return [*self.enter(init), *client, "images", "import", "--local", str(inside)]

    def enter(self, init: Piece) -> list[str]:
        """Return the words that, put before a command, run it inside the booted node."""
        namespaces = f"/proc/{init.pid}/ns"
        return [
            "nsenter",
            f"--net={self.network}",
            f"--mount={namespaces}/mnt",
            f"--uts={namespaces}/uts",
            f"--ipc={namespaces}/ipc",
            f"--pid={namespaces}/pid_for_children",
            "--wd=/",
        ]

    def _log(self, program: str) -> Path:
        return self.data / "logs" / f"{self.name}-{program}.log"

    def _boot_script(self, gate: Path) -> str:
        root = self.folder / "root"
        bound = [name for name in _PROGRAM_FOLDERS if Path("/", name).is_dir() and not Path("/", name).is_symlink()]
        lines = [f"exec 3>{shlex.quote(str(gate))}", f"hostname {self.name}", f"root={shlex.quote(str(root))}"]
        lines.append('mount --bind "$root" "$root"')
        lines += [_bind_read_only(name, "--rbind") for name in (*_READ_ONLY, *bound)]
        lines += [f'mount --rbind /{name} "$root/{name}"' for name in _MACHINE]
        settings = shlex.quote(str(self.folder / "settings"))
        lines += [f'mount --bind {settings}/{Path(name).name} "$root/{name}"' for name in _KERNEL_SETTINGS]
        lines.append(f'mount --bind {shlex.quote(str(self.data))} "$root{_INSIDE}"')
        lines += [f'mount -t tmpfs -o mode={mode} tmpfs "$root/{name}"' for name, mode in (("run", 755), ("tmp", 1777))]
        lines += [
            'cd "$root" && pivot_root . before && cd / && umount --lazy /before',
            "mkdir /tmp/hostpath_pv /run/lock",
            f"mkdir -p {_INSIDE}/volumes/hostpath_pv && mount --bind {_INSIDE}/volumes/hostpath_pv /tmp/hostpath_pv",
            "mount --make-rshared /",
            "echo booted >&3",
            "exec 3>&-",
            f"exec {_INSIDE}/bin/catatonit -P",
        ]
        return "\n".join(lines)

    def _containerd(self) -> str:
        inside = _INSIDE / "nodes" / self.name
        return f"""
version = 3
root = "{inside}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "{_SOCKET}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "{PAUSE_IMAGE}"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["{_INSIDE}/bin"]
    conf_dir = "{inside}/cni"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "{_INSIDE}/bin/runc"
      SystemdCgroup = false
"""

    def _cni(self) -> dict[str, Any]:
        ranges = {"ranges": [[{"subnet": self.pods}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/run/cni"}
        return {
            "cniVersion": "1.0.0",
            "name": "pods",
            "plugins": [
                {"type": "ptp", "ipam": {"type": "host-local", **ranges}},
                {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True, "backend": "nftables"},
            ],
        }

    def _kubelet(self) -> dict[str, Any]:
        inside = _INSIDE / "nodes" / self.name
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": False},
                "x509": {"clientCAFile": f"{_INSIDE}/pki/ca.crt"},
            },
            "authorization": {"mode": "AlwaysAllow"},
            "tlsCertFile": f"{_INSIDE}/pki/{self.name}.crt",
            "tlsPrivateKeyFile": f"{_INSIDE}/pki/{self.name}.key",
            "address": self.address,
            "containerRuntimeEndpoint": f"unix://{_SOCKET}",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{self.cgroup}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "clusterDomain": "cluster.local",
            "clusterDNS": [self.dns],
            "resolvConf": "",
            "podLogsDir": f"{inside}/logs",
            "volumePluginDir": f"{inside}/plugins",
            "evictionHard": {"memory.available": _MEMORY_KEPT_FREE},
            "imageGCHighThresholdPercent": 100,
            "serializeImagePulls": False,
            "nodeStatusUpdateFrequency": "2s",
            "nodeLeaseDurationSeconds": NODE_GRACE_S,
        }

    def _kube_proxy(self) -> dict[str, Any]:
        return {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "clientConnection": {"kubeconfig": f"{_INSIDE}/pki/kube-proxy.kubeconfig"},
            "hostnameOverride": self.name,
            "clusterCIDR": self.slot,
            "detectLocalMode": "ClusterCIDR",
            "bindAddress": self.address,
            "healthzBindAddress": "",
            "metricsBindAddress": "127.0.0.1:10249",
            "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
            "nftables": {"minSyncPeriod": "100ms"},
        }


def _bind_read_only(name: str, how: str) -> str:
    return f'mount {how} /{name} "$root/{name}" && mount -o remount,bind,ro "$root/{name}"'
