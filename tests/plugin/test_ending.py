"""A run that is told to end cleans up after the scenario that it was in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import FEATURE

MAP = """\
  Scenario: A map is found where it was put
    Given a shelf
"""

HEARS = """\
import os, select, signal

def wait_for_a_signal():
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    select.select([read], [], [], 60)

"""
"""
A wait that any signal ends.

In a wait of threading, a signal that comes just before the system is asked to wait is heard at its end (29 of 4,000 on
Python 3.11), and one that comes just after the lock is released is told as a RuntimeError of that lock.
"""

GLUE = (
    HEARS
    + """\
import pathlib
import pytest
from pytest_bdd import given, parsers, then

@pytest.fixture
def harness_run():
    yield
    pathlib.Path("cleaned").touch()

@given("a shelf")
def a_shelf():
    with pathlib.Path("begun").open("w") as begun:
        begun.write("now")
    wait_for_a_signal()

@then(parsers.parse("a book is found within {span:d} seconds"))
def a_book_is_found(span):
    pass
"""
)

HEARS_ALL = """\
import signal

for each in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, signal.SIG_DFL)
"""
"""Makes a run hear what we may be deaf to, as all are that a shell's nohup has begun."""


@pytest.mark.row(36)
@pytest.mark.parametrize("sent", [(signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGTERM, signal.SIGTERM)])
def test_what_was_made_is_removed(pytester, write_feature, sent):
    write_feature(glue=HEARS_ALL + GLUE)
    begun = Path(pytester.path / "begun")
    arguments = [sys.executable, "-m", "pytest", "shelf.feature", "-p", "no:cacheprovider"]
    os.mkfifo(begun)
    with subprocess.Popen(arguments, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as run:
        assert begun.read_text() == "now"
        for each in sent:
            run.send_signal(each)
        said, _ = run.communicate(timeout=60)

    assert run.returncode == pytest.ExitCode.INTERRUPTED, said
    assert (pytester.path / "cleaned").exists(), said


def test_an_interrupt_that_was_lost_is_heard_before_the_next_scenario(pytester, write_feature):
    lost = "    try:\n        os.kill(os.getpid(), signal.SIGTERM)\n    except KeyboardInterrupt:\n        pass"
    write_feature(FEATURE + MAP, glue=GLUE.replace('"begun"', "os.devnull").replace("    wait_for_a_signal()", lost))

    run = pytester.runpytest_subprocess("shelf.feature")

    assert run.ret == pytest.ExitCode.INTERRUPTED
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["*KeyboardInterrupt: ended by SIGTERM"])


def test_who_handles_a_signal_already_goes_on_to(pytester, write_feature):
    handler = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    glue = GLUE.replace("    wait_for_a_signal()", "    assert signal.getsignal(15) is signal.SIG_IGN")
    write_feature(glue=handler + glue)

    pytester.runpytest_subprocess("shelf.feature").assert_outcomes(passed=1)


def test_a_report_that_is_being_written_is_written_whole(pytester, write_feature):
    stop = "import os, signal\n\ndef pytest_terminal_summary():\n    os.kill(os.getpid(), signal.SIGTERM)\n"
    write_feature(glue=GLUE.replace("    wait_for_a_signal()", "    pass") + stop)

    pytester.runpytest_subprocess("shelf.feature").assert_outcomes(passed=1)
    assert (pytester.path / "statefulspec-report" / "report.html").exists()


WORKERS = (
    HEARS
    + """\
import pathlib
import pytest
from pytest_bdd import given, parsers, then

@pytest.fixture
def harness_run(worker_id):
    yield
    os.kill(os.getpid(), signal.SIGINT)  # as xdist does to a worker that takes more than five seconds
    pathlib.Path(f"cleaned-{worker_id}").touch()

@given("a shelf")
def a_shelf(worker_id):
    try:
        with pathlib.Path("begun").open("w") as begun:
            begun.write("now ")
        wait_for_a_signal()
    except KeyboardInterrupt as told:
        pathlib.Path(f"told-{worker_id}").write_text(str(told))
        raise

@then(parsers.parse("a book is found within {span:d} seconds"))
def a_book_is_found(span):
    pass
"""
)


@pytest.mark.row(36)
def test_workers_are_told_and_clean_up_undisturbed(pytester, write_feature):
    write_feature(FEATURE + MAP, glue=WORKERS)
    begun = Path(pytester.path / "begun")
    arguments = [sys.executable, "-m", "pytest", "shelf.feature", "-n2", "-p", "no:cacheprovider"]
    os.mkfifo(begun)
    with (
        begun.open("r+b", buffering=0) as heard,
        subprocess.Popen(arguments, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as run,
    ):
        said_begun = b""
        while said_begun.count(b"now") < 2:
            said_begun += heard.read(16)
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=60)

    assert run.returncode == pytest.ExitCode.INTERRUPTED, said
    told = {path.name: path.read_text() for path in pytester.path.glob("told-*")}
    assert told == {"told-gw0": "ended by SIGTERM", "told-gw1": "ended by SIGTERM"}, said
    assert {path.name for path in pytester.path.glob("cleaned-*")} == {"cleaned-gw0", "cleaned-gw1"}, said
