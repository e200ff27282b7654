"""A run that claims a profile is red where a scenario would be skipped for something that the profile promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cluster.provider import CAPABILITIES, FAULTS
from harness.cluster.storage import STORAGE_CAPABILITIES

CONFORMANCE = Path(__file__).parents[2] / "ci" / "conformance"
GLUE = """\
import pytest
from pathlib import Path
from pytest_bdd import given
from harness.plugin.hosting import ClusterHandle

@pytest.fixture(scope="session")
def harness_cluster():
    lacks = {"needs_csi": "it has no CSI driver", "needs_three_nodes": "it has 1 of three nodes"}
    return ClusterHandle("shelf", Path("none"), "shelf", frozenset(), lacks, None, "a shelf", False)

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
    assert told >= FAULTS | set(STORAGE_CAPABILITIES)


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


SCENARIO_RUN = """
from harness.plugin.profile import skip_if_lacking

@pytest.fixture
def harness_run(request, harness_cluster, harness_settings):
    skip_if_lacking(request.node, harness_cluster, harness_settings.may_lack)
"""
PLAIN = """\
  Scenario: A book is there
    Given a shelf
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_run_of_which_something_ran_is_green(pytester, write_feature, workers):
    write_feature(FEATURE + PLAIN, GLUE + SCENARIO_RUN)

    result = pytester.runpytest("shelf.feature", *workers)

    result.assert_outcomes(skipped=1, passed=1)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.row(52)
@pytest.mark.parametrize("arguments", [(), ("-n1",), ("--harness-may-lack=needs_csi",), ("-k", "copied")])
def test_run_of_which_nothing_ran_is_red(pytester, write_feature, arguments):
    """Python tests beside it show nothing of the application."""
    write_feature(FEATURE + (PLAIN if "-k" in arguments else ""), GLUE + SCENARIO_RUN)
    pytester.makepyfile("def test_it_is_copied(): pass")

    result = pytester.runpytest(".", *arguments)

    result.assert_outcomes(skipped=1, passed=1, deselected=1 if "-k" in arguments else 0)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["nothing was shown: the only scenario was skipped;*", "*-m 'not needs_*'"])


@pytest.mark.parametrize(("arguments", "code"), [(("--collect-only",), 0), (("-k", "nobody"), 5), (("-m", "slow"), 5)])
def test_run_that_was_to_run_nothing_ends_as_pytest_ends_it(pytester, write_feature, arguments, code):
    write_feature(FEATURE, GLUE + SCENARIO_RUN)

    assert pytester.runpytest("shelf.feature", *arguments).ret == code


def test_scenario_that_fails_as_expected_has_run(pytester, write_feature):
    write_feature(
        PLAIN.join(["Feature: A shelf\n  @xfail\n", ""]), GLUE.replace("    pass", "    assert 0") + SCENARIO_RUN
    )

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(xfailed=1)
    result.stdout.fnmatch_lines(["skipped 1: it failed as was expected: *"])
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("feature", "step"),
    [
        pytest.param(FEATURE.replace("@needs_csi", "@skip"), "pass", id="tag"),
        pytest.param("Feature: A shelf\n" + PLAIN, "pytest.skip('it is too late')", id="step"),
    ],
)
def test_skip_for_anything_else_breaks_the_profile(pytester, write_feature, feature, step):
    write_feature(feature, GLUE.replace("    pass", f"    {step}") + SCENARIO_RUN)

    result = pytester.runpytest("shelf.feature", "--harness-may-lack=needs_csi")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*skipped, though the claimed profile promises it: *"])
    result.stdout.no_fnmatch_line("*nothing was shown*")


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
    broken = 'ClusterHandle("shelf", Path("none"), "shelf", frozenset({"needs_servers"}), {}, None, "a shelf", False, '
    glue = GLUE.partition("    lacks =")[0] + f"    return {broken}" + '{"needs_servers": "no packages came"})\n'
    feature = FEATURE.replace("@needs_csi", "@needs_servers")
    write_feature(feature, glue + GLUE.partition("\n\n")[2].partition('"a shelf", False)\n')[2])

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no packages came*"])
    result.stdout.no_fnmatch_line("*Traceback*")
