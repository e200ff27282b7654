"""Where a run says its time went."""

from __future__ import annotations

from dataclasses import replace

from harness.reports.overview import overview_of
from harness.reports.results import ScenarioResult
from harness.reports.tally import ResultCollector
from harness.reports.terminal import closing_lines
from harness.reports.timing import Timing, timing_lines

QUICK = Timing(10.0, waited_s=6.0, windows_s=3.0, answered_s=0.5)
SLOW = Timing(2.0, waited_s=1.0)


def result(title: str, timing: Timing | None, outcome: str = "passed") -> ScenarioResult:
    return ScenarioResult(f"{title}::id", "a.feature", title, 1, outcome, 1.0, timing=timing)


def test_own_part_is_what_the_floor_leaves():
    assert (QUICK.floor_s, QUICK.own_s, QUICK.own_share) == (9.5, 0.5, 0.05)


def test_run_tells_the_sum_and_the_worst_first(tmp_path):
    lines = list(closing_lines([result("quick", QUICK), result("slow", SLOW)], tmp_path))

    assert lines[1:4] == [
        (
            "scenarios' time: 12 s, the cluster's: 10.5 s (waits 7 s, windows 3 s, answers 500 ms), "
            "the harness's own: 1.5 s, 12.5% (allowed: 5%)"
        ),
        "  own 50.0%, 1 s of 2 s: slow",
        "  own  5.0%, 500 ms of 10 s: quick",
    ]


def test_five_scenarios_are_named_unless_all_are_asked_for():
    results = [result(f"number {number}", QUICK) for number in range(8)]

    assert len(list(timing_lines(results))) == 1 + 5
    assert len(list(timing_lines(results, whole=True))) == 1 + 8


def test_scenario_that_broke_or_had_no_cluster_does_not_count():
    assert not list(timing_lines([result("broken", SLOW, "failed"), result("replayed", None)]))
    assert not list(timing_lines([replace(result("under its control", SLOW), control="changed manifest")]))
    assert overview_of([result("broken", SLOW, "failed")]).timing is None


def test_timing_comes_with_the_last_attempt():
    tally = ResultCollector()
    tally.add(result("shelf", None, "failed"))
    tally.add(result("shelf", None))
    tally.took("shelf::id", QUICK)
    tally.took("never heard of", QUICK)

    assert [[one.timing for one in attempts] for attempts in tally.attempts] == [[None, QUICK]]


def test_result_keeps_its_timing_on_its_way_through_files():
    told = result("shelf", QUICK).to_data()

    assert (told["timing"]["own_s"], told["timing"]["floor_s"]) == (0.5, 9.5)
    assert ScenarioResult.from_data(told).timing == QUICK
