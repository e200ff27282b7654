"""The command `init`: a project with a first feature, which passes as it is."""

from __future__ import annotations

import argparse
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from harness.errors import BadInput

__all__ = ["add_commands"]

_FILES = {
    "pyproject.toml": "pyproject.toml",
    "features/web.feature": "features/web.feature",
    "features/web.yaml": "features/web.yaml",
    "workflow.yaml": ".github/workflows/features.yaml",
}
"""What comes with the package, and what it is called in a project."""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    init = commands.add_parser("init", help="make a project: a feature that passes, its manifests, a CI job")
    init.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="by default this one")
    init.set_defaults(command=_init)


def _init(given: argparse.Namespace) -> int:
    folder: Path = given.folder
    source = files("harness.cli") / "project"
    there = [name for name in _FILES.values() if (folder / name).exists()]
    if there:
        remedy = "name a folder without them; what is yours is not changed"
        raise BadInput(f"there is already {', '.join(there)}", str(folder), remedy=remedy)
    try:
        for name, target in _FILES.items():
            text = source.joinpath(name).read_text(encoding="utf-8").replace('"NAME"', f'"{_name(folder)}"')
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            (folder / target).write_text(text, encoding="utf-8")
            print(folder / target)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", str(error.filename or folder)) from error
    print(f"now: cd {folder} && pytest --harness-cluster=kind    (or =embedded as root on Linux, or =fake)")
    return 0


def _name(folder: Path) -> str:
    """Return what Python's packaging takes as a name."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "features"
