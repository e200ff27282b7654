"""A recording of a run that had everything, and the result that tells what went wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.history.history import History
from harness.history.history_file import save
from harness.history.observation import ACTION, STEP, Observation, Verb
from harness.reports.results import ScenarioResult, StepResult
from tests.promises.histories import rich

STEPS = ("a set", "its pods are deleted", "it is as it was")


@pytest.fixture(scope="session")
def recorded() -> History:
    """Return the record of a rich life, in three steps, the last of which failed."""
    seen = list(rich())
    half = next(one.seq for one in seen if one.topic == ACTION and one.data["verb"] == "delete")
    marks = {0: [(STEPS[0], Verb.BEGAN)], half: [(STEPS[0], Verb.ENDED), (STEPS[1], Verb.BEGAN)]}
    marks[len(seen) - 1] = [(STEPS[1], Verb.ENDED), (STEPS[2], Verb.BEGAN), (STEPS[2], Verb.ENDED)]
    history = History()
    for one in seen:
        for text, verb in marks.get(one.seq, ()):
            data = {"type": "given", "text": text, "line": 3, "outcome": "failed" if text == STEPS[2] else "passed"}
            history.append(Observation(len(history), one.at, one.wall, STEP, verb, text, "", data))
        history.append(Observation(len(history), one.at, one.wall, one.topic, one.verb, one.name, one.uid, one.data))
    return history


@pytest.fixture(scope="session")
def counterexample(recorded) -> tuple[int, ...]:
    """Return the creations of web-0 and web-2 after both were deleted."""
    created = [life.created.seq for name in ("web-0", "web-2") for life in recorded.incarnations("Pod", name)[1:2]]
    return tuple(sorted(created))


@pytest.fixture
def failed(recorded, counterexample, tmp_path: Path) -> ScenarioResult:
    """Return a failed scenario, its recording stored as a run stores it."""
    steps = [StepResult("Given", STEPS[0], 3, 2.0, "passed"), StepResult("When", STEPS[1], 4, 0.1, "passed")]
    result = ScenarioResult(
        id="shelf.feature::test_a_shelf",
        feature="shelf.feature",
        title="A <shelf> & its books",
        line=2,
        outcome="failed",
        seconds=2.4,
        steps=(*steps, StepResult("Then", STEPS[2], 5, 0.3, "failed")),
        message="failed: it is as it was\n  expected: it is as it was\n  observed: </script><xss>it is not",
        expected="it is as it was",
        observed="</script><xss>it is not",
        feature_title="Shelves",
        tags=("shop",),
        promises={"ordered start": "broken"},
        events=counterexample,
        recording=str(tmp_path / "recordings" / "shelf.jsonl.gz"),
    )
    path = Path(result.recording)
    path.parent.mkdir()
    save(recorded, path, {"result": result.to_data(), "versions": {"kubernetes": "v1.36.3"}})
    return result
