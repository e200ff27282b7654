"""
Makes docs/reliability.md: what the harness must survive, and which tests show that it does.

    python ci/reliability.py --write    make it anew
    python ci/reliability.py --check    exit status 1 where it would change, or a test names a row that there is not

The rows are those of tests/reliability.yaml; a test names those that it shows by `@pytest.mark.row(NUMBER, …)`.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
ROWS, PAGE, TESTS = ROOT / "tests" / "reliability.yaml", ROOT / "docs" / "reliability.md", ROOT / "tests"
HEAD = """\
# Faults and bad inputs, and what is right then

Made by `python ci/reliability.py --write`, from tests/reliability.yaml and the tests that say `@pytest.mark.row(…)`.
The check of every change runs these tests, so that a row with tests holds; `pytest tests -m row` runs them alone.

"""


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 where the page is, or was made, what the tests say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--write", action="store_true")
    how.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    rows = YAML(typ="safe", pure=True).load(ROWS)
    shown = defaultdict(list)
    for row, test in named():
        shown[row].append(test)
    unknown = sorted(shown.keys() - rows.keys())
    if unknown:
        print(f"there is no row {unknown[0]} in {ROWS.relative_to(ROOT)}, as {shown[unknown[0]][0]} says")
        return 1
    text = page(rows, shown)
    if given.write:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.relative_to(ROOT)} is not up to date: python ci/reliability.py --write")
        return 1
    return 0


def named() -> Iterator[tuple[int, str]]:
    """Yield each row that a test names, with the test as pytest names it."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for row in rows_of(node):
                    yield row, f"{path.relative_to(ROOT)}::{node.name}"


def rows_of(test: ast.FunctionDef) -> Iterator[int]:
    """Yield the rows that a test names, on one of its cases too."""
    for call in (each for decorator in test.decorator_list for each in ast.walk(decorator)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "row":
            yield from (int(ast.literal_eval(number)) for number in call.args)


def page(rows: dict[int, dict[str, str]], shown: dict[int, list[str]]) -> str:
    """Return the page's text."""
    lines = ["| | fault or input | right | verdict | shown by |", "|---:|---|---|---|---|"]
    for row, said in rows.items():
        tests = "<br>".join(f"[{test.partition('::')[2]}](../{test.partition('::')[0]})" for test in shown[row])
        verdict = "holds" if tests else "**missing**"
        lines.append(f"| {row} | {said['fault']} | {said['right']} | {verdict} | {tests} |")
    held = sum(1 for row in rows if shown[row])
    return f"{HEAD}{held} of {len(rows)} rows are shown.\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
