"""The vocabulary as text, as a page, and as a stub for editors."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from harness.cli import main
from harness.plugin.vocabulary import sentences
from tests.vocabulary.test_sentences import features, spoken


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["steps", *arguments]) == 0
    return capsys.readouterr().out


def test_the_stub_understands_each_step_of_the_features(capsys: pytest.CaptureFixture[str]) -> None:
    stub = ast.parse(printed(capsys, "--format=stub"))
    decorators = [one.decorator_list[0] for one in stub.body if isinstance(one, ast.FunctionDef)]
    known: dict[str, list[re.Pattern[str]]] = {"given": [], "when": [], "then": []}
    for call in decorators:
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        assert isinstance(call.args[0], ast.Constant)
        known[call.func.id].append(re.compile(str(call.args[0].value)))
    assert sum(map(len, known.values())) == len(sentences())
    steps = {
        (step.type, step.name) for feature in features() for one in feature.scenarios.values() for step in spoken(one)
    }
    assert len(steps) > 500
    strange = [(kind, text) for kind, text in steps if not any(each.fullmatch(text) for each in known[kind])]
    assert strange == []


def test_the_page_has_each_sentence_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "--format=markdown")
    told = re.findall(r"^- `(.*)`  \n  (\S.*)$", page, re.MULTILINE)
    assert sorted(text for text, _ in told) == sorted(one.text for one in sentences())


def test_usage_counts_where_sentences_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = '  Scenario: {}\n    When StatefulSet "{}" is restarted\n'
    text = "Feature: f\n" + scenario.format("s", "a") + scenario.format("t", "b") + scenario.format("u", "b")
    (tmp_path / "a.feature").write_text(text)
    told = printed(capsys, "--usage", str(tmp_path)).splitlines()
    assert '    3  When  StatefulSet "{name:Name}" is restarted( with partition {partition:Number})' in told
    assert sum(not line.startswith("    0  ") for line in told) == 1
