"""
Builds a family of programs from its pinned Go modules; nothing but the family's go.sum decides what is trusted.

Where an installed package has just what would be built (packed.py), it is taken from there.
Of the user's settings those count that say where modules come from and where Go keeps its caches, and no others: a
GOOS or GOFLAGS of theirs would make other programs. A family that was interrupted goes on from the build cache,
families that are done stay.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from harness.cluster.embedded.cache import Cache, key_of
from harness.cluster.embedded.checksums import write_sums
from harness.cluster.embedded.families import Family, Program
from harness.cluster.embedded.host import settings_of
from harness.cluster.embedded.packed import packed, unpack
from harness.cluster.embedded.toolchain import find_toolchain
from harness.cluster.passing import PASSING, Counted
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
        return self._cache.ensure("programs", family.name, _key(family), lambda folder: self._make(family, folder))

    def made(self, family: Family) -> Path | None:
        """Return that folder where the family is built already, else None."""
        entry = self._entry(family)
        return entry if entry.is_dir() else None

    def _entry(self, family: Family) -> Path:
        return self._cache.entry("programs", family.name, _key(family))

    def _make(self, family: Family, folder: Path) -> None:
        if archive := packed(self._entry(family).name):
            self._progress(f"unpacking {family.name} {family.version}")
            unpack(archive, folder)
        else:
            self._build(family, folder)
            write_sums(folder)

    def _build(self, family: Family, folder: Path) -> None:
        started = time.monotonic()
        self._progress(f"building {family.name} {family.version} from its Go module")
        go = find_toolchain(self._cache, self._progress).command
        with workplace("build") as sources, workplace("programs") as made:
            for decisive in _sources(family):
                shutil.copy(decisive, sources)
            if family.programs:
                self._compile(family, go, sources, made)
            for program in family.programs:
                shutil.move(made / _made_name(program, family), folder / program.name)
            where = self._run(family, go, sources, "list", "-m", "-f", "{{.Dir}}", family.module)
            for name, source in family.files.items():
                _copy(Path(where.strip()) / source, folder / name)
        self._progress(f"built {family.name} in {format_seconds(time.monotonic() - started)}")

    def _compile(self, family: Family, go: Path, sources: Path, made: Path) -> None:
        """Build the programs of a family, by one command where it can: it compiles once what they share."""
        packages = [program.package for program in family.programs]
        for several in [packages] if family.together else [[each] for each in packages]:
            self._progress(f"{PASSING}{family.name}: fetching its modules")
            needed = self._run(family, go, sources, "list", *_tags(family), "-deps", *several).count("\n")
            counted = Counted(f"{PASSING}{family.name}: {{}} of {needed} packages", self._progress)
            flags = ("-v", "-ldflags", family.link_flags, *_tags(family))
            self._run(family, go, sources, "build", *flags, "-o", made, *several, heard=counted.heard)

    def _run(
        self,
        family: Family,
        go: Path,
        sources: Path,
        *arguments: str | Path,
        heard: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Return what a command of Go has printed; `heard` is told each line of its errors as it comes."""
        with (sources / "printed").open("w+", encoding="utf-8") as printed:
            run = subprocess.Popen(
                [go, *arguments],
                cwd=sources,
                env=_environment(go),
                stdout=printed,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            complained: list[str] = []
            with run:
                for line in run.stderr or ():
                    complained.append(line)
                    heard(line)
            printed.seek(0)
            output = printed.read()
        if run.returncode:
            raise EnvironmentUnfit(
                f"{family.name} {family.version} could not be built",
                expected=f"`go {arguments[0]}` of {arguments[-1]} succeeds",
                observed="".join(complained).strip()[-2000:] or f"exit status {run.returncode}",
                look_at=("`go env GOPROXY` must name a reachable module proxy; run the command again to go on",),
            )
        return output


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


def _tags(family: Family) -> list[str]:
    return ["-tags", family.tags] if family.tags else []


def _key(family: Family) -> str:
    return key_of(
        *(path.read_bytes() for path in _sources(family)),
        repr((family.programs, family.files, family.link_flags, family.tags, _FLAGS, platform.machine())),
    )


def _sources(family: Family) -> list[Path]:
    """Return what decides about a family's programs: go.mod, go.sum, and a main of ours where there is one."""
    return [family.folder / "go.mod", family.folder / "go.sum", *sorted(family.folder.glob("*.go"))]


def _made_name(program: Program, family: Family) -> str:
    """Return how Go calls a program: by the last part of its package's name that is no version, as in `server/v3`."""
    if program.package == ".":
        return family.name
    *_, before, last = program.package.split("/")
    return before if re.fullmatch(r"v\d+", last) else last
