"""The command `diff`: one sentence, a table, and an exit code that a script can use."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.history.history_file import load, save
from harness.promises.mutations import mutate

CANARY = Path(__file__).parents[1] / "promises" / "recordings" / "canary.jsonl.gz"
EARLY = "ordered start: ready"


@pytest.fixture
def write(tmp_path):
    """Return what stores the record of a scenario in a report's folder, changed if asked to."""
    header, history = load(CANARY)

    def written(report: str, scenario: str = "a.feature::test_a", *, mutation: str = "") -> str:
        folder = tmp_path / report / "recordings"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{scenario.partition('::test_')[2]}.jsonl.gz"
        save(mutate(mutation, history) if mutation else history, path, {**header, "scenario": scenario})
        return str(path)

    return written


def test_the_same_is_nothing_to_worry_about(write, capsys):
    assert main(["diff", write("A"), write("B")]) == 0
    assert capsys.readouterr().out == "the same happened in A and in B\n"


def test_a_difference_is_said_in_a_sentence_and_shown_in_a_table(write, capsys):
    assert main(["diff", write("A"), write("B", mutation=EARLY)]) == 1

    sentence, head, row = capsys.readouterr().out.splitlines()
    assert sentence == "in B pod myapp-4 was created before pod myapp-3 was ready"
    assert head.split() == ["A", "B"]
    assert row.lstrip().startswith("pod myapp-4 was created before pod myapp-3 was ready")


def test_reports_are_compared_scenario_by_scenario(write, tmp_path, capsys):
    for report in ("A", "B"):
        write(report)
        write(report, "a.feature::test_b", mutation=EARLY if report == "B" else "")
    write("B", "a.feature::test_c")

    assert main(["diff", str(tmp_path / "A"), str(tmp_path / "B")]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a.feature::test_b"
    assert "only in B: a.feature::test_c" in lines
    assert lines[-1] == "1 of 2 scenarios went differently"


@pytest.mark.parametrize("other", ["missing.jsonl.gz", ".", "stranger"])
def test_what_cannot_be_compared_is_refused(write, tmp_path, monkeypatch, capsys, other):
    monkeypatch.chdir(tmp_path)
    stranger = write("B", "b.feature::test_b")

    assert main(["diff", write("A"), stranger if other == "stranger" else other]) == 2
    told = {
        "missing.jsonl.gz": "there is no such recording",
        ".": "a folder is compared with a folder",
        "stranger": "different scen",
    }
    assert told[other] in capsys.readouterr().err
