"""Scenarios of other versions of Kubernetes, or of gates that are off, are left out with the reason, and no others."""

from __future__ import annotations

import pytest

GLUE = """\
import pytest
from pytest_bdd import given
from harness.plugin.profile import skip_if_of_another_version
from harness.api_server import ApiServer

@pytest.fixture
def harness_run(request):
    gates = {"Open": True, "Shut": False} if "GATES" else None
    skip_if_of_another_version(request.node, lambda: ApiServer("v1.36.3-shelf.1", gates))

@given("a shelf")
def a_shelf():
    pass
"""
SCENARIO = """\
Feature: A shelf
  {tags}
  Scenario: A book is found
    Given a shelf
"""


@pytest.mark.parametrize(
    "tags",
    ["@since_1_36", "@until_1_36", "@since_1_9", "@until_2_0", "@since_1_35 @until_1_37", "@needs_gate_Open", ""],
)
def test_scenario_that_the_server_meets_runs(pytester, write_feature, tags):
    write_feature(SCENARIO.format(tags=tags), GLUE)

    pytester.runpytest("shelf.feature").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("@since_1_37", "it is of Kubernetes 1.37 and newer, and the cluster is of v1.36.3-shelf.1"),
        ("@until_1_35", "it is of Kubernetes 1.35 and older, and the cluster is of v1.36.3-shelf.1"),
        ("@until_1_9", "it is of Kubernetes 1.9 and older, and the cluster is of v1.36.3-shelf.1"),
        ("@needs_gate_Shut", "feature gate Shut is off; on an embedded cluster: --harness-feature-gates=Shut=true"),
        ("@needs_gate_Gone", "Kubernetes v1.36.3-shelf.1 has no feature gate Gone"),
    ],
)
@pytest.mark.parametrize("profile", [(), ("--harness-may-lack=none",)])
def test_scenario_that_it_does_not_meet_is_left_out_with_the_reason(pytester, write_feature, tags, reason, profile):
    """Whatever profile the run claims: a cluster lacks nothing by being of its version."""
    write_feature(SCENARIO.format(tags=tags), GLUE)

    result = pytester.runpytest("-rs", "shelf.feature", *profile)

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines([f"*{reason}*"])


def test_gate_of_a_server_that_does_not_tell_is_no_pass(pytester, write_feature):
    write_feature(SCENARIO.format(tags="@needs_gate_Open"), GLUE.replace('"GATES"', '""'))

    result = pytester.runpytest("-rs", "shelf.feature")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*whether feature gate Open is on: allow get of /metrics*"])


EXAMPLES = """\
Feature: A shelf
  Scenario Outline: A book is <seen>
    Given a shelf

    @since_1_37
    Examples:
      | seen |
      | lost |

    @until_1_36
    Examples:
      | seen  |
      | found |
"""


def test_examples_may_be_of_different_versions(pytester, write_feature):
    write_feature(EXAMPLES, GLUE)

    pytester.runpytest("shelf.feature").assert_outcomes(skipped=1, passed=1)


def test_tags_are_known_where_a_module_binds_the_scenario(pytester, write_feature):
    feature = write_feature(SCENARIO.format(tags="@since_1_37 @needs_gate_Shut"), GLUE)
    binding = "import pytest\nfrom pytest_bdd import scenarios\npytestmark = pytest.mark.usefixtures('harness_run')\n"
    pytester.makepyfile(test_shelf=f"{binding}scenarios({str(feature)!r})")

    pytester.runpytest("--strict-markers", "test_shelf.py").assert_outcomes(skipped=1)


@pytest.mark.parametrize("tag", ["since_137", "until_1.36", "since_1_37_2", "needs_gate_", "needs_gate_recreate"])
def test_tag_that_would_leave_nothing_out_is_told_with_its_line(pytester, write_feature, tag):
    write_feature(SCENARIO.format(tags=f"@{tag}"), GLUE)

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*shelf.feature:2: the tag {tag} names no version and no feature gate*"])
