"""What `check` says of a run, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.drafting.application import Application, ManifestSource
from harness.drafting.verdicts import exit_code, judged, lines
from harness.reports.results import ScenarioResult, StepResult

PAIR = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: peers
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: busybox:1.36}]}
"""
START, NAMES = "db starts", "Each replica of db is found by its name"


@pytest.fixture
def application(tmp_path: Path) -> Application:
    (tmp_path / "db.yaml").write_text(PAIR)
    return ManifestSource(tmp_path / "db.yaml").read()


def result(title: str, outcome: str = "passed", error: str = "", *, at: str = "Then") -> ScenarioResult:
    keywords = ["Given", "When", "Then"]
    steps = tuple(
        StepResult(
            keyword,
            f'StatefulSet "db" is {keyword}',
            1,
            0.1,
            "failed" if outcome != "passed" and keyword == at else "passed",
        )
        for keyword in keywords[: keywords.index(at) + 1]
    )
    return ScenarioResult(title, "db.feature", title, 1, outcome, 4.2, steps, message="it did not", error=error)


def told(application: Application, *changed: ScenarioResult) -> tuple[int, str]:
    titles = [one.title for _, found in application.chosen.values() for one in found if hasattr(one, "title")]
    results = {title: result(title) for title in titles} | {one.title: one for one in changed}
    found = judged(application, results.values())
    return exit_code(found), "\n".join(lines(application, found))


def test_all_kept_is_0(application: Application) -> None:
    code, text = told(application)
    assert code == 0
    assert "  kept           starts  4.2 s" in text
    assert "an order of start and stop\n                   podManagementPolicy is Parallel" in text


def test_a_broken_promise_is_1_with_its_counterexample_and_what_to_change(application: Application) -> None:
    code, text = told(application, result(NAMES, "failed", "ExpectationNotMet"))
    assert code == 1
    assert "  broken         gives each replica a name that leads to it\n                   it did not\n" in text
    assert "change: serviceName is peers, and the manifests have no Service of that name: add a headless one" in text


def test_manifests_that_the_server_refuses_are_2(application: Application) -> None:
    code, text = told(application, result(START, "failed", "BadInput", at="Given"))
    assert (code, "  unusable       starts" in text) == (2, True)


@pytest.mark.parametrize(
    "uncertain",
    [
        result(NAMES, "inconclusive", "Inconclusive"),
        result(NAMES, "error", "EnvironmentUnfit"),
        result(NAMES, "not run"),
        result(NAMES, "failed", "BadInput"),
        result(NAMES, "failed", "ExpectationNotMet", at="Given"),
    ],
)
def test_what_has_no_verdict_is_3(uncertain: ScenarioResult, application: Application) -> None:
    code, text = told(application, uncertain)
    assert (code, "  inconclusive   gives each replica a name" in text) == (3, True)


def test_a_broken_promise_counts_more_than_one_without_a_verdict(application: Application) -> None:
    broken, uncertain = result(START, "failed", "ExpectationNotMet"), result(NAMES, "inconclusive", "Inconclusive")
    assert told(application, broken, uncertain)[0] == 1


def test_a_promise_that_the_cluster_cannot_show_is_not_asked(application: Application) -> None:
    assert told(application, result(NAMES, "skipped"))[0] == 0


def test_a_run_that_has_shown_nothing_is_3(application: Application) -> None:
    assert exit_code(judged(application, [])) == 3
    skipped = [one.title for _, found in application.chosen.values() for one in found if hasattr(one, "title")]
    assert exit_code(judged(application, [result(title, "skipped") for title in skipped])) == 3


def test_an_installation_that_fails_in_its_hook_breaks_the_promise_of_the_start(application: Application) -> None:
    code, text = told(application, result(START, "failed", "ExpectationNotMet", at="When"))
    assert code == 1
    assert "  broken         starts" in text
