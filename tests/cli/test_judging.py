"""The command `judge`: what a recording alone, and a feature that was edited since, come to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.history.history_file import load, save
from harness.reports.results import read_results

RECORDING = Path(__file__).parents[1] / "reports" / "recordings" / "parallel-start.jsonl.gz"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Work in a folder that knows nothing of the features."""
    monkeypatch.chdir(tmp_path)


def edited(*replaced: tuple[str, str]) -> Path:
    """Write the feature of the recording with these changes."""
    text = load(RECORDING)[0]["feature"]
    for former, latter in replaced:
        assert former in text
        text = text.replace(former, latter)
    path = Path("edited.feature")
    path.write_text(text)
    return path


def test_a_recording_is_judged_by_the_feature_that_it_holds(capfd):
    """It was made before 0.1.0: its sentences are former ones."""
    assert main(["judge", str(RECORDING)]) == 1

    told = capfd.readouterr().out
    assert "failed: created in this order" in told
    assert "1 of 1 verdicts are those of the run" in told


def test_the_report_of_the_run_stays_and_the_page_shows_what_was_judged(tmp_path):
    main(["judge", str(RECORDING), "-q"])

    assert [path.name for path in tmp_path.iterdir()] == ["statefulspec-judged"]
    page = (tmp_path / "statefulspec-judged" / "report.html").read_text()
    assert 'class="ring"' in page
    assert f"statefulspec judge {RECORDING}" in page


def test_a_then_may_be_edited(capfd):
    pods = 'pods "nginx-web-0", "nginx-web-1" and "nginx-web-2"'
    order = f"{pods} were created in this order, each with the former ready"
    feature = edited(
        (order, 'pod "nginx-web-1" came back with version "v9"'),
        ("Then within 90 seconds all 3", "Then within 91 seconds all 3"),
    )

    assert main(["judge", str(RECORDING), f"--feature={feature}"]) == 1

    told = capfd.readouterr().out
    assert 'within 91 seconds all 3 replicas of "nginx-web" are ready' in told
    assert "v9" in told
    assert "those of the run" not in told


def test_a_then_that_asks_for_less_passes():
    lines = load(RECORDING)[0]["feature"].splitlines(keepends=True)
    feature = edited((lines[8], ""), (lines[9], ""))

    assert main(["judge", str(RECORDING), f"--feature={feature}", "-q"]) == 0


def test_an_edited_event_did_not_happen(capfd):
    feature = edited(("is applied with 3 replicas", "is applied with 4 replicas"))

    assert main(["judge", str(RECORDING), f"--feature={feature}"]) == 1
    assert "only Then steps can be changed for a replay" in capfd.readouterr().out


def test_two_recordings_of_one_scenario_are_both_judged(tmp_path, capfd):
    for name in ("monday", "tuesday"):
        shutil.copy(RECORDING, tmp_path / f"{name}.jsonl.gz")

    assert main(["judge", str(tmp_path), "-q"]) == 1

    assert capfd.readouterr().out.count("1 of 1 verdicts are those of the run") == 2
    assert (tmp_path / "statefulspec-judged-2" / "report.html").is_file()


def test_steps_of_the_projects_own_are_found(tmp_path, capfd):
    header, history = load(RECORDING)
    text = "Feature: F\n  Scenario: S\n    Then it is said by a step of mine\n"
    save(history, tmp_path / "own.jsonl.gz", header | {"scenario": "own/x.feature::test_s", "feature": text})
    (tmp_path / "own").mkdir()
    step = "from pytest_bdd import then\n\n@then('it is said by a step of mine')\ndef said():\n    pass\n"
    (tmp_path / "own" / "conftest.py").write_text(step)

    assert main(["judge", "own.jsonl.gz"]) == 0
    assert "it is said by a step of mine" in capfd.readouterr().out


def test_a_feature_whose_sentences_are_gone_keeps_no_other_from_being_judged(tmp_path, capfd):
    header, history = load(RECORDING)
    text = "Feature: F\n  Scenario: S\n    Then nobody says it like this any more\n"
    save(history, tmp_path / "gone.jsonl.gz", header | {"scenario": "old/x.feature::test_s", "feature": text})
    shutil.copy(RECORDING, tmp_path / "known.jsonl.gz")

    assert main(["judge", str(tmp_path), "-q"]) != 0

    told = capfd.readouterr().out
    assert "nobody says it like this any more" in told
    assert "1 of 1 verdicts are those of the run" in told
    assert "not judged: old/x.feature" in told


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"scenario": ""}, "this recording does not say which scenario"),
        ({"feature": ""}, "this recording holds no feature"),
    ],
)
def test_a_recording_that_cannot_be_judged_is_refused(tmp_path, capsys, header, told):
    found, history = load(RECORDING)
    save(history, tmp_path / "stray.jsonl.gz", found | header)

    assert main(["judge", "stray.jsonl.gz"]) == 2
    assert f"stray.jsonl.gz: {told}" in capsys.readouterr().err


def test_a_folder_without_recordings_is_refused(tmp_path, capsys):
    assert main(["judge", str(tmp_path)]) == 2
    assert "there is no recording in this folder" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["harness.cli", "harness.scenario.run", "harness.scenario.scenario_actions"])
def test_what_judging_needs_leaves_the_clients_models_alone(module):
    """They take a second to import, which is all the time that a judgement may take."""
    script = f"import sys, {module}; print('kubernetes.client.api.core_v1_api' in sys.modules)"

    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


def test_recovery_and_what_was_left_of_a_bound_are_told_of_a_recording():
    """Its step began at 17.246 s; the pod was gone at 17.237 s, and a new one was ready at 36.7485 s."""
    main(["judge", str(RECORDING.parents[2] / "promises" / "recordings" / "database.jsonl.gz"), "-q"])

    (result,) = read_results(Path("statefulspec-judged/results.jsonl"))
    assert [(one.event, one.subject, one.seconds) for one in result.recoveries] == [
        ('pod "mysql-1" is deleted', "mysql-1", 19.5115)
    ]
    limits = [step.limit for step in result.steps if step.limit]
    assert [(limit.allowed_s, round(limit.used_s, 3)) for limit in limits] == [(60, 19.503)]
    assert "40.5 s of 60 s left" in Path("statefulspec-judged/report.txt").read_text()


def test_pods_that_a_scenario_has_named_are_known_from_the_recording(capfd):
    """And what is true of StatefulSets alone is refused for them there as well."""
    recording = RECORDING.parents[2] / "promises" / "recordings" / "operator.jsonl.gz"
    assert main(["judge", str(recording), "-q"]) == 0
    assert "1 of 1 verdicts are those of the run" in capfd.readouterr().out

    text = load(recording)[0]["feature"]
    last = 'And at no time since the event were fewer than 2 replicas of "shop" answering'
    Path("edited.feature").write_text(
        text.replace(last, 'And at no time since the scenario began did "shop" start a replica out of order')
    )
    assert main(["judge", str(recording), "--feature=edited.feature"]) == 1
    assert 'this can only be true of a StatefulSet, and "shop" is the pods owned by Database "shop"' in (
        capfd.readouterr().out
    )
