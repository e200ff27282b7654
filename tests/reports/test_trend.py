"""What many runs come to: percentiles, shares and their intervals, against values worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import pytest

from harness.cli import main
from harness.errors import BadInput
from harness.model import Lack, Recovery
from harness.reports.results import ResultsFile, ScenarioResult
from harness.reports.trend import Share, Spread, find_runs, trend_of

EVENT = 'pod "db-1" is deleted'


def ran(number: int, seconds: float, gone_s: float | None = None, outcome: str = "passed") -> ScenarioResult:
    recovery = Recovery(EVENT, Lack.READY, "db-1", 3.0, gone_s)
    return ScenarioResult("a::b", "a.feature", "b", 1, outcome, seconds, began=float(number), recoveries=(recovery,))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # published tables of Wilson's interval, to four places
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_interval_is_wilsons(count, of, low, high) -> None:
    assert Share(count, of).interval == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_percentile_is_a_value_that_was_measured() -> None:
    spread = Spread(tuple(float(number) for number in range(1, 21)))
    assert (spread.percentile(50), spread.percentile(95)) == (10.0, 19.0)
    assert (Spread((3.0,)).percentile(50), Spread((3.0,)).percentile(95)) == (3.0, 3.0)
    assert Spread((1.0, 2.0, inf)).percentile(95) == inf


def test_trend_of_several_runs() -> None:
    runs = [ran(number, 10.0 + number, float(number)) for number in range(1, 5)]
    trend = trend_of([*runs, ran(9, 90.0, None, "failed"), ran(10, 1.0, 1.0, "skipped")])[0]
    assert trend.flakes == Share(1, 5)
    assert trend.durations == Spread((11.0, 12.0, 13.0, 14.0))
    assert trend.recoveries == {(EVENT, "not ready"): Spread((1.0, 2.0, 3.0, 4.0, inf))}


def test_scenario_under_its_control_is_no_run() -> None:
    assert trend_of([replace(ran(1, 2.0), control="changed manifest")]) == []


def written(tmp_path, folder: str, *results: ScenarioResult) -> None:
    ResultsFile(tmp_path / folder / "results.jsonl").replace(results)


def test_merged_shards_are_counted_once(tmp_path) -> None:
    written(tmp_path, "shard-1", ran(1, 2.0))
    written(tmp_path, "shard-2", replace(ran(1, 3.0), id="a::c"))
    written(tmp_path, "whole", ran(1, 2.0), replace(ran(1, 3.0), id="a::c"))
    written(tmp_path, "night/2", ran(2, 2.5))
    assert sorted((trend.id, trend.flakes.of) for trend in trend_of(find_runs(tmp_path))) == [("a::b", 2), ("a::c", 1)]


def test_folder_without_a_report_is_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match="no report in this folder"):
        find_runs(tmp_path)


def test_command_prints_a_table_and_json(tmp_path, capsys) -> None:
    for number in range(1, 5):
        written(tmp_path, f"night-{number}", ran(number, 10.0 + number, float(number)))
    written(tmp_path, "night-5", ran(5, 90.0, None, "failed"))

    assert main(["trend", str(tmp_path)]) == 0
    head, scenario, recovery = capsys.readouterr().out.splitlines()
    assert head.split() == ["runs", "flakes", "95", "%", "(Wilson)", "P50", "P95", "scenario"]
    assert scenario.split() == ["5", "20%", "3.6%", "to", "62.4%", "12", "s", "14", "s", "b"]
    assert recovery.endswith(f"3 s  unended    not ready after {EVENT}")

    assert main(["trend", str(tmp_path), "--format=json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["interval"] == "Wilson, 95 %"
    assert told["scenarios"] == [
        {
            "id": "a::b",
            "title": "b",
            "runs": 5,
            "flake": {"runs": 1, "share": 0.2, "low": 0.0362, "high": 0.6245},
            "seconds": {"runs": 4, "unended": 0, "p50": 12.0, "p95": 14.0},
            "recoveries": [
                {"event": EVENT, "lack": "not ready", "runs": 5, "unended": 1, "p50": 3.0, "p95": None},
            ],
        }
    ]
