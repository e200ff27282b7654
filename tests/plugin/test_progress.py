"""The live view: on a terminal as it happens, also from workers."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

GLUE = """\
import pytest
from pytest_bdd import given, parsers, then
from harness.plugin.keys import IDLE
from harness.reports.live_status import LiveStatus

@pytest.fixture
def harness_run():
    return None

@given("a shelf")
def a_shelf(request):
    request.config.stash[IDLE](LiveStatus("A book", "step 1: a shelf", "wood", (("web-0", "\u2591\u2588"),)))
    open("go").read()

@then(parsers.parse("a book is found within {span:d} seconds"))
def a_book_is_found(span):
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_terminal_shows_the_replicas_of_a_scenario_that_waits(pytester, write_feature, workers):
    write_feature(glue=GLUE)
    os.mkfifo(pytester.path / "go")
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "pytest", "shelf.feature", "-p", "no:cacheprovider", *workers]
    with subprocess.Popen(arguments, stdin=theirs, stdout=theirs, cwd=pytester.path) as run:
        os.close(theirs)
        said = read_until(ours, "web-0 ░█")
        assert "waiting: wood" in said
        (pytester.path / "go").write_text("go")
        rest = read_until(ours, "1 passed in")
        run.wait()
    os.close(ours)

    assert "\x1b[4A\x1b[J" in rest, "the live view was to be taken away"
    assert "✓ A book is found where it was put" in rest


def read_until(terminal: int, wanted: str) -> str:
    """Return what a terminal shows up to a text."""
    said = b""
    while wanted.encode() not in said:
        said += os.read(terminal, 4096)
    return said.decode(errors="replace")
