"""
Builds a family of programs from its pinned Go modules; nothing but the family's go.sum decides what is trusted.

Of the user's settings those count that say where modules come from and where Go keeps its caches, and no others: a
GOOS or GOFLAGS of theirs would make other programs. A family that was interrupted goes on from the build cache,
families that are done stay.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.families import Family
from harness.cluster.embedded.host import settings_of
from harness.cluster.embedded.toolchain import find_toolchain
from harness.errors import EnvironmentUnfit
from harness.model import format_seconds
from harness.workplace import workplace

__all__ = ["GoModules"]

_FLAGS = "-mod=readonly -trimpath -buildvcs=false"
_FETCHING = (
    *("GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH"),
    *("GOPATH", "GOMODCACHE", "GOCACHE"),
)
"""What `go env` is asked for: variables, and what `go env -w` has written down."""
_AROUND = (
    *("PATH", "HOME", "TMPDIR", "NETRC", "SSH_AUTH_SOCK", "GIT_CONFIG_GLOBAL", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "no_proxy"),
)
"""What Go and the git that it may call need to reach where modules come from."""
_PINNED = {"CGO_ENABLED": "0", "GOFLAGS": _FLAGS, "GOWORK": "off", "GOTOOLCHAIN": "local", "GOENV": "off"}


class GoModules:
    """A source of programs: builds each family once into the cache."""

    def __init__(self, cache: Cache, progress: Callable[[str], None]) -> None:
        self._cache = cache
        self._progress = progress

    def ensure(self, family: Family) -> Path:
        """Return the folder that holds the family's programs and files; raises EnvironmentUnfit if a build fails."""
        key = key_of(
            *((family.folder / name).read_bytes() for name in ("go.mod", "go.sum")),
            repr((family.programs, family.files, family.link_flags, family.tags, _FLAGS, platform.machine())),
        )
        return self._cache.ensure("programs", family.name, key, lambda folder: self._build(family, folder))

    def _build(self, family: Family, folder: Path) -> None:
        started = time.monotonic()
        self._progress(f"building {family.name} {family.version} from its Go module")
        go = find_toolchain(self._cache, self._progress).command
        with workplace("build") as sources:
            for name in ("go.mod", "go.sum"):
                shutil.copy(family.folder / name, sources)
            for program in family.programs:
                target = ("-o", folder / program.name, program.package)
                self._run(family, go, sources, "build", *_arguments(family), *target)
            where = self._run(family, go, sources, "list", "-m", "-f", "{{.Dir}}", family.module)
            for name, source in family.files.items():
                _copy(Path(where.strip()) / source, folder / name)
        self._progress(f"built {family.name} in {format_seconds(time.monotonic() - started)}")

    def _run(self, family: Family, go: Path, sources: Path, *arguments: str | Path) -> str:
        env = _environment(go)
        run = subprocess.run([go, *arguments], cwd=sources, env=env, capture_output=True, encoding="utf-8", check=False)
        if run.returncode:
            raise EnvironmentUnfit(
                f"{family.name} {family.version} could not be built",
                expected=f"`go {arguments[0]}` of {arguments[-1]} succeeds",
                observed=run.stderr.strip()[-2000:] or f"exit status {run.returncode}",
                look_at=("`go env GOPROXY` must name a reachable module proxy; run the command again to go on",),
            )
        return run.stdout


def _environment(go: Path) -> dict[str, str]:
    asked = subprocess.run(
        [go, "env", "-json", *_FETCHING], capture_output=True, encoding="utf-8", check=False, cwd="/"
    )
    if asked.returncode:
        raise EnvironmentUnfit(f"{go} does not tell its settings", expected="`go env` succeeds", observed=asked.stderr)
    return {**settings_of(_AROUND), **json.loads(asked.stdout), **_PINNED}


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or the files of a folder, but no rights: a module's files and folders cannot be written to."""
    if source.is_dir():
        target.mkdir()
        for each in source.iterdir():
            _copy(each, target / each.name)
    else:
        shutil.copyfile(source, target)


def _arguments(family: Family) -> list[str]:
    tags = ["-tags", family.tags] if family.tags else []
    return ["-ldflags", family.link_flags, *tags]
