#!/usr/bin/env bash
# gherkin-official: Chinese keywords need no blank behind them, so a description that begins with 当前 ("current") is
# the step 当 ("When") with the text 前…: the word loses its first half.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gherkin-official==42.0.1
PYTHONUTF8=1 "$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from gherkin.parser import Parser


def scenario(first_line):
    """Return description and steps of a scenario with a line of description and a step."""
    text = f"# language: zh-CN\n功能: 缩容\n  场景: 减少副本\n    {first_line}\n    假如 有一个集合\n"
    read = Parser().parse(text)["feature"]["children"][0]["scenario"]
    return read["description"].strip(), [(step["keyword"], step["text"]) for step in read["steps"]]


current, now = scenario("当前副本数为三"), scenario("目前副本数为三")
print(f"gherkin-official {version('gherkin-official')}")
print("guess: 当前副本数为三 (the current number of replicas is three) is a description, as 目前副本数为三 is")
print(f"seen:  当前…: description {current[0]!r}, steps {current[1]}")
print(f"seen:  目前…: description {now[0]!r}, steps {now[1]}")
given = ("假如", "有一个集合")
same = current == ("", [("当", "前副本数为三"), given]) and now == ("目前副本数为三", [given])
sys.exit(0 if same else "another behaviour than before")
PYTHON
