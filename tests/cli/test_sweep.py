"""A sweep kills a program after each of its writes, and keeps what breaks as a feature."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.cli import main, sweep
from harness.errors import BadInput
from harness.plugin.gherkin import read_feature

FEATURE = """\
@needs_three_nodes
Feature: Order
  Background:
    Given StatefulSet "web" with 1 ready replica

  @known_broken
  Scenario Outline: A start is in order
    When StatefulSet "web" is scaled to <size>
    Then within 60 seconds all <size> replicas of "web" are ready
    And no pod of "web" is replaced

    Examples:
      | size |
      | 2 |
      | 3 |

  Scenario: Nothing happens
    Then for 5 seconds "web" has 1 pod
"""
TITLES = ["A start is in order (2)", "A start is in order (3)"]
NAMES = ["test_a_start_is_in_order_2", "test_a_start_is_in_order_3"]


@pytest.fixture
def feature(tmp_path: Path) -> Path:
    path = tmp_path / "order.feature"
    path.write_text(FEATURE)
    return path


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], list[str]]:
    """Return what gives each run its results: all has passed but what is said here."""
    texts: list[str] = []

    def give(results: Mapping[str, str]) -> list[str]:
        def run(folder: Path, text: str, arguments: list[str]) -> dict[str, str]:
            (folder / "read.feature").write_text(text)
            read_feature(folder / "read.feature")
            texts.append(text)
            assert arguments == ["--harness-cluster=fake"]
            if "| 9999th |" in text:
                counts = zip(NAMES, (3, 2), strict=True)
                return {f"{name}[9999th]": f"stops: it has written {count} times so far" for name, count in counts}
            return dict(results)

        monkeypatch.setattr(sweep, "_run", run)
        return texts

    return give


def test_a_scenario_of_one_event_is_swept_with_each_of_its_examples(feature: Path) -> None:
    plans = sweep.plans_of(feature)
    assert [plan.title for plan in plans] == TITLES
    assert plans[0].tags == ("exclusive", "needs_go_between", "needs_three_nodes")
    assert plans[1].swept("scheduler", [1, 2, 3, 4, 11, 21]).split("\n") == [
        "",
        "  @exclusive @needs_go_between @needs_three_nodes",
        "  Scenario Outline: A start is in order (3)",
        '    Given StatefulSet "web" with 1 ready replica',
        "    And the scheduler will be killed after its <write> write",
        '    When StatefulSet "web" is scaled to 3',
        "    And the scheduler has been killed there and is restarted",
        '    Then within 60 seconds all 3 replicas of "web" are ready',
        '    And no pod of "web" is replaced',
        "",
        "    Examples:",
        "      | write |",
        *(f"      | {nth} |" for nth in ("1st", "2nd", "3rd", "4th", "11th", "21st")),
        "",
    ]


def test_it_kills_after_each_write_that_there_is(feature, ran, tmp_path, capsys) -> None:
    texts = ran({})
    assert main(["sweep", str(feature), "--output", str(tmp_path / "broken"), "--harness-cluster=fake"]) == 0
    assert re.findall(r"\| (\w+) \|", texts[1]) == ["write", "1st", "2nd", "3rd", "write", "1st", "2nd"]
    assert "5 points swept, 0 broken, 0 not reached" in capsys.readouterr().out
    assert not (tmp_path / "broken").exists()


def test_what_breaks_is_kept_as_a_feature(feature, ran, tmp_path, capsys) -> None:
    ran({f"{NAMES[0]}[2nd]": "replaced: web-0", f"{NAMES[1]}[2nd]": "it has written 1 times so far"})
    output = tmp_path / "broken.feature"
    assert main(["sweep", str(feature), "--output", str(output), "--harness-cluster=fake"]) == 1
    assert "5 points swept, 1 broken, 1 not reached" in capsys.readouterr().out
    assert list(read_feature(output).scenarios) == TITLES[:1]
    assert re.findall(r"\| (\w+) \|", output.read_text()) == ["write", "2nd"]


def test_a_sweep_goes_on_where_it_was_told(feature, ran, tmp_path) -> None:
    texts = ran({})
    arguments = ["--writes=2-3", "--output", str(tmp_path / "broken"), "--harness-cluster=fake"]
    assert main(["sweep", str(feature), *arguments]) == 0
    assert len(texts) == 1
    assert re.findall(r"\| (\w+) \|", texts[0]) == ["write", "2nd", "3rd", "write", "2nd", "3rd"]


def test_points_of_which_none_is_reached_are_no_success(feature, ran, tmp_path) -> None:
    ran({f"{name}[7th]": "it has written 3 times so far" for name in NAMES})
    arguments = ["--writes=7-7", "--output", str(tmp_path / "broken"), "--harness-cluster=fake"]
    assert main(["sweep", str(feature), *arguments]) == 1


def test_a_feature_without_an_event_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "still.feature"
    path.write_text('Feature: Still\n  Scenario: Nothing\n    Then for 5 seconds "web" has 1 pod\n')
    with pytest.raises(BadInput, match="no scenario here has one event"):
        sweep.plans_of(path)
