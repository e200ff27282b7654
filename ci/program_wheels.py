"""
Packs the programs of the embedded cluster into wheels: two for each minor release of Kubernetes that is named.

    python ci/program_wheels.py dist [1.36 …]

`statefulspec-kubernetes-1.36` has Kubernetes itself, `statefulspec-programs` what all its releases share. Each holds an
archive for each family as this checkout's pins make it, and is of statefulspec's own version, whose extra `embedded`
asks for both. What is not in the cache is built first; packing takes minutes, unpacking seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import DEFAULT, Family, families, release_of
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.packed import PACKAGE, archive_name, pack
from harness.workplace import workplace

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".release" / "bin" / "python"
"""Of the environment that `ci/release --tools` makes."""
LIMIT_BYTES = 100 << 20
"""What the Python package index takes of one file, unless it is asked for more."""
PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "{version}"
description = "{description}"
license = "Apache-2.0"
requires-python = ">=3.11"
[tool.hatch.build.targets.wheel]
packages = ["{package}"]
[tool.hatch.build.targets.wheel.hooks.custom]
"""
HOOK = """\
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Tag(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-manylinux2014_x86_64"
"""
"""The programs need no C library, so any Linux of this processor can run them."""


def main() -> None:
    """Write the wheels, the shared one first."""
    target, *minors = sys.argv[1:] or ["dist"]
    minors = minors or [DEFAULT]
    shared = [family for family in families(DEFAULT) if family.home.name != DEFAULT]
    wheel("statefulspec-programs", "etcd, containerd, CoreDNS and what else a cluster needs", shared, Path(target))
    for minor in minors:
        own = [family for family in families(minor) if family.home.name == minor]
        wheel(f"statefulspec-kubernetes-{minor}", f"Kubernetes {release_of(minor)}", own, Path(target))


def wheel(name: str, content: str, packed: list[Family], target: Path) -> None:
    """Build one wheel into the folder; ends where it is too large for the package index."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    description = f"Programs for the embedded cluster of statefulspec: {content}"
    source = GoModules(Cache.of_user(), print)
    with workplace("wheel") as project:
        text = PROJECT.format(name=name, version=version, description=description, package=PACKAGE)
        (project / "pyproject.toml").write_text(text)
        (project / "hatch_build.py").write_text(HOOK)
        (project / PACKAGE).mkdir()
        for family in packed:
            folder = source.ensure(family)
            print(f"packing {family.name} {family.version}", flush=True)
            pack(folder, project / PACKAGE / archive_name(folder.name))
        build = [TOOLS, "-m", "build", "--wheel", "--no-isolation", "--outdir", target.absolute(), project]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    made = next(target.glob(f"{name.replace('-', '_').replace('.', '_')}-*.whl"))
    print(f"{made}: {made.stat().st_size >> 20} MB")
    if made.stat().st_size > LIMIT_BYTES:
        sys.exit(f"{made} is larger than {LIMIT_BYTES >> 20} MB")


if __name__ == "__main__":
    main()
