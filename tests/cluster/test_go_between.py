"""The go-between's own tests, which are written in Go as it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.cluster.embedded.toolchain import installed_toolchain

SOURCES = Path("harness/cluster/embedded/programs/go-between")
TESTS = Path("tests/go_between")


def go(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    toolchain = installed_toolchain()
    if toolchain is None:
        pytest.skip("there is no Go toolchain on PATH")
    for path in (*SOURCES.iterdir(), *TESTS.glob("*.go")):
        shutil.copy(path, folder)
    return subprocess.run(
        [toolchain.command, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )


def test_it_does_what_its_rules_say(tmp_path: Path) -> None:
    run = go(tmp_path, "test", "-count=1", "./...")
    assert run.returncode == 0, run.stdout + run.stderr


def test_it_is_written_as_gofmt_writes_and_vet_allows(tmp_path: Path) -> None:
    run = go(tmp_path, "vet", "./...")
    assert run.returncode == 0, run.stderr
    assert go(tmp_path, "fmt").stdout == ""
