"""The folder in which containerd keeps its images, filled before there is a node."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded import host, processes
from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.images import Image, archive
from harness.errors import EnvironmentUnfit
from harness.workplace import workplace

__all__ = ["Store"]

_STARTING_S = 30.0
_IMPORTING_S = 300.0
_NOT_NEEDED = (
    "io.containerd.grpc.v1.cri",
    "io.containerd.cri.v1.images",
    "io.containerd.cri.v1.runtime",
    "io.containerd.nri.v1.nri",
)


@dataclass(frozen=True, slots=True)
class Store:
    """A layer: containerd's folder with these images."""

    images: Sequence[Image]
    containerd: Path
    ctr: Path

    def key(self) -> str:
        """Return a hash of what is in it; a program lies in a folder that is named by its content."""
        return key_of(self.containerd.parent.name, *(image.key() for image in self.images))

    def tar(self) -> bytes:
        """Return the layer as a tar: containerd imports the images as it does for kind, and ends."""
        with workplace("store") as folder:
            (folder / "settings.toml").write_text(_settings(folder))
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
                notices.bind(str(folder / "ready"))
                notices.settimeout(_STARTING_S)
                with (folder / "log").open("w") as log:
                    process = subprocess.Popen(
                        ["setpriv", "--pdeathsig=KILL", self.containerd, f"--config={folder}/settings.toml"],
                        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NOTIFY_SOCKET": str(folder / "ready")},
                        stdout=log,
                        stderr=log,
                    )
                try:
                    self._import(folder, notices)
                finally:
                    process.terminate()
                    process.wait()
            return _tar_of(folder / "root", "var/lib/containerd")

    def _import(self, folder: Path, notices: socket.socket) -> None:
        try:
            while b"READY=1" not in notices.recv(4096):
                pass
        except TimeoutError as error:
            raise EnvironmentUnfit(
                "containerd did not start", observed=processes.tail(folder / "log"), expected="it says that it is ready"
            ) from error
        client = [str(self.ctr), f"--address={folder}/socket", "--namespace=k8s.io", "images", "import"]
        how = ("--label=io.cri-containerd.pinned=pinned", "--all-platforms", "--no-unpack", "--digests")
        images = archive(self.images, "images", Cache(folder))
        host.run([*client, *how, images], "importing the images of a cluster", limit_s=_IMPORTING_S)


def _settings(folder: Path) -> str:
    return f"""
version = 3
root = "{folder}/root"
state = "{folder}/state"
disabled_plugins = {json.dumps(_NOT_NEEDED)}
[grpc]
  address = "{folder}/socket"
[ttrpc]
  address = "{folder}/socket.ttrpc"
"""


def _tar_of(folder: Path, place: str) -> bytes:
    """Return a tar of all that is in the folder, which is to lie at `place` (no leading slash) and be root's."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as out:
        out.add(folder, place, filter=_plain)
    return buffer.getvalue()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member
