"""
A node image of kind, assembled without a registry and without a container engine.

It has three layers: a Debian with systemd; kind's own files beside the pinned programs and a few settings; and
containerd's store with every image that a cluster needs. Those of the features are loaded as for any other kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ci.offline_kind import sources
from ci.offline_kind.cluster_images import cluster_images
from ci.offline_kind.store import Store
from harness.cluster.embedded import host, real
from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.families import release_of
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.images import Image, Layer, archive
from harness.cluster.embedded.sources import Programs

__all__ = ["NAME", "node_image"]

NAME = f"kindest/node:{release_of()}"

_FILES = Path(__file__).parent / "files"
_RELEASE = "bookworm"
"""Its systemd 252 still runs on cgroup version 1."""
_PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "conntrack", "iptables", "nftables", "iproute2", "ethtool", "util-linux"),
    *("mount", "kmod", "libseccomp2", "pigz", "e2fsprogs", "bash", "ca-certificates", "curl", "jq", "procps", "socat"),
    *("runc", "rsync", "tar"),
)
_UNITS = "usr/lib/systemd/system"
_UNWANTED = (
    *(f"{_UNITS}/{target}.target.wants/*" for target in ("multi-user", "local-fs", "basic")),
    *(f"{_UNITS}/sockets.target.wants/*{socket}*" for socket in ("udev", "initctl")),
    f"{_UNITS}/sysinit.target.wants/systemd-tmpfiles-setup.service",
    "etc/systemd/system/*.wants/*",
)
"""What an ordinary machine starts and a node does not."""
_MAKING_S = 900.0

_OF_NODES = {
    "usr/bin": ("kubelet", "kubectl", "kubeadm"),
    "usr/local/bin": ("containerd", "containerd-shim-runc-v2", "ctr", "crictl"),
    "opt/cni/bin": ("ptp", "loopback", "host-local", "portmap"),
}
_CGROUPS = "SYSTEMD_PROC_CMDLINE=systemd.legacy_systemd_cgroup_controller=1"
"""As the machine has it, where it has version 1 of cgroups beside an empty version 2; without meaning elsewhere."""
_OOM = "restrict_oom_score_adj = false"
_STARTED = ("kubelet", "containerd", "undo-mount-hacks")
_WANTS = "etc/systemd/system/multi-user.target.wants"
_MASKED = (
    "etc/systemd/system/systemd-binfmt.service",
    *("etc/sysctl.d/50-pid-max.conf", "etc/sysctl.d/99-protect-links.conf"),
)
"""What would change the machine's kernel from within a node."""


@dataclass(frozen=True, slots=True)
class _Base:
    """The layer at the bottom: a Debian that starts with systemd."""

    path: Path

    def key(self) -> str:
        """Return a hash of the request that made it."""
        return self.path.parent.name

    def tar(self) -> bytes:
        """Return the layer as a tar."""
        return self.path.read_bytes()


def node_image(cache: Cache, progress: Callable[[str], None]) -> Path:
    """Return the archive of the image NAME, for `docker load`, made once for the same content."""
    modules = GoModules(cache, progress)
    of_kind = modules.ensure(sources.KIND)
    programs = Programs(modules)
    found, _ = real.prepare(programs, cache)
    images = tuple(cluster_images(found, of_kind, cache, progress))
    store = Store(images, found["containerd"], found["ctr"])
    image = Image(
        (NAME,),
        (_base(cache, progress), _own_files(found, of_kind), store),
        # systemd looks for these two in its environment, which an image of ours can only set like this
        entrypoint=("/usr/bin/env", "container=docker", _CGROUPS, "/usr/local/bin/entrypoint", "/sbin/init"),
        stop_signal="SIGRTMIN+3",
    )
    return archive((image,), "kind-node", cache)


def _base(cache: Cache, progress: Callable[[str], None]) -> _Base:
    def make(folder: Path) -> None:
        progress(f"fetching the base of a node from Debian {_RELEASE}")
        command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(_PACKAGES)}"]
        command += [f'--customize-hook=cd "$1" && rm -f {" ".join(_UNWANTED)}', _RELEASE, str(folder / "base.tar")]
        host.run(command, "fetching the base of a node", limit_s=_MAKING_S)

    return _Base(cache.ensure("packages", f"kind-base-{_RELEASE}", key_of(*_PACKAGES, *_UNWANTED), make) / "base.tar")


def _own_files(programs: Mapping[str, Path], of_kind: Path) -> Layer:
    base = of_kind / "base"
    files = {str(path.relative_to(base)): path for path in base.rglob("*") if path.is_file()}
    runnable = {name: path for name, path in files.items() if "bin/" in name}
    texts = {name: path.read_text() for name, path in files.items() if name not in runnable}
    for folder, names in _OF_NODES.items():
        runnable |= {f"{folder}/{name}": programs.get(name, of_kind / name) for name in names}
    # runc may not make a process more precious than its own parent, which in a sandbox is the case already
    texts["etc/containerd/config.toml"] = texts["etc/containerd/config.toml"].replace(
        _OOM, _OOM.replace("false", "true")
    )
    texts |= {
        "kind/version": release_of(),
        "kind/manifests/default-cni.yaml": sources.manifest((of_kind / "network.go").read_text()),
        "kind/manifests/default-storage.yaml": sources.manifest((of_kind / "storage.go").read_text()),
        "etc/containerd/cri-base.json": _container_settings(programs["ctr"]),
        "etc/systemd/journald.conf.d/kind.conf": "[Journal]\nReadKMsg=no\n",
        "etc/systemd/system/kubelet.service.d/20-kernel-settings.conf": (_FILES / "kubelet.service.conf").read_text(),
    }
    started = {f"{_WANTS}/{unit}.service": f"/etc/systemd/system/{unit}.service" for unit in _STARTED}
    return Layer(
        files=runnable,
        texts=texts,
        links={**started, **dict.fromkeys(_MASKED, "/dev/null")},
        folders=("etc/kubernetes/manifests",),
    )


def _container_settings(ctr: Path) -> str:
    """Return what every container of a node starts from: containerd's defaults, with kind's hook and its limits."""
    settings = json.loads(host.run([ctr, "oci", "spec"], "asking containerd for its defaults"))
    settings["hooks"] = {"createContainer": [{"path": "/kind/bin/mount-product-files.sh"}]}
    del settings["process"]["rlimits"]
    return json.dumps(settings)
