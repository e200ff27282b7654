"""Feature files are tests by themselves, each scenario once; what is wrong with them is said before anything runs."""

from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import FEATURE, GLUE


def test_feature_runs_without_glue(pytester, write_feature):
    """A feature file needs no Python that binds it."""
    write_feature()

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*A book is found where it was put*", "*Given a shelf*", "*report: *report.html"])


def test_scenario_bound_in_python_runs_once(pytester, write_feature):
    """Who binds a scenario by scenarios() has it run there, and only there."""
    write_feature()
    pytester.makepyfile(test_shelf="from pytest_bdd import scenarios\nscenarios('shelf.feature')")

    result = pytester.runpytest("-v", ".")

    result.assert_outcomes(passed=1, deselected=1)
    results = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in results] == ["test_shelf.py::test_a_book_is_found_where_it_was_put"]


def test_foreign_feature_is_left_alone(pytester):
    """A feature that uses no known sentence belongs to somebody else's steps."""
    pytester.makefile(".feature", shop="Feature: Shop\n  Scenario: Sale\n    Given a till\n")
    pytester.makepyfile("def test_one(): assert True")

    result = pytester.runpytest(".")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param(
            FEATURE.replace("a shelf\n", "a shelv\n"),
            ["*shelf.feature:3: no step is defined for: Given a shelv", "*statefulspec steps*"],
            id="undefined step",
        ),
        pytest.param(
            FEATURE + FEATURE.partition("\n")[2],
            ["*shelf.feature:2: another scenario of this file has the same title*", "*shelf.feature:5: *"],
            id="one title twice",
        ),
        pytest.param(
            FEATURE + "  Scenario: Nothing happens\n",
            ["*shelf.feature:5: this scenario has no step: Nothing happens"],
            id="empty scenario",
        ),
        pytest.param("Feature: Empty\n", ["*shelf.feature:1: this feature has no scenario"], id="empty feature"),
        pytest.param("", ["*shelf.feature: there is no Feature in this file"], id="empty file"),
        pytest.param(
            FEATURE.replace("Scenario:", "Scenario Outline:").replace("2 seconds", "<span> seconds"),
            ["*shelf.feature:4: no example gives <span>"],
            id="placeholder without column",
        ),
        pytest.param(FEATURE.replace("Then", "Thn"), ["*shelf.feature:4: *"], id="misspelt keyword"),
    ],
)
def test_unfit_feature_is_refused_with_its_line(pytester, write_feature, broken, told):
    """Every finding names file and line, nothing is run, and the exit code says so."""
    write_feature(broken)

    result = pytester.runpytest("shelf.feature")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(told)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_two_definitions_of_one_step_are_refused(pytester, write_feature):
    """A sentence means one thing."""
    write_feature(glue=GLUE + "\n@given('a shelf')\ndef another_shelf():\n    pass\n")

    result = pytester.runpytest("shelf.feature")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*shelf.feature:3: more than one step is defined for: Given a shelf"])


def test_feature_runs_in_xdist_workers(pytester, write_feature):
    """The results of workers reach the report of the run."""
    write_feature()

    result = pytester.runpytest("shelf.feature", "-n2")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*A book is found where it was put*", "1 scenario: 1 passed"])
    assert (pytester.path / "statefulspec-report" / "results.jsonl").read_text().count("\n") == 1


def test_workers_run_scenarios_that_must_be_alone_last(pytester, write_feature):
    """A worker that waits for all others to end must not wait for scenarios that have not begun."""
    title, *scenario = FEATURE.splitlines(keepends=True)
    alone = ["  @exclusive\n", "  Scenario: Nobody else is there\n", *scenario[1:]]
    write_feature("".join([title, *alone, *scenario]))

    pytester.runpytest("shelf.feature", "-n1").assert_outcomes(passed=2)
    results = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["title"] for line in results] == [
        "A book is found where it was put",
        "Nobody else is there",
    ]


def test_unused_plugin_prints_nothing_and_imports_no_client(pytester):
    """Installed beside other tests the plugin is silent and light."""
    pytester.makepyfile("import sys\ndef test_light(): assert 'kubernetes' not in sys.modules")

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*statefulspec:*")
    assert not (pytester.path / "statefulspec-report").exists()


def test_tags_are_known_under_strict_markers(pytester, write_feature):
    """Every tag of the closed list is a registered marker; another one is refused."""
    write_feature("@slow @exclusive\n" + FEATURE)
    assert pytester.runpytest("--strict-markers", "shelf.feature").ret == pytest.ExitCode.OK
