"""
Families of programs that come packed in a Python package, built elsewhere from the same pinned modules.

Problem: the first start of a cluster on a new machine compiles for a quarter of an hour. Solution: whoever installs
`statefulspec[embedded]` has the package `statefulspec_programs`, with an archive for each family. An archive is named
by the hash of all that decides about a build, so one of other pins is not even seen.
"""

from __future__ import annotations

import importlib.util
import lzma
import shutil
import tarfile
from pathlib import Path

from harness.errors import EnvironmentUnfit

__all__ = ["PACKAGE", "archive_name", "pack", "packed", "unpack"]

PACKAGE = "statefulspec_programs"
_DICTIONARY = 256 << 20
"""Bytes that xz looks back: programs of one family share most of their code, and lie behind each other."""
_FILTERS = ({"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": _DICTIONARY})


def archive_name(entry: str) -> str:
    """Return how the archive of a family is called in the package, by the name of the family's entry in the cache."""
    return f"{entry}.tar.xz"


def packed(entry: str) -> Path | None:
    """Return the archive of a family that an installed package has, None if there is none of just this build."""
    found = importlib.util.find_spec(PACKAGE)
    folders = (found.submodule_search_locations if found else None) or ()
    archives = (Path(folder) / archive_name(entry) for folder in folders)
    return next((archive for archive in archives if archive.is_file()), None)


def pack(folder: Path, archive: Path) -> None:
    """Write an archive of a family's folder, the same bytes for the same content."""
    with lzma.open(archive, "wb", filters=_FILTERS) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, path.relative_to(folder), recursive=False, filter=_anonymous)


def unpack(archive: Path, folder: Path) -> None:
    """Put a family's programs and files into an empty folder; EnvironmentUnfit if the archive is not whole."""
    try:
        with lzma.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for entry in tar:
                _put(tar, entry, folder)
    except (lzma.LZMAError, tarfile.TarError, EOFError) as error:
        raise EnvironmentUnfit(
            f"the programs in {archive.name} cannot be unpacked",
            expected="an archive that is whole",
            observed=str(error),
            look_at=(f"pip install --force-reinstall the package that has {archive}",),
        ) from error


def _put(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Write one entry; by hand, since before Python 3.11.4 the library knows no filter that keeps it in the folder."""
    target = folder / entry.name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise tarfile.ReadError(f"{entry.name} lies outside of the archive")
    if entry.isdir():
        target.mkdir()
    elif content := tar.extractfile(entry):
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
        target.chmod(entry.mode & 0o755)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry
