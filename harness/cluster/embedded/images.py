"""
Container images made here, without a registry: a declarative recipe becomes one archive for `ctr images import`.

An image is a configuration and layers; a layer is a deterministic tar of files. Images that share a layer share its
blob. On a cluster with a registry the same names pull the official images instead.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.cluster.embedded.cache import Cache, key_of

__all__ = [
    "DNS_IMAGE",
    "PAUSE_IMAGE",
    "SHELL_IMAGE",
    "SPECIFICATION_IMAGES",
    "Contents",
    "Image",
    "Layer",
    "archive",
    "shell_layer",
    "specification_images",
    "system_images",
]

DNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.7"
PAUSE_IMAGE = "registry.k8s.io/pause:3.10"
SHELL_IMAGE = "docker.io/library/busybox:1.37"
_SHELLS = {f"docker.io/library/busybox:{version}": version for version in ("1.35", "1.36", "1.37")}
_NETWORK_TESTS = {f"registry.k8s.io/e2e-test-images/agnhost:{version}": version for version in ("2.53", "2.54", "2.55")}
SPECIFICATION_IMAGES = (PAUSE_IMAGE, *_SHELLS, *_NETWORK_TESTS)
"""What manifests can name on any embedded cluster of real nodes."""

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_EVERYBODYS = ("tmp", "run/mysqld")
"""Folders in which any user of an image can write, as in the official ones."""
_BUSYBOX_FOLDERS = ("bin", "etc", "home", "proc", "root", "sys", "tmp", "usr/bin", "usr/sbin", "var/run", "var/www")
_APPLETS = """
[ ash awk base64 basename cat chgrp chmod chown clear cmp cp cut date dd df diff dirname du echo egrep env
expr false fgrep find flock fold free grep gunzip gzip head hexdump hostname httpd id ifconfig install ip kill
killall less ln logger ls md5sum mkdir mkfifo mknod mktemp more mount mv nc netstat nohup nproc nslookup od
paste pidof ping printenv printf ps pwd readlink realpath rm rmdir route sed seq setsid sh sha1sum sha256sum
sleep sort stat strings stty sync tac tail tar tee telnet test timeout top touch tr traceroute true truncate
tty umount uname uniq unzip uptime usleep vi watch wc which whoami xargs xxd yes zcat
""".split()  # noqa: SIM905 - a list of ninety words reads best as words


class Contents(Protocol):
    """What one layer holds."""

    def key(self) -> str:
        """Return a hash that differs as soon as the content does."""
        ...

    def tar(self) -> bytes:
        """Return the content as a tar."""
        ...


@dataclass(frozen=True, slots=True)
class Layer:
    """
    The content of one layer, by path without leading slash.

    `files` come from the disk and may be run by anyone, as may `scripts`; these and `texts` are written as they stand.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()

    def key(self) -> str:
        """Return a hash of all that the layer holds."""
        parts: list[bytes | str] = [
            repr([sorted(each.items()) for each in (self.texts, self.scripts, self.links)] + [self.folders])
        ]
        for name, path in sorted(self.files.items()):
            stat = path.stat()
            parts.append(repr((name, str(path.resolve()), stat.st_size, stat.st_mtime_ns)))
        return key_of(*parts)

    def tar(self) -> bytes:
        """Return the layer as a tar whose bytes depend on nothing but its content."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as out:
            for name in self.folders:
                mode = 0o1777 if name in _EVERYBODYS else 0o755
                out.addfile(_member(name, mode, type=tarfile.DIRTYPE))
            for name, path in sorted(self.files.items()):
                _add(out, name, path.read_bytes(), 0o755)
            for name, text in sorted(self.scripts.items()):
                _add(out, name, text.encode(), 0o755)
            for name, text in sorted(self.texts.items()):
                _add(out, name, text.encode(), 0o644)
            for name, target in sorted(self.links.items()):
                out.addfile(_member(name, 0o777, type=tarfile.SYMTYPE, linkname=target))
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Image:
    """A recipe: the names of the image, its layers from the bottom, what it runs, and the signal that ends it."""

    names: tuple[str, ...]
    layers: tuple[Contents, ...]
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    stop_signal: str = ""

    def key(self) -> str:
        """Return a hash of all that makes the image."""
        runs = (self.names, self.entrypoint, self.command, self.stop_signal)
        return key_of(repr(runs), *(layer.key() for layer in self.layers))


def archive(images: Iterable[Image], name: str, cache: Cache) -> Path:
    """Return the path of an archive that holds all the images, made once for the same content."""
    wanted = tuple(images)
    key = key_of(*(image.key() for image in wanted))
    return cache.ensure("images", name, key, lambda folder: _write(wanted, folder / "images.tar")) / "images.tar"


def system_images(programs: Mapping[str, Path]) -> tuple[Image, ...]:
    """Return the images that a cluster needs to be up; `programs` holds coredns and catatonit."""
    return (
        Image(
            (PAUSE_IMAGE,),
            (Layer(files={"catatonit": programs["catatonit"]}),),
            entrypoint=("/catatonit", "-P"),
        ),
        Image(
            (DNS_IMAGE,),
            (Layer(files={"coredns": programs["coredns"]}),),
            entrypoint=("/coredns",),
        ),
    )


def specification_images(programs: Mapping[str, Path], files: Mapping[str, Path]) -> tuple[Image, ...]:
    """
    Return the images of the specifications.

    `programs` holds agnhost and busybox, `files` agnhost's certificate for port tests.
    """
    shell = shell_layer(programs["busybox"])
    network_test = Layer(
        files={"agnhost": programs["agnhost"]},
        texts={name: path.read_text() for name, path in files.items()},
        links={"agnhost-2": "agnhost"},
        folders=("uploads",),
    )
    shells = [
        Image(
            (name,),
            (shell, Layer(texts={"etc/version": f"{version}\n"})),
            command=("sh",),
        )
        for name, version in _SHELLS.items()
    ]
    network_tests = [
        Image(
            (name,),
            (shell, network_test, Layer(texts={"etc/version": f"{version}\n"})),
            entrypoint=("/agnhost",),
            command=("pause",),
        )
        for name, version in _NETWORK_TESTS.items()
    ]
    return (*shells, *network_tests)


def shell_layer(busybox: Path) -> Layer:
    """Return the layer of a small system: a shell and ninety commands, all of them busybox, and users."""
    return Layer(
        files={"bin/busybox": busybox},
        texts={
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
            "etc/group": "root:x:0:\nnogroup:x:65534:\n",
        },
        links={f"bin/{applet}": "busybox" for applet in _APPLETS},
        folders=_BUSYBOX_FOLDERS,
    )


def _write(images: tuple[Image, ...], path: Path) -> None:
    manifest: list[dict[str, Any]] = []
    written: set[str] = set()
    with tarfile.open(path, mode="w", format=tarfile.GNU_FORMAT) as out:

        def blob(data: bytes, ending: str) -> tuple[str, str]:
            digest = hashlib.sha256(data).hexdigest()
            if digest not in written:
                _add(out, digest + ending, data, 0o644)
                written.add(digest)
            return digest + ending, f"sha256:{digest}"

        for image in images:
            layers = [blob(layer.tar(), ".tar") for layer in image.layers]
            config, _ = blob(_config(image, [diff_id for _, diff_id in layers]), ".json")
            manifest.append({"Config": config, "RepoTags": list(image.names), "Layers": [name for name, _ in layers]})
        _add(out, "manifest.json", json.dumps(manifest).encode(), 0o644)


def _config(image: Image, diff_ids: list[str]) -> bytes:
    runs = {
        "Env": [_PATH],
        "Entrypoint": list(image.entrypoint),
        "Cmd": list(image.command),
        "StopSignal": image.stop_signal,
    }
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {key: value for key, value in runs.items() if value},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created": "1970-01-01T00:00:00Z"} for _ in diff_ids],
    }
    return json.dumps(config, sort_keys=True).encode()


def _member(name: str, mode: int, **fields: Any) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode = mode
    for key, value in fields.items():
        setattr(member, key, value)
    return member


def _add(out: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    out.addfile(_member(name, mode, size=len(data)), io.BytesIO(data))
