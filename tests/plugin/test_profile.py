"""A run that claims a profile is red where a scenario would be skipped for something that the profile promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cluster.provider import CAPABILITIES, FAULTS
from harness.cluster.storage import ABILITIES

CONFORMANCE = Path(__file__).parents[2] / "ci" / "conformance"
GLUE = """\
import pytest
from pathlib import Path
from pytest_bdd import given
from harness.plugin.hosting import Attachment

@pytest.fixture(scope="session")
def harness_cluster():
    lacks = {"needs_csi": "it has no CSI driver", "needs_three_nodes": "it has 1 of three nodes"}
    return Attachment("shelf", Path("none"), "shelf", frozenset(), lacks, None, "a shelf", False)

@given("a shelf")
def a_shelf():
    pass
"""
FEATURE = """\
Feature: A shelf
  @needs_csi
  Scenario: A book is copied
    Given a shelf
"""
BOTH = FEATURE.replace("@needs_csi", "@needs_csi @needs_three_nodes")


def test_profiles_of_the_nightly_runs_know_every_fault_and_every_ability_of_storage():
    """A capability that is new, or has another name, would make those runs red, and only at night."""
    told = set(re.findall(r"needs_\w+", CONFORMANCE.read_text()))
    assert told <= set(CAPABILITIES)
    assert told >= FAULTS | set(ABILITIES)


@pytest.mark.parametrize(
    ("feature", "arguments"),
    [
        pytest.param(FEATURE, [], id="no profile"),
        pytest.param(FEATURE, ["--harness-may-lack=needs_csi"], id="listed"),
        pytest.param(BOTH, ["--harness-may-lack=needs_csi", "--harness-may-lack=needs_three_nodes"], id="both listed"),
    ],
)
def test_skip_that_the_profile_lists_is_a_skip(pytester, write_feature, feature, arguments):
    write_feature(feature, GLUE)

    result = pytester.runpytest("shelf.feature", *arguments)

    result.assert_outcomes(skipped=1)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("feature", "arguments", "told"),
    [
        pytest.param(
            FEATURE,
            ["--harness-may-lack=none"],
            ["*lacks needs_csi*profile*", "*nothing but what no scenario needs*", "*it has no CSI driver*"],
            id="none",
        ),
        pytest.param(
            FEATURE,
            ["--harness-may-lack=needs_registry"],
            ["*lacks needs_csi*", "*nothing but needs_registry*", "*--harness-may-lack=needs_csi*"],
            id="another one listed",
        ),
        pytest.param(
            BOTH,
            ["--harness-may-lack=needs_csi"],
            ["*lacks needs_three_nodes*", "*it has 1 of three nodes*"],
            id="one of two listed",
        ),
    ],
)
def test_skip_that_the_profile_does_not_list_is_an_error(pytester, write_feature, feature, arguments, told):
    write_feature(feature, GLUE)

    result = pytester.runpytest("shelf.feature", *arguments)

    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(told)
    result.stdout.no_fnmatch_line("*Traceback*")


def test_profile_comes_from_the_ini_file_too(pytester, write_feature):
    write_feature(FEATURE, GLUE)
    pytester.makeini("[pytest]\nharness_may_lack =\n  needs_registry\n")

    pytester.runpytest("shelf.feature").assert_outcomes(errors=1)


def test_profile_of_an_unknown_capability_is_refused(pytester):
    result = pytester.runpytest("--harness-may-lack=csi")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--harness-may-lack=csi: none, or one of needs_containers,*"])


def test_scenario_that_needs_what_could_not_be_provided_is_an_error_and_others_run(pytester, write_feature):
    broken = 'Attachment("shelf", Path("none"), "shelf", frozenset({"needs_servers"}), {}, None, "a shelf", False, '
    glue = GLUE.partition("    lacks =")[0] + f"    return {broken}" + '{"needs_servers": "no packages came"})\n'
    feature = FEATURE.replace("@needs_csi", "@needs_servers")
    write_feature(feature, glue + GLUE.partition("\n\n")[2].partition('"a shelf", False)\n')[2])

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no packages came*"])
    result.stdout.no_fnmatch_line("*Traceback*")
