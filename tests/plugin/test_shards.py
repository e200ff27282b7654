"""A suite in parts: each scenario in one of them, and one report of all."""

from __future__ import annotations

import json

import pytest

from harness.cli import main

BOOKS = ("atlas", "bible", "comic", "diary", "essay")
FEATURE = "Feature: A shelf keeps what is put on it\n" + "".join(
    f"  Scenario: A {book} is found where it was put\n    Given a shelf\n    Then a book is found within 2 seconds\n"
    for book in BOOKS
)


def run_shard(pytester: pytest.Pytester, part: str, *arguments: str) -> pytest.RunResult:
    report = f"--harness-report=report-{part.replace('/', '-of-')}"
    return pytester.runpytest("shelf.feature", f"--harness-shard={part}", report, *arguments)


def titles(folder) -> list[str]:
    return [json.loads(line)["title"] for line in (folder / "results.jsonl").read_text().splitlines()]


def test_each_scenario_is_in_one_shard_and_the_merged_report_has_all(pytester, write_feature, capsys):
    write_feature(FEATURE)
    run_shard(pytester, "1/2").assert_outcomes(passed=3, deselected=2)
    run_shard(pytester, "2/2").assert_outcomes(passed=2, deselected=3)

    assert main(["merge", "report-1-of-2", "report-2-of-2", "--output", "all"]) == 0

    assert "5 scenarios: 5 passed" in capsys.readouterr().out
    assert sorted(titles(pytester.path / "all")) == [f"A {book} is found where it was put" for book in BOOKS]
    assert "A diary is found" in (pytester.path / "all" / "report.txt").read_text()
    assert "A diary is found" in (pytester.path / "all" / "report.html").read_text()


def test_workers_of_a_shard_agree_on_what_it_is(pytester, write_feature):
    write_feature(FEATURE)
    run_shard(pytester, "1/2", "-n2").assert_outcomes(passed=3)


def test_a_selection_is_parted_evenly_whatever_the_whole_is(pytester, write_feature):
    write_feature(FEATURE)
    for part in ("1/2", "2/2"):
        run_shard(pytester, part, "-k", "atlas or comic").assert_outcomes(passed=1, deselected=4)


def test_a_broken_scenario_of_a_shard_breaks_the_whole(pytester, write_feature, capsys):
    write_feature(FEATURE.replace("2 seconds", "3 seconds", 1))
    run_shard(pytester, "1/2").assert_outcomes(passed=2, failed=1, deselected=2)
    run_shard(pytester, "2/2")

    assert main(["merge", "report-1-of-2", "report-2-of-2", "--output", "all"]) == 1


def test_a_shard_that_is_missing_is_told(pytester, write_feature, capsys):
    """What did not run has not passed."""
    write_feature(FEATURE)
    run_shard(pytester, "1/2")

    assert main(["merge", "report-1-of-2", "--output", "all"]) == 2

    assert "of 2 shards these are missing: 2" in capsys.readouterr().err
    assert not (pytester.path / "all").exists()


def test_a_shard_that_came_to_no_result_is_told(pytester, write_feature, capsys):
    write_feature(FEATURE)
    run_shard(pytester, "1/2")
    (pytester.path / "report-2-of-2").mkdir()

    assert main(["merge", "report-1-of-2", "report-2-of-2", "--output", "all"]) == 2

    assert "these are not shards of one suite" in capsys.readouterr().err


def test_a_report_named_twice_is_refused(pytester, write_feature, capsys):
    write_feature(FEATURE)
    pytester.runpytest("shelf.feature")

    assert main(["merge", "statefulspec-report", "statefulspec-report", "--output", "all"]) == 2

    assert "two of these reports tell of shelf.feature::test_a_atlas" in capsys.readouterr().err


def test_a_report_that_is_there_is_not_written_over(pytester, write_feature, capsys):
    write_feature(FEATURE)
    pytester.runpytest("shelf.feature")

    assert main(["merge", "statefulspec-report", "--output", "statefulspec-report"]) == 2

    assert "there is something in this folder" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b", "1/0"])
def test_a_part_that_there_is_not_is_refused(pytester, write_feature, text):
    write_feature()
    result = pytester.runpytest("shelf.feature", f"--harness-shard={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--harness-shard={text}: I/N*"])
