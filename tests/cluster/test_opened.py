"""Folders of volumes are opened to all users as they are made, and never again."""

from __future__ import annotations

import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from harness.cluster.embedded import opened
from harness.cluster.embedded.processes import end_all, is_alive, spawn
from harness.cluster.embedded.state import Component


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "volumes"
    made.mkdir()
    return made


@pytest.fixture
def opener(folder: Path, tmp_path: Path) -> Iterator[Component]:
    token = secrets.token_hex(8)
    yield spawn("volumes", [sys.executable, "-I", "-S", opened.__file__, folder], token, tmp_path / "log")
    end_all(token)


def make(folder: Path, name: str) -> Path:
    """Make a folder as the provisioner does."""
    made = folder / name
    made.mkdir(mode=0o750)
    return made


@retry(retry=retry_if_exception_type(AssertionError), stop=stop_after_delay(10), wait=wait_fixed(0.01), reraise=True)
def assert_open(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o777


@pytest.mark.usefixtures("opener")
def test_each_new_folder_is_opened(folder):
    assert_open(make(folder, "perhaps-before-it-listens"))
    assert_open(make(folder, "while-it-listens"))


@pytest.mark.usefixtures("opener")
def test_a_folder_that_its_user_has_closed_stays_closed(folder):
    """As a database does with its own."""
    kept = make(folder, "kept")
    assert_open(kept)
    kept.chmod(0o700)
    assert_open(make(folder, "later"))

    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_a_folder_that_is_gone_again_hurts_nobody(folder, opener):
    for number in range(200):
        make(folder, f"short-{number}").rmdir()
    assert_open(make(folder, "lasting"))
    assert is_alive(opener)
