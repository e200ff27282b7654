"""Recovery and bounds in words, on the terminal and on the page."""

from __future__ import annotations

from dataclasses import replace

from harness.model import Lack, Recovery, TimeLimit
from harness.reports.page import Run, write_page
from harness.reports.recovery_lines import recovery_lines
from harness.reports.results import ScenarioResult, StepResult
from harness.reports.terminal import scenario_lines

RECOVERIES = (
    Recovery('pod "db-1" is deleted', Lack.READY, "db-1", 3.0, 4.2),
    Recovery('pod "db-1" is deleted', Lack.WRITE, 'client "writer"', 3.1, None),
    Recovery('"db" is rolled out', Lack.READY, "db-1", 9.0, 2.0),
    Recovery('"db" is rolled out', Lack.READY, "db-0", 12.0, 5.0),
)
LINES = [
    'after pod "db-1" is deleted: db-1 not ready for 4.2 s',
    'after pod "db-1" is deleted: client "writer" without an acknowledged write to the end',
    'after "db" is rolled out: 2 pods not ready, the longest db-0 for 5 s',
]
STEP = StepResult("Then", 'within 60 seconds pod "db-1" is replaced', 5, 4.5, "passed", TimeLimit(60, 4.25))
RESULT = ScenarioResult("a::b", "a.feature", "b", 1, "passed", 9.0, steps=(STEP,), recoveries=RECOVERIES)


def test_of_several_subjects_the_longest_is_named() -> None:
    assert list(recovery_lines(RECOVERIES)) == LINES


def test_terminal_says_how_much_of_a_bound_was_left() -> None:
    lines = list(scenario_lines(RESULT))
    assert lines[1] == '    Then  within 60 seconds pod "db-1" is replaced  4.5 s, 55.8 s of 60 s left'
    assert [line.strip() for line in lines[2:]] == LINES


def test_page_says_the_same(tmp_path) -> None:
    write_page([RESULT], tmp_path / "report.html", Run())
    page = (tmp_path / "report.html").read_text()
    assert "4.5 s, 55.8 s of 60 s left" in page
    assert "without an acknowledged write to the end" in page


def kinds(data: object) -> set[type]:
    """Return the types of all that plain data hold."""
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ()
    return {type(data)}.union(*map(kinds, parts))


def test_worker_of_xdist_can_send_it() -> None:
    """Execnet sends plain types alone: a text that is an enum as well is refused, and the worker ends over it."""
    assert kinds(RESULT.to_data()) <= {dict, list, tuple, str, int, float, bool, type(None)}


def test_result_travels_whole_and_former_reports_are_read() -> None:
    assert ScenarioResult.from_data(RESULT.to_data()) == RESULT
    former = RESULT.to_data()
    del former["recoveries"]
    for step in former["steps"]:
        del step["limit"]
    assert ScenarioResult.from_data(former) == replace(RESULT, recoveries=(), steps=(replace(STEP, limit=None),))
