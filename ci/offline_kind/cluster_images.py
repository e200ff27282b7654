"""The images that a cluster of kind needs, made here under exactly the names by which kubeadm and kind ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ci.offline_kind import sources
from harness.cluster.embedded import host
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import release_of
from harness.cluster.embedded.images import PAUSE_IMAGE, Contents, Image, Layer, shell_layer, system_images
from harness.cluster.embedded.packages import Packages, unpack

__all__ = ["cluster_images"]

_NETWORK = Path(__file__).parent / "files" / "network.sh"

_RECYCLER = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6"
"""What the controller manager of Kubernetes 1.36 empties a volume with; no manifest names it."""

_FILTERS = Packages(
    "bookworm",
    ("iptables", "nftables", "conntrack", "ipset"),
    (
        *("/usr/sbin/xtables-nft-multi", "/usr/sbin/nft", "/usr/sbin/conntrack", "/usr/sbin/ipset", "/sbin/ipset"),
        "/usr/lib/x86_64-linux-gnu/xtables/*.so",
    ),
)
_FIND = Packages("bookworm", ("findutils",), ("/usr/bin/find",))
"""busybox's find cannot delete."""


def cluster_images(
    programs: Mapping[str, Path], of_kind: Path, cache: Cache, progress: Callable[[str], None]
) -> Iterator[Image]:
    """
    Yield the images of the control plane, of every node, and of what kind installs.

    `programs` are the embedded cluster's, `of_kind` is the folder of the family KIND.
    """
    shell = shell_layer(programs["busybox"])
    filters = unpack(_FILTERS, cache, progress)
    # kind's entry point finds no rule of the old kind in a new container, and takes nftables for this one as well
    tables = Layer(
        links={
            f"usr/sbin/{name}{what}": "xtables-nft-multi" for name in ("iptables", "ip6tables") for what in _VARIANTS
        }
    )
    below: Mapping[str, tuple[Contents, ...]] = {"kube-proxy": (shell, filters, tables), "etcd": (shell,)}
    for name in _asked_for(of_kind / "kubeadm"):
        component = name.rpartition("/")[2].partition(":")[0]
        if component == "pause":
            continue  # the sandbox of a pod is containerd's matter, and kind's configuration names another version
        program = Layer(files={f"usr/local/bin/{component}": programs[component]})
        start = (f"/usr/local/bin/{component}",) if component == "coredns" else ()
        yield Image((name,), (*below.get(component, ()), program), entrypoint=start)
    yield next(image for image in system_images(programs) if PAUSE_IMAGE in image.names)
    network = Layer(files={"usr/local/bin/kubectl": programs["kubectl"], "network": _NETWORK})
    yield Image((_named(of_kind / "network.go", "kindnetdImage"),), (shell, network), entrypoint=("/network",))
    provisioner = Layer(files={"usr/local/bin/local-path-provisioner": of_kind / "local-path-provisioner"})
    yield Image((_named(of_kind / "storage.go", "storageProvisionerImage"),), (shell, provisioner))
    yield Image((_named(of_kind / "storage.go", "storageHelperImage"),), (shell,))
    yield Image((_RECYCLER,), (shell, unpack(_FIND, cache, progress)))


_VARIANTS = ("", "-save", "-restore", "-nft", "-nft-save", "-nft-restore")
"""kube-proxy's manifest and kube-proxy itself call all of these names."""


def _asked_for(kubeadm: Path) -> list[str]:
    command = [str(kubeadm), "config", "images", "list", f"--kubernetes-version={release_of()}"]
    return host.run(command, "asking kubeadm for the images of a cluster").split()


def _named(source: Path, constant: str) -> str:
    return sources.quoted(source.read_text())[constant]
