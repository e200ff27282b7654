"""Options, their twins in the environment and the ini file, and what is refused."""

from __future__ import annotations

import pytest

from harness import timeouts
from harness.plugin.run_settings import read_settings


def settings(pytester: pytest.Pytester, *arguments: str):
    return read_settings(pytester.parseconfig(*arguments))


def test_defaults(pytester):
    found = settings(pytester)

    assert (found.cluster, found.nodes, found.cluster_keep) == ("embedded", 0, False)
    assert found.report == pytester.path / "statefulspec-report"


def test_command_line_wins_over_environment_over_ini(pytester, monkeypatch):
    pytester.makeini("[pytest]\nharness_nodes = 2\nharness_cluster_keep = true\nharness_allow_contexts =\n  a\n  b\n")
    assert settings(pytester).nodes == 2
    assert settings(pytester).cluster_keep
    assert settings(pytester).allow_contexts == ("a", "b")

    monkeypatch.setenv("HARNESS_NODES", "3")
    assert settings(pytester).nodes == 3
    assert settings(pytester, "--harness-nodes=4").nodes == 4


def test_slow_machine_gets_more_time_for_what_no_feature_bounds(pytester, monkeypatch):
    monkeypatch.setattr(timeouts, "_SCALE", timeouts._Scale())
    pytester.makeini("[pytest]\nharness_timeout_scale = 2.5\n")
    pytester.parseconfigure()

    assert timeouts.GIVEN.s == 300


def test_naming_a_context_means_using_it(pytester):
    assert settings(pytester, "--harness-context=kind-x").cluster == "context"


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("--harness-cluster=docker", "one of embedded, fake, context"),
        ("--harness-nodes=0", "a number from 1 to 5"),
        ("--harness-nodes=many", "a number from 1 to 5"),
        ("--harness-timeout-scale=0", "a positive number"),
        ("--harness-timeout-scale=inf", "a positive number"),
        ("--harness-timeout-scale=twice", "a positive number"),
        ("--harness-kubernetes-version=1.33", "these are pinned: 1.34 (v1.34."),
        ("--harness-kubernetes-version=latest", "these are pinned: 1.34 (v1.34."),
        ("--harness-feature-gates=A=yes", "write NAME=true or NAME=false"),
        ("--harness-program=kubelet", "write NAME=PATH"),
        ("--harness-program=kubelet=/does/not/exist", "write NAME=PATH of an existing program"),
    ],
)
def test_nonsense_is_refused_with_the_valid_values(pytester, argument, told):
    result = pytester.runpytest(argument)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{told}*"])


@pytest.mark.row(35)
def test_another_plugins_options_of_common_names_do_not_collide(pytester):
    """Every option, destination and ini key carries the prefix."""
    pytester.makeconftest(
        "def pytest_addoption(parser):\n"
        "    for name in ('--kubeconfig', '--context', '--cluster-name', '--nodes', '--report'):\n"
        "        parser.addoption(name)\n"
    )

    assert pytester.runpytest("--kubeconfig=x").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("option", ["--harness-kubernetes-version=1.37", "--harness-feature-gates=A=true"])
def test_version_and_gates_of_a_cluster_of_others_are_not_ours_to_choose(pytester, option):
    result = pytester.runpytest("--harness-cluster=kind", option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*: a cluster of kind kind has its own *"])
