"""Scenarios that are repeated until each has run a number of times, as `ci/repeat.py` does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenacity

FEATURE = """\
Feature: A shelf keeps what is put on it
  Scenario: A book is found where it was put
    Given a shelf
  @exclusive
  Scenario: A map is found where it was put
    Given a shelf that is waited for
"""
GLUE = """\
import os, pathlib, threading
import pytest
from pytest_bdd import given

@pytest.fixture
def harness_run():
    yield
    with pathlib.Path("cleaned").open("a") as cleaned:
        cleaned.write("once ")

@given("a shelf")
def a_shelf():
    pass

@given("a shelf that is waited for")
def a_shelf_that_is_waited_for():
    if os.environ["SHELF"] == "late":
        pathlib.Path("waiting").write_text(str(os.getpid()))
        for _ in range(600):  # a signal just before a wait is heard at its end
            threading.Event().wait(0.1)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of two scenarios that need no cluster, with the script in it."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "features").mkdir()
    (tmp_path / "temporary").mkdir()
    shutil.copy(Path(__file__).parents[2] / "ci" / "repeat.py", tmp_path / "ci")
    (tmp_path / "features" / "shelf.feature").write_text(FEATURE)
    (tmp_path / "conftest.py").write_text(GLUE)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    author = ["-c", "user.name=n", "-c", "user.email=e"]
    for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def begin(project: Path) -> Iterator[object]:
    """Begin to repeat, with a shelf that comes late or at once; what still runs at the end is killed."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(shelf: str, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, project / "ci" / "repeat.py", project / "all.jsonl", "--times", "1", *more]
        environment = os.environ | {"SHELF": shelf, "TMPDIR": str(project / "temporary")}
        begun.append(subprocess.Popen(command, cwd=project, env=environment, start_new_session=True))
        return begun[-1]

    yield start
    for each in begun:
        if each.poll() is None:
            os.killpg(each.pid, signal.SIGKILL)
            each.wait()


def titles(project: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in (project / "all.jsonl").read_text().splitlines()]
    return [(line["id"].rpartition("::")[2], line["outcome"]) for line in lines]


BOOK = ("test_a_book_is_found_where_it_was_put", "passed")
MAP = ("test_a_map_is_found_where_it_was_put", "passed")


@tenacity.retry(stop=tenacity.stop_after_delay(30), wait=tenacity.wait_fixed(0.1), retry=tenacity.retry_if_result(bool))
def late(project: Path) -> bool:
    return not ((project / "waiting").exists() and (project / "all.jsonl").exists() and titles(project))


def test_a_result_is_kept_before_its_batch_ends(project, begin):
    run = begin("late")
    late(project)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()

    assert titles(project) == [BOOK]


def test_what_a_killed_batch_has_run_is_not_run_again(project, begin):
    run = begin("late")
    late(project)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()

    assert begin("at once").wait(60) == 0
    assert titles(project) == [BOOK, MAP]
    assert not list((project / "temporary").iterdir())


def test_only_scenarios_with_the_wanted_tags_are_repeated(project, begin):
    assert begin("at once", "--marks", "not exclusive").wait(60) == 0
    assert titles(project) == [BOOK]


def test_who_ends_it_ends_its_batch_which_cleans_up(project, begin):
    run = begin("late")
    late(project)
    run.send_signal(signal.SIGTERM)

    assert run.wait(60) == 128 + signal.SIGTERM
    assert (project / "cleaned").read_text() == "once once "
    with pytest.raises(ProcessLookupError):
        os.kill(int((project / "waiting").read_text()), 0)
