"""
A machine full of what an embedded cluster must not touch: programs, configuration and settings of somebody else's.

Every decoy is a script that notes its call and fails. They are laid over the machine's folders in a mount namespace, so
that the machine itself stays as it is; the folders cannot be written there either.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Decoys"]

_OF_THE_CLUSTER = """
etcd etcdctl kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl kwok coredns agnhost
containerd containerd-shim-runc-v2 containerd-shim containerd-stress ctr ptp loopback host-local portmap bridge
""".split()  # noqa: SIM905 - a list of words reads best as words
_OF_OTHERS = """
iptables iptables-save iptables-restore iptables-legacy iptables-nft ip6tables ip6tables-save ip6tables-restore
conntrack ipset modprobe systemd-run apparmor_parser getsubids unpigz igzip criu crictl nerdctl kubeadm docker-init
mount.fuse3 mount.overlay mount.tmpfs fsck.ext4 blkid du nice ctd-decoder mkfs.erofs
""".split()  # noqa: SIM905
_OF_THE_DISTRIBUTION = """
runc catatonit busybox mount umount nsenter unshare pivot_root nft ip tc sysctl sh mkdir grep hostname date chmod cat
env true mmdebstrap
""".split()  # noqa: SIM905

_FOREIGN = "from somebody else\n"
_CNI = '{"cniVersion": "1.0.0", "name": "foreign", "plugins": [{"type": "bridge", "bridge": "foreign0"}]}\n'
_CDI = '{"cdiVersion": "0.6.0", "kind": "foreign.example.org/device", "devices": "none"}\n'
_CONFIGURATION = {
    "etc/containerd/config.toml": "version = 99\n",
    "etc/containerd/conf.d/foreign.toml": "version = 99\n",
    "etc/cni/net.d/00-foreign.conflist": _CNI,
    "etc/cdi/foreign.json": _CDI,
    "etc/nri/nri.conf": "version: 99\n",
    "etc/crictl.yaml": "runtime-endpoint: unix:///run/foreign.sock\n",
    "etc/kubernetes/kubelet.conf": _FOREIGN,
    "etc/kubernetes/manifests/foreign.yaml": _FOREIGN,
    "etc/kubernetes/pki/ca.crt": _FOREIGN,
    "etc/cadvisor/container_hints.json": _FOREIGN,
    "etc/hosts": "192.0.2.1 localhost kubernetes.default.svc\n",
    "var/lib/kubelet/config.yaml": _FOREIGN,
    "var/lib/kubelet/kubeadm-flags.env": "KUBELET_KUBEADM_ARGS=--foreign\n",
    "var/lib/kubelet/pki/kubelet-client-current.pem": _FOREIGN,
}
_PROGRAMS = {
    "opt/cni/bin": ("ptp", "loopback", "host-local", "portmap", "bridge"),
    "opt/containerd/bin": ("runc", "containerd-shim-runc-v2", "unpigz"),
    "opt/containerd/image-verifier/bin": ("verify",),
    "opt/nri/plugins": ("00-foreign",),
    "usr/lib/cni": ("ptp", "loopback", "host-local", "portmap", "bridge"),
    "usr/libexec/kubernetes/kubelet-plugins/volume/exec/foreign~driver": ("driver",),
    "usr/local/bin": (*_OF_THE_CLUSTER, *_OF_OTHERS, *_OF_THE_DISTRIBUTION),
    "usr/local/sbin": (*_OF_THE_CLUSTER, *_OF_OTHERS, *_OF_THE_DISTRIBUTION),
    "usr/bin": (*_OF_THE_CLUSTER, *_OF_OTHERS),
    "usr/sbin": (*_OF_THE_CLUSTER, *_OF_OTHERS),
}
"""Folder → decoys in it. A distribution's own folders have what a cluster takes on purpose: that is not replaced."""

_COVERED = ("etc", "opt", "usr/bin", "usr/sbin", "usr/lib", "usr/libexec", "usr/local/bin", "usr/local/sbin")
_TEMPORARY_LENGTH = 112


@dataclass(frozen=True)
class Decoys:
    """The decoys in a folder; each writes its call into `trace`, which can be reached from a node's namespace too."""

    folder: Path
    trace: Path

    @classmethod
    def lay(cls, folder: Path, trace: Path) -> Decoys:
        """Return the decoys, written but not laid over anything yet."""
        decoys = cls(folder, trace)
        for place, names in _PROGRAMS.items():
            for name in names:
                decoys._write(f"{place}/{name}", decoys._script)
                (folder / place / name).chmod(0o755)
        for place, text in _CONFIGURATION.items():
            decoys._write(place, text)
        # As on a machine with systemd-resolved; in a /run of its own it leads nowhere.
        (folder / "etc" / "resolv.conf").symlink_to("/run/systemd/resolve/of-another.conf")
        decoys._write("home/.kube/config", _FOREIGN)
        decoys._write("home/.config/go/env", "GOOS=plan9\nGOFLAGS=-mod=vendor\n")
        decoys._write("lib/libnftables.so.1", _FOREIGN)
        decoys.temporary.mkdir(parents=True)
        return decoys

    @property
    def temporary(self) -> Path:
        """A folder whose path is too long for a socket below it."""
        return self.folder / ("t" * (_TEMPORARY_LENGTH - 1 - len(str(self.folder))))

    @property
    def environment(self) -> Mapping[str, str]:
        """What somebody has set who works with clusters, behind a proxy, in another language."""
        proxy = "http://127.0.0.1:9"
        return {
            "PATH": f"{self.folder}/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": f"{self.folder}/home",
            "TMPDIR": str(self.temporary),
            "TZ": "Pacific/Kiritimati",
            # Python would otherwise take UTF-8 for a locale that is not installed.
            "LANG": "tr_TR.ISO-8859-9",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy),
            **dict.fromkeys(("KUBECONFIG", "CRI_CONFIG_FILE", "ETCDCTL_CACERT"), "/from/somebody/else"),
            **dict.fromkeys(("CONTAINERD_SNAPSHOTTER", "CONTAINERD_NAMESPACE", "ETCD_NAME"), "foreign"),
            **dict.fromkeys(
                ("CONTAINERD_ADDRESS", "CONTAINER_RUNTIME_ENDPOINT", "DOCKER_HOST"), "unix:///foreign.sock"
            ),
            "CNI_PATH": "/opt/cni/bin",
            "NETCONFPATH": "/etc/cni/net.d",
            "LD_LIBRARY_PATH": f"{self.folder}/lib",
            "GOFLAGS": "-mod=vendor",
            "GOOS": "plan9",
            "GODEBUG": "netdns=cgo,x509sha1=1",
            "GOMAXPROCS": "1",
            "KUBERNETES_SERVICE_HOST": "192.0.2.1",
            "KUBERNETES_SERVICE_PORT": "443",
        }

    def run(self, command: Sequence[str], more: Mapping[str, str], limit_s: float) -> subprocess.CompletedProcess[str]:
        """Return how a command ends among the decoys, after each kind of them was seen to stand in its place."""
        script = "\n".join((*self._mounts(), *self._probes(), "umask 077", 'exec "$@"'))
        return subprocess.run(
            ["unshare", "--mount", "--propagation=private", "sh", "-euc", script, "sh", *command],
            cwd=self.folder,
            env={
                **self.environment,
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "DECOYED": self.environment["PATH"],
                **more,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=limit_s,
        )

    def _mounts(self) -> Iterable[str]:
        for place in _COVERED:
            lower = shlex.quote(f"lowerdir={self.folder}/{place}:/{place}")
            yield f"[ ! -d /{place} ] || mount -i -t overlay decoys -o {lower} /{place}"
        yield "mount -i -t tmpfs decoys /var/lib"
        yield f"cp -r {shlex.quote(str(self.folder / 'var/lib/kubelet'))} /var/lib/kubelet"

    def _probes(self) -> Iterable[str]:
        trace = shlex.quote(str(self.trace))
        yield "unset LD_LIBRARY_PATH"  # of the shell's own commands; what it runs gets it again
        yield "! /usr/bin/containerd-shim-runc-v2 -v"
        yield 'export PATH="$DECOYED"'
        yield "! runc --version"
        yield f'[ "$(/usr/bin/grep -c . {trace})" = 2 ]'
        yield "! [ -e /etc/resolv.conf ]"
        yield "/usr/bin/grep -q 'version = 99' /etc/containerd/config.toml"
        yield f"/usr/bin/rm {trace}"
        yield f"export LD_LIBRARY_PATH={shlex.quote(str(self.folder / 'lib'))}"

    @property
    def _script(self) -> str:
        return f'#!/bin/sh\necho "$0 $*" >>{shlex.quote(str(self.trace))}\necho "$0 is a decoy" >&2\nexit 1\n'

    def _write(self, place: str, text: str) -> None:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
