"""
Brings families of programs as release archives over HTTP, each trusted only by the SHA-256 that is pinned for it.

No archive is pinned by the project itself; whoever mirrors releases lists them in an index of their own.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.families import Family
from harness.errors import EnvironmentUnfit

__all__ = ["Archive", "ReleaseArchives"]

_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Archive:
    """A tar archive, compressed or not, whose members are programs named by the last part of their path."""

    url: str
    sha256: str


class ReleaseArchives:
    """A source of programs: downloads each family's archives once into the cache."""

    def __init__(
        self, archives: Mapping[str, tuple[Archive, ...]], cache: Cache, progress: Callable[[str], None]
    ) -> None:
        self._archives = archives
        self._cache = cache
        self._progress = progress

    def ensure(self, family: Family) -> Path:
        """Return the folder with the family's programs; raises EnvironmentUnfit where an archive is not as pinned."""
        archives = self._archives.get(family.name, ())
        key = key_of(family.version, *(archive.sha256 for archive in archives))
        return self._cache.ensure("releases", family.name, key, lambda folder: self._unpack(family, archives, folder))

    def _unpack(self, family: Family, archives: tuple[Archive, ...], folder: Path) -> None:
        wanted = {program.name for program in family.programs} | set(family.files)
        for archive in archives:
            self._progress(f"fetching {family.name} {family.version} from {archive.url}")
            _extract(_download(archive), wanted, folder)
        missing = wanted - {path.name for path in folder.iterdir()}
        if missing:
            raise EnvironmentUnfit(
                f"the release archives of {family.name} lack {', '.join(sorted(missing))}",
                expected=", ".join(sorted(wanted)),
                observed=", ".join(sorted(path.name for path in folder.iterdir())) or "nothing",
                look_at=tuple(archive.url for archive in archives) or ("no archive is pinned for this family",),
            )


def _download(archive: Archive) -> bytes:
    try:
        with urllib.request.urlopen(archive.url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the URL is pinned
            data: bytes = answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise EnvironmentUnfit(f"{archive.url} could not be fetched", observed=str(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != archive.sha256:
        raise EnvironmentUnfit(
            f"{archive.url} is not the file that was pinned",
            expected=f"SHA-256 {archive.sha256}",
            observed=f"SHA-256 {digest}, {len(data)} bytes",
        )
    return data


def _extract(data: bytes, wanted: set[str], folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if member.isfile() and name in wanted else None
            if content is not None:
                (folder / name).write_bytes(content.read())
                (folder / name).chmod(0o755)
