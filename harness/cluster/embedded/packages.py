"""
Files of a Debian release's packages, as a layer of an image: the way to real servers where no registry is.

`mmdebstrap` brings the packages with all that they depend on and unpacks them. No script of a maintainer has run, so
users, folders and configuration are the image's to add; and of the thousands of files an image takes only those that
its server needs. A release moves on by security updates: which packages an image was made of stands in it.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.cluster.embedded import host
from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.host import distribution_program
from harness.errors import EnvironmentUnfit

__all__ = ["LIST", "Packages", "Unpacked", "unpack"]

LIST = "etc/packages"
"""The file of an image that lists the packages it was made of, one file name with its version on each line."""

_FETCHING_S = 600.0
"""Seconds for some hundred megabytes of packages over a slow line, before it counts as hanging."""
_OF_APT = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "APT_CONFIG", "TMPDIR")
"""What of the user's environment says where packages come from, and where there is room to unpack them."""
_LIBRARIES = "/usr/lib/x86_64-linux-gnu/*.so*"
_LOADER = "/usr/lib64/*"
_MERGED = ("lib/", "lib64/")
"""Folders that a merged system has under /usr alone; both stay reachable under their old names."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Packages of a release, and the files to take besides shared libraries: absolute paths, `*` within one folder."""

    release: str
    names: tuple[str, ...]
    files: tuple[str, ...]

    def key(self) -> str:
        """Return a hash of what is asked for."""
        return key_of(repr(self))

    def takes(self, path: str) -> bool:
        """Return whether a file belongs into the image."""
        patterns = (*self.files, _LIBRARIES, _LOADER, f"/{LIST}")
        return any(PurePosixPath(f"/{path}").match(pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A layer of files that packages brought; it never changes."""

    path: Path

    def key(self) -> str:
        """Return a hash of the request that brought them."""
        return self.path.parent.name

    def tar(self) -> bytes:
        """Return the layer as a tar."""
        return self.path.read_bytes()


def unpack(packages: Packages, cache: Cache, progress: Callable[[str], None]) -> Unpacked:
    """Return the layer, fetched once for the same request; EnvironmentUnfit where the packages cannot be had."""
    name = f"{packages.names[0]}-{packages.release}"

    def make(folder: Path) -> None:
        progress(f"fetching {', '.join(packages.names)} of Debian {packages.release}")
        _fetch(packages, folder)

    folder = cache.ensure("packages", name, packages.key(), make)
    return Unpacked(folder / "layer.tar")


def _fetch(packages: Packages, folder: Path) -> None:
    program = distribution_program("mmdebstrap")
    if program is None:
        raise EnvironmentUnfit(
            "images of real servers cannot be made here",
            expected="mmdebstrap, which unpacks packages, is installed",
            observed="it is not on PATH",
            look_at=("apt-get install mmdebstrap",),
        )
    system = folder / "system.tar"
    command = [
        *(str(program), "--quiet", "--variant=extract", f"--include={','.join(packages.names)}"),
        f'--extract-hook=mkdir -p "$1/etc" && ls "$1/var/cache/apt/archives" | grep deb$ >"$1/{LIST}"',
        *(packages.release, str(system)),
    ]
    purpose = f"fetching {', '.join(packages.names)} of Debian {packages.release}"
    host.run(command, purpose, limit_s=_FETCHING_S, environment=host.settings_of(_OF_APT))
    with (
        tarfile.open(system) as source,
        tarfile.open(folder / "layer.tar", mode="w", format=tarfile.GNU_FORMAT) as layer,
    ):
        for name in _MERGED:
            layer.addfile(_link(name.rstrip("/"), f"usr/{name.rstrip('/')}"))
        taken = sorted((_merged(member) for member in source if not member.isdir()), key=lambda member: member.name)
        for member in filter(lambda member: packages.takes(member.name), taken):
            layer.addfile(member, source.extractfile(member) if member.isreg() else None)
    system.unlink()


def _merged(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return the member where a merged system has it, without what differs between two days."""
    member.name = _place(member.name)
    if member.islnk():
        member.linkname = _place(member.linkname)
    member.mtime, member.pax_headers = 0, {}
    return member


def _place(name: str) -> str:
    name = name.removeprefix("./")
    return f"usr/{name}" if name.startswith(_MERGED) else name


def _link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
    return member
