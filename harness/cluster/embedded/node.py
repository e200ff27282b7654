"""
One real node: namespaces of its own around containerd, kube-proxy and kubelet.

The node's root is a small folder in which only that lies which the cluster has put there, so that no program and no
configuration of the machine is found by accident; its shared libraries alone are bound in, read-only. Whatever a pod
writes to its node stays in the cluster's folder. The first process only reaps; when it dies the kernel ends all others.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import timeouts
from harness.cluster.components import Component
from harness.cluster.embedded import cgroups, node_settings
from harness.cluster.embedded.host import path_of
from harness.cluster.embedded.node_settings import IN_NODE, INSIDE, SOCKET
from harness.cluster.embedded.processes import kept, spawn, tail
from harness.errors import EnvironmentUnfit

__all__ = ["Node"]

_KERNEL = ("dev", "sys", "proc")
_LIBRARIES = tuple(f"{top}{name}" for top in ("", "usr/") for name in ("lib", "lib32", "lib64", "libx32"))
_EMPTY = ("run", "tmp", "etc", "var/lib", "var/log", "cluster", "opt", "mnt", "root", "home", "before")
_KERNEL_SETTINGS = {
    "proc/sys/vm/overcommit_memory": 1,
    "proc/sys/vm/panic_on_oom": 0,
    "proc/sys/kernel/panic": 10,
    "proc/sys/kernel/panic_on_oops": 1,
    "proc/sys/kernel/keys/root_maxkeys": 1000000,
    "proc/sys/kernel/keys/root_maxbytes": 25000000,
}
"""What the kubelet writes into the kernel if it reads anything else. They belong to the machine: it reads a file."""


@dataclass(frozen=True, slots=True)
class Node:
    """
    A node of a cluster; `data` is the cluster's folder, `network` the file of the node's network namespace.

    `pods` and `slot` are networks: this node's pods, and all the cluster's addresses. `zone` is what fails with it.
    `gates` are feature gates.
    """

    name: str
    zone: str
    data: Path
    network: Path
    address: str
    pods: str
    slot: str
    dns: str
    cgroup: str
    token: str
    gates: Mapping[str, bool] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The node's own folder, seen from outside."""
        return self.data / "nodes" / self.name

    def prepare(self) -> None:
        """Write the node's folders and configuration, and make its cgroups."""
        for name in ("containerd", "kubelet", "logs", "plugins", "cni", "settings"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        root = self.folder / "root"
        for name in (*_EMPTY, *_KERNEL, *_bound_libraries()):
            (root / name).mkdir(parents=True, exist_ok=True)
        for name in _LIBRARIES:
            if Path("/", name).is_symlink():
                (root / name).symlink_to(Path("/", name).readlink())
        for name in ("bin", "sbin"):
            (root / name).symlink_to(f"{INSIDE}/bin")
        for name, text in node_settings.etc(self.name, self.address, self.token).items():
            (root / "etc" / name).write_text(text)
        for name, value in _KERNEL_SETTINGS.items():
            (self.folder / "settings" / Path(name).name).write_text(f"{value}\n")
        self._write_settings()
        cgroups.create(self.cgroup)

    def _write_settings(self) -> None:
        inside = INSIDE / "nodes" / self.name
        kubelet = node_settings.kubelet(inside, self.name, self.address, self.cgroup, self.dns, self.gates)
        kube_proxy = node_settings.kube_proxy(self.name, self.address, self.slot, self.gates)
        (self.folder / "containerd.toml").write_text(node_settings.containerd(inside))
        (self.folder / "cni" / "10-pods.conflist").write_text(json.dumps(node_settings.cni(self.pods)))
        (self.folder / "kubelet.json").write_text(json.dumps(kubelet))
        (self.folder / "kube-proxy.json").write_text(json.dumps(kube_proxy))

    def reset(self) -> None:
        """Forget what a node that is off forgets: which processes its pods had."""
        cgroups.remove(self.cgroup)
        cgroups.create(self.cgroup)

    def boot(self) -> Component:
        """Start the node's first process; returns when its mounts are in place, raises EnvironmentUnfit otherwise."""
        gate = self.folder / "booted"
        os.mkfifo(gate)
        reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
        try:
            init = spawn(
                self.name,
                [
                    *(path_of("nsenter"), f"--net={self.network}"),
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts", "--ipc"),
                    *("sh", "-euc", self._boot_script(gate)),
                ],
                self.token,
                self._log("init"),
            )
            select.select([reader], [], [], timeouts.NODE_BOOT.s)
            if os.read(reader, 16) != b"booted\n":
                raise EnvironmentUnfit(f"{self.name} did not boot", observed=tail(self._log("init")))
            return init
        finally:
            os.close(reader)
            gate.unlink()

    def start_containerd(self, init: Component) -> Component:
        """Start containerd inside the booted node; returns when it says that it serves."""
        told = self.folder / "containerd.ready"
        told.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.bind(str(told))
            component = self.start("containerd", init)
            process = os.pidfd_open(component.pid)
            try:
                self._await_ready(notices, process)
            finally:
                os.close(process)
        return component

    def _await_ready(self, notices: socket.socket, process: int) -> None:
        """Return when containerd has said that it serves; raises EnvironmentUnfit when it has ended, or after 30 s."""
        deadline = time.monotonic() + timeouts.CONTAINERD.s
        while True:
            patience_s = max(0.0, deadline - time.monotonic())
            told, _, _ = select.select([notices.fileno(), process], [], [], patience_s)
            if notices.fileno() not in told:
                how = "ended at once" if told else f"did not start within {timeouts.CONTAINERD.s:.0f} s"
                raise EnvironmentUnfit(f"containerd of {self.name} {how}", observed=tail(self._log("containerd")))
            if b"READY=1" in notices.recv(4096):
                return

    def start(self, program: str, init: Component, programs: str = "bin") -> Component:
        """Start containerd, kubelet or kube-proxy of a folder of the cluster's inside the booted node."""
        inside = INSIDE / "nodes" / self.name
        commands: Mapping[str, list[str]] = {
            "containerd": ["containerd", f"--config={inside}/containerd.toml"],
            "kubelet": [
                "kubelet",
                f"--config={inside}/kubelet.json",
                f"--kubeconfig={INSIDE}/pki/{self.name}.kubeconfig",
                f"--hostname-override={self.name}",
                f"--node-ip={self.address}",
                f"--root-dir={inside}/kubelet",
                f"--node-labels=topology.kubernetes.io/zone={self.zone}",
            ],
            "kube-proxy": ["kube-proxy", f"--config={inside}/kube-proxy.json"],
        }
        name, *arguments = commands[program]
        command = [f"{INSIDE}/{programs}/{name}", *arguments]
        if program == "kube-proxy":
            # It ends by design (1.37) when its Node goes, and when that comes later than half a minute after it.
            command = [f"{INSIDE}/bin/sh", *kept(command)[1:]]
        command = [*self.enter(init), *command]
        notices = {"NOTIFY_SOCKET": f"{inside}/containerd.ready"} if program == "containerd" else {}
        return spawn(f"{self.name}/{program}", command, self.token, self._log(program), {**IN_NODE, **notices})

    def import_command(self, init: Component, archive: Path) -> list[str]:
        """Return the command that loads an archive, which lies in the cluster's folder, into the node's image store."""
        inside = INSIDE / archive.relative_to(self.data)
        client = [f"{INSIDE}/bin/ctr", f"--address={SOCKET}", "--namespace=k8s.io"]
        return [*self.enter(init), *client, "images", "import", "--local", str(inside)]

    def kill_command(self, init: Component, container: str) -> list[str]:
        """Return the command that kills the first process of a container, known by its id, with SIGKILL."""
        client = [f"{INSIDE}/bin/ctr", f"--address={SOCKET}", "--namespace=k8s.io"]
        return [*self.enter(init), *client, "tasks", "kill", "--signal=SIGKILL", container]

    def enter(self, init: Component) -> list[str]:
        """Return the words that, put before a command, run it inside the booted node, where IN_NODE is for it."""
        namespaces = f"/proc/{init.pid}/ns"
        return [
            path_of("nsenter"),
            f"--net={self.network}",
            f"--mount={namespaces}/mnt",
            f"--uts={namespaces}/uts",
            f"--ipc={namespaces}/ipc",
            f"--pid={namespaces}/pid_for_children",
            # Without --wd, which would be the machine's folder of that name: the kernel begins in the node's root.
        ]

    def _log(self, program: str) -> Path:
        return self.data / "logs" / f"{self.name}-{program}.log"

    def _boot_script(self, gate: Path) -> str:
        root = self.folder / "root"
        lines = [f"exec 3>{shlex.quote(str(gate))}", f"root={shlex.quote(str(root))}"]
        lines += [f"echo {self.name} >/proc/sys/kernel/hostname", 'mount --bind "$root" "$root"', 'chmod 755 "$root"']
        lines += [_bind_read_only(name) for name in _bound_libraries()]
        lines += [f'mount --rbind /{name} "$root/{name}"' for name in _KERNEL]
        settings = shlex.quote(str(self.folder / "settings"))
        lines += [f'mount --bind {settings}/{Path(name).name} "$root/{name}"' for name in _KERNEL_SETTINGS]
        lines.append(f'mount --bind {shlex.quote(str(self.data))} "$root{INSIDE}"')
        lines += [
            f'mount -i -t tmpfs -o mode={mode} tmpfs "$root/{name}"' for name, mode in (("run", 755), ("tmp", 1777))
        ]
        lines += [
            'cd "$root" && pivot_root . before && cd /',
            f"export PATH={INSIDE}/bin",
            "umount --lazy /before",
            "mkdir /tmp/hostpath_pv /run/lock",
            f"mkdir -p {INSIDE}/volumes/hostpath_pv && mount --bind {INSIDE}/volumes/hostpath_pv /tmp/hostpath_pv",
            "mount --make-rshared /",
            "echo booted >&3",
            "exec 3>&-",
            f"exec {INSIDE}/bin/catatonit -P",
        ]
        return "\n".join(lines)


def _bound_libraries() -> list[str]:
    return [name for name in _LIBRARIES if Path("/", name).is_dir() and not Path("/", name).is_symlink()]


def _bind_read_only(name: str) -> str:
    return f'mount --rbind /{name} "$root/{name}" && mount -o remount,bind,ro "$root/{name}"'
