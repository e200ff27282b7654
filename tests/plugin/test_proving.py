"""What a run under controls comes to, and that a clause which lets a changed recording pass fails it."""

from __future__ import annotations

import pytest

from harness.plugin.proving import Proved, prove_clauses
from harness.promises.mutations import MUTATIONS, Proof
from harness.reports.results import ScenarioResult
from tests.plugin.conftest import GLUE

BLIND = """
from harness.promises.mutations import MUTATIONS
from harness.promises.mutations.mutation import Mutation
MUTATIONS["ordered start: ready"] = Mutation("ordered start", "ready", lambda history, subject: None)
"""


def test_every_clause_is_proved_on_what_is_shipped():
    assert prove_clauses(None) == [Proof(name) for name in MUTATIONS]


def test_survivors_of_both_kinds_count():
    results = [
        ScenarioResult("a", "a.feature", "A", 1, "passed", 1.0),
        ScenarioResult("b", "a.feature", "B", 2, "failed", 1.0),
    ]

    proved = Proved([Proof("one: clause"), Proof("two: clause", "kept")], results)

    assert proved.survivors == 2
    assert list(proved.lines()) == [
        "proved: 2 clauses, 2 controls, 2 survivors",
        "  the clause survived its mutation: two: clause: kept",
    ]


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_blind_clause_fails_a_run_whose_controls_were_all_caught(pytester, write_feature, workers):
    write_feature(glue=GLUE + BLIND)

    run = pytester.runpytest_subprocess("shelf.feature", "--harness-prove", *workers)  # the blindness stays there

    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(
        [
            f"proved: {len(MUTATIONS)} clauses, 1 controls, * survivors",
            "  the clause survived its mutation: ordered start: ready: no recording offers the occasion",
        ]
    )
    assert run.ret == pytest.ExitCode.TESTS_FAILED
