"""
What the files of a folder were when they were made, so that a program is started only if it is still that.

Problem: a disk that was full, or a cache that was copied half, leaves programs that start and then behave strangely.
Solution: their SHA-256 in a file that `sha256sum --check` reads as well, looked at before each start of a cluster.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.errors import EnvironmentUnfit

__all__ = ["check_sums", "write_sums"]

_SUMS = "SHA256SUMS"
_AT_ONCE = 2
"""Files that are read at once: the hash is made by one processor each, and small machines have two."""


def write_sums(folder: Path) -> None:
    """Write down what all files below a folder are now."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _SUMS)
    lines = (f"{sum_of}  {path.relative_to(folder)}\n" for path, sum_of in _hashed(files))
    (folder / _SUMS).write_text("".join(lines), encoding="utf-8")


def check_sums(files: Iterable[Path]) -> None:
    """Raise EnvironmentUnfit for files that are not what is written down beside them; where nothing is, all is well."""
    expected: dict[Path, str] = {}
    for path in files:
        sums = path.parent / _SUMS
        if sums.is_file():
            lines = (line.split("  ", 1) for line in sums.read_text(encoding="utf-8").splitlines())
            expected[path] = {name: sum_of for sum_of, name in lines}.get(path.name, "")
    changed = [path for path, sum_of in _hashed(expected) if sum_of != expected[path]]
    if changed:
        raise EnvironmentUnfit(
            f"{' and '.join(path.name for path in changed)} of the cache cannot be trusted",
            expected=f"the content that it had when it was made, as {_SUMS} beside it says",
            observed="another",
            look_at=tuple(f"`rm -r {folder}`: it is made anew" for folder in dict.fromkeys(p.parent for p in changed)),
        )


def _hashed(files: Iterable[Path]) -> list[tuple[Path, str]]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [(path, sum_of) for path, sum_of in zip(files, pool.map(_sum_of, files), strict=True)]


def _sum_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
