"""
Images that can be made at once of what this machine has built and fetched before, for clusters made by other programs.

Problem: on a slow line, or without a registry, a cluster that kind makes waits for images that lie here already; but
who has never built a program shall not begin with that for kind's sake. What is not at hand is pulled by the cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from harness.cluster.embedded import servers
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.host import distribution_program
from harness.cluster.embedded.images import archive, specification_images
from harness.cluster.embedded.sources import Programs
from harness.errors import EnvironmentUnfit

__all__ = ["server_archives", "specification_archives"]

_MADE_AT_ONCE = "images"


class _AsItIs(Cache):
    """The user's cache, in which nothing is built and nothing fetched: EnvironmentUnfit for what is not there."""

    def ensure(self, room: str, name: str, key: str, make: Callable[[Path], None]) -> Path:
        if room != _MADE_AT_ONCE and not self.entry(room, name, key).is_dir():
            raise EnvironmentUnfit(f"{name} has not been made on this machine yet")
        return super().ensure(room, name, key, make)


def specification_archives(progress: Callable[[str], None]) -> Iterator[Path]:
    """Yield the archive of the images that specifications use, if it is at hand."""
    cache = _AsItIs(Cache.of_user().root)
    programs, busybox = Programs(GoModules(cache, progress)), distribution_program("busybox")
    if busybox is None:
        return
    try:
        files = programs.files("kubernetes")
        found = programs.find(("agnhost",)) | {"busybox": busybox}
    except EnvironmentUnfit:  # the cluster pulls them
        return
    yield archive(specification_images(found, files), "specifications", cache)


def server_archives(progress: Callable[[str], None]) -> Iterator[Path]:
    """Yield the archive of each real server whose packages, or program, are at hand."""
    cache = _AsItIs(Cache.of_user().root)
    for name in servers.NAMES:
        try:
            made = list(servers.archives(Programs(GoModules(cache, progress)), cache, progress, (name,)))
        except EnvironmentUnfit:  # the cluster pulls it
            continue
        yield from made
