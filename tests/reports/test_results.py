"""The file of a run's results, while the run goes on."""

from __future__ import annotations

import json
from pathlib import Path

from harness.reports.results import ResultsFile, ScenarioResult


def result(name: str, outcome: str = "passed") -> ScenarioResult:
    return ScenarioResult(name, "shelf.feature", name, 1, outcome, 1.0)


def told(path: Path) -> list[tuple[str, str]]:
    return [(line["id"], line["outcome"]) for line in map(json.loads, path.read_text().splitlines())]


def test_each_result_is_in_the_file_at_once(tmp_path):
    path = tmp_path / "report" / "results.jsonl"
    file = ResultsFile(path)
    for count, name in enumerate(("book", "map"), start=1):
        file.append(result(name))
        assert len(told(path)) == count


def test_an_earlier_run_leaves_nothing_in_it(tmp_path):
    path = tmp_path / "results.jsonl"
    ResultsFile(path).append(result("atlas"))
    ResultsFile(path).append(result("book"))

    assert told(path) == [("book", "passed")]


def test_the_last_word_takes_the_place_of_what_was_known(tmp_path):
    file = ResultsFile(tmp_path / "results.jsonl")
    file.append(result("book", "failed"))
    file.append(result("book"))
    file.replace([result("book")])

    assert told(tmp_path / "results.jsonl") == [("book", "passed")]
    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]
