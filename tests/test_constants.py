"""A number that somebody chose says in which unit it is and why it is that one: whoever changes it must know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent.parent / "harness"


def is_number(value: ast.expr | None) -> bool:
    """Whether an expression is made of numbers alone."""
    match value:
        case ast.Constant(value=number):
            return isinstance(number, int | float) and not isinstance(number, bool)
        case ast.BinOp(left=left, right=right):
            return is_number(left) and is_number(right)
        case ast.UnaryOp(operand=operand):
            return is_number(operand)
        case ast.Tuple(elts=parts):
            return bool(parts) and all(map(is_number, parts))
    return False


def bare_numbers(text: str) -> Iterator[int]:
    """Yield the line of each constant of a module that is a number, with neither text below nor comment beside it."""
    lines, body = text.splitlines(), ast.parse(text).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_number(node.value):
            told = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            if not told and "  # " not in lines[node.lineno - 1]:
                yield node.lineno


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("A = 3", [1]),
        ("A, B = 1 << 3, -2\nC = 'x'", [1]),
        ("A: float = 3.0\nB = 4\n'''Seconds.'''", [1]),
        ("A = 3\n'''Seconds.'''\nB = 4  # of them", []),
        ("A = 'three'\nB = [3]\nC = True", []),
    ],
)
def test_a_number_without_a_reason_is_seen(text: str, bare: list[int]) -> None:
    assert list(bare_numbers(text)) == bare


def test_every_number_has_its_reason() -> None:
    found = [
        f"{path.relative_to(HARNESS.parent)}:{line}"
        for path in sorted(HARNESS.rglob("*.py"))
        for line in bare_numbers(path.read_text())
    ]
    assert found == []
