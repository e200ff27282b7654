"""
Images of real servers: one recipe each, made and loaded when a scenario with the tag `@needs_servers` asks for them.

A recipe is a table: which packages (or programs) of which version, which of their files, what is added, what is run.
The names are those of the official images, and a recipe keeps what the manifests rely on of them (paths, users,
environment), so that a cluster with a registry pulls the official ones. To add a server, add a function to `_RECIPES`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.host import as_root, distribution_program
from harness.cluster.embedded.images import Contents, Image, Layer, archive, shell_layer
from harness.cluster.embedded.packages import Packages, unpack
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths
from harness.errors import EnvironmentUnfit

__all__ = ["IMAGES", "NAMES", "BuildContext", "archives", "can_be_made", "load_once", "missing_reason"]

_ROOT = "root:x:0:0:root:/root:/bin/sh\n"
_NOBODY = "nobody:x:65534:65534:nobody:/home:/bin/false\n"
_FILES = files("harness.cluster.embedded") / "server_files"

_LOADED = "loaded"
"""The folder in a cluster's state that has one empty file for each archive that was loaded."""

_NGINX = {"1.22": "bookworm", "1.26": "trixie"}
_NGINX_FILES = ("/usr/sbin/nginx", "/etc/nginx/mime.types")
_MARIADB = {"10.11": "bookworm", "11.8": "trixie"}
_MARIADB_FILES = (
    *("/usr/sbin/mariadbd", "/usr/bin/mariadb", "/usr/bin/mariadb-dump"),
    *("/usr/share/m*/m*_system_tables.sql", "/usr/share/m*/m*_system_tables_data.sql"),
    *("/usr/share/m*/m*_performance_tables.sql", "/usr/share/m*/english/*", "/usr/share/m*/charsets/*"),
)
"""Version → the Debian release that has it; what the server, a client and an empty data folder need."""

_NGINX_IMAGE = "docker.io/library/nginx:{}"
_MARIADB_IMAGE = "docker.io/library/mariadb:{}"
_ETCD_IMAGE = "registry.k8s.io/etcd:3.6.8-0"
"""Of the pinned version: members are the very program that stores the cluster's own objects."""
IMAGES = (*map(_NGINX_IMAGE.format, _NGINX), *map(_MARIADB_IMAGE.format, _MARIADB), _ETCD_IMAGE)
"""What manifests can name where a scenario is tagged `@needs_servers`."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What recipes are made with: a shell, the pinned programs of the cluster, and the cache."""

    busybox: Path
    programs: Programs
    cache: Cache
    progress: Callable[[str], None]

    @property
    def shell(self) -> Layer:
        """The layer at the bottom of every server: a shell and its commands."""
        return shell_layer(self.busybox)

    def unpack(self, packages: Packages) -> Contents:
        """Return the layer of packages, fetched once."""
        return unpack(packages, self.cache, self.progress)


def archives(
    programs: Programs, cache: Cache, progress: Callable[[str], None], names: Collection[str] | None = None
) -> Iterator[Path]:
    """Yield an archive for each server (of NAMES) with all its versions; EnvironmentUnfit where it cannot be made."""
    busybox = distribution_program("busybox")
    if busybox is None:
        raise EnvironmentUnfit("busybox is not installed", look_at=("apt-get install busybox-static",))
    workshop = BuildContext(busybox, programs, cache, progress)
    for name, recipe in _RECIPES.items():
        if names is not None and name not in names:
            continue
        yield archive(recipe(workshop), name, cache)


def can_be_made() -> bool:
    """Return whether this machine has what the recipes are made with."""
    return distribution_program("mmdebstrap") is not None


def load_once(paths: ClusterPaths, archive: Path, load: Callable[[Path], None]) -> None:
    """Have the archive loaded into the cluster at this place, and note it there; what was loaded before is left."""
    noted = paths.state / _LOADED / archive.parent.name
    if not noted.exists():
        load(archive)
        noted.parent.mkdir(exist_ok=True)
        noted.parent.chmod(0o755)  # other users look whether it is there
        noted.touch()


def missing_reason(paths: ClusterPaths) -> str:
    """Return why this user cannot have the servers on the cluster at this place; empty where they are or can be."""
    loaded = [noted.name.rpartition("-")[0] for noted in (paths.state / _LOADED).glob("*")]
    if set(loaded) == set(_RECIPES):
        return ""
    if not os.access(paths.state, os.W_OK):
        again = as_root(f"statefulspec cluster up --name {paths.name} --servers")
        return f"images of real servers are loaded by the user who started it: {again}"
    if not can_be_made():
        return "images of real servers are made by mmdebstrap, which is not installed: apt-get install mmdebstrap"
    return ""


def _nginx(workshop: BuildContext) -> Iterable[Image]:
    added = Layer(
        texts={
            "etc/passwd": f"{_ROOT}nginx:x:101:101:nginx:/nonexistent:/bin/false\n{_NOBODY}",
            "etc/group": "root:x:0:\nnginx:x:101:\nnogroup:x:65534:\n",
            "etc/nginx/nginx.conf": _file("nginx.conf"),
            "etc/nginx/conf.d/default.conf": _file("nginx-default.conf"),
            "usr/share/nginx/html/index.html": "<!DOCTYPE html><title>nginx</title><p>It serves.\n",
        },
        links={"var/log/nginx/access.log": "/dev/stdout", "var/log/nginx/error.log": "/dev/stderr"},
        folders=("var/cache/nginx", "var/lib/nginx", "run"),
    )
    for version, release in _NGINX.items():
        server = workshop.unpack(Packages(release, ("nginx",), _NGINX_FILES))
        yield Image(
            (_NGINX_IMAGE.format(version),),
            (workshop.shell, server, added),
            command=("nginx", "-g", "daemon off;"),
            stop_signal="SIGQUIT",
        )


def _mariadb(workshop: BuildContext) -> Iterable[Image]:
    added = Layer(
        scripts={"usr/local/bin/docker-entrypoint.sh": _file("mariadb-entrypoint.sh")},
        texts={
            "etc/passwd": f"{_ROOT}mysql:x:999:999:mysql:/nonexistent:/bin/false\n{_NOBODY}",
            "etc/group": "root:x:0:\nmysql:x:999:\nnogroup:x:65534:\n",
            "etc/mysql/my.cnf": "[mariadb]\nskip-name-resolve\n!includedir /etc/mysql/conf.d/\n",
        },
        folders=("etc/mysql/conf.d", "var/lib/mysql", "run/mysqld"),
    )
    for version, release in _MARIADB.items():
        packages = Packages(release, ("mariadb-server-core", "mariadb-client-core"), _MARIADB_FILES)
        yield Image(
            (_MARIADB_IMAGE.format(version),),
            (workshop.shell, workshop.unpack(packages), added),
            entrypoint=("docker-entrypoint.sh",),
            command=("mariadbd",),
        )


def _etcd(workshop: BuildContext) -> Iterable[Image]:
    tools = {f"usr/local/bin/{name}": path for name, path in workshop.programs.find(("etcd", "etcdctl")).items()}
    shell = Layer(files={"bin/sh": workshop.busybox}, folders=("tmp",))  # the official image has no other command
    yield Image((_ETCD_IMAGE,), (shell, Layer(files=tools)))


_RECIPES: dict[str, Callable[[BuildContext], Iterable[Image]]] = {"nginx": _nginx, "mariadb": _mariadb, "etcd": _etcd}
"""What each archive is called, and the images in it."""
NAMES = tuple(_RECIPES)
"""The servers of which there are images."""


def _file(name: str) -> str:
    return (_FILES / name).read_text()
