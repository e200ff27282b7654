"""Which recordings and namespaces a run keeps, and that it waits where it is told to."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from harness.plugin.recording import is_recorded, keeps_place
from harness.plugin.run_settings import read_settings
from harness.reports.results import ScenarioResult
from harness.reports.terminal import closing_lines
from tests.plugin.test_outcome import BROKEN


@pytest.mark.parametrize(
    ("which", "passed", "broken"), [("on", True, True), ("off", False, False), ("retain-on-failure", False, True)]
)
def test_recordings_are_kept_as_told(pytester, which, passed, broken):
    settings = read_settings(pytester.parseconfig(f"--harness-record={which}"))

    assert (is_recorded(settings, broken=False), is_recorded(settings, broken=True)) == (passed, broken)


@pytest.mark.parametrize(
    ("which", "passed", "broken"), [("never", False, False), ("failed", False, True), ("always", True, True)]
)
def test_namespaces_are_kept_as_told(pytester, which, passed, broken):
    settings = read_settings(pytester.parseconfig(f"--harness-keep={which}"))

    assert (keeps_place(settings, broken=False), keeps_place(settings, broken=True)) == (passed, broken)


def test_without_a_word_everything_is_recorded_and_nothing_else_kept(pytester):
    settings = read_settings(pytester.parseconfig())

    assert (settings.record, settings.keep, settings.pause_on_failure) == ("on", "never", False)


@pytest.mark.parametrize(
    ("option", "told"), [("record=some", "on, off, retain-on-failure"), ("keep=some", "never, failed, always")]
)
def test_unknown_values_are_refused_with_the_known_ones(pytester, option, told):
    result = pytester.runpytest(f"--harness-{option}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --harness-{option}: one of {told}"])


def test_what_is_kept_is_listed_with_the_command_that_removes_it(tmp_path):
    result = ScenarioResult("s", "s.feature", "A book is there", 3, "failed", 1.0, kept="kubectl delete namespace/x")

    assert (
        "\n".join(closing_lines([result], tmp_path)).find("kept: A book is there; remove it with:\n  kubectl delete")
        > 0
    )


def test_nothing_can_be_kept_on_a_cluster_that_goes(pytester):
    result = pytester.runpytest("--harness-keep=failed", "--harness-cluster=fake", "--harness-cluster-name=nobody")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--harness-keep needs a cluster that stays; --harness-cluster-keep makes it one"])


def test_there_is_no_pause_where_nobody_can_end_it(pytester):
    result = pytester.runpytest_subprocess("--harness-pause-on-failure")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --harness-pause-on-failure needs a terminal to wait at*"])


def test_a_failure_waits_for_enter_before_it_is_cleaned_up(pytester, write_feature):
    """The fixture's end writes a file: it must not be there while the run waits."""
    stage = "yield\n    open('cleaned', 'w').close()"
    write_feature(glue=BROKEN.format(error="ExpectationNotMet", stage=stage))
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "pytest", "shelf.feature", "--harness-pause-on-failure"]
    with subprocess.Popen(arguments, stdin=theirs, stdout=subprocess.PIPE, text=True, cwd=pytester.path) as run:
        assert run.stdout is not None
        said = ""
        while "press Enter" not in said:
            line = run.stdout.readline()
            assert line, said
            said += line
        assert not (pytester.path / "cleaned").exists()
        os.write(ours, b"\n")
        run.communicate()
    os.close(ours)
    os.close(theirs)

    assert "paused: shelf.feature::" in said
    assert "no book within 2 s" in said
    assert (pytester.path / "cleaned").exists()
