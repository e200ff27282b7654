"""
Whether a record is complete up to a moment: only then does it count that something is not in it.

Problem: a stream may be silent because nothing happened, or because it lags behind. Solution: each judged kind is
listed anew, and a stream counts that has caught up with that list.
"""

from __future__ import annotations

from harness.errors import Inconclusive
from harness.history.history import History
from harness.history.observation import SAMPLE, STEP, Verb
from harness.model import format_seconds
from harness.promises.condition import Condition
from harness.scenario.run import ScenarioRun

__all__ = ["close", "fresh_at", "refuse_silence"]


def fresh_at(run: ScenarioRun, kinds: tuple[str, ...]) -> float:
    """
    Return the moment until which all these kinds are proved complete.

    A kind is not asked for again if nothing has happened since its last proof, and no Given or When was between:
    Thens that follow each other at once are judged until the same moment.
    """
    history = run.history
    standing: dict[str, float] = {}
    for seq in range(history.end - 1, -1, -1):
        seen = history[seq]
        if seen.verb is Verb.SYNCED:
            standing.setdefault(seen.topic, float(seen.data["asked"]))
        elif seen.topic != STEP or seen.data["type"] != "then":
            break
    moments = [standing[kind] for kind in kinds if kind in standing]
    left = tuple(kind for kind in kinds if kind not in standing)
    if left or not moments:
        moments.append(run.confirm_fresh(left))
    return min(moments)


def close(run: ScenarioRun, condition: Condition, *, anew: bool = False) -> None:
    """
    Return once the record is proved complete for what a condition looks at; `anew`: by a proof that is asked for now.

    Raises Inconclusive where a kind is not proved complete.
    """
    kinds = condition.kinds
    asked = run.confirm_fresh(kinds) if anew else fresh_at(run, kinds)
    unproved = [kind for kind in kinds if run.history.synced(kind, asked) is None]
    if unproved:
        observed = f"the stream of {', '.join(unproved)} did not catch up with a fresh list"
        raise Inconclusive("the record is not proved complete where the window closes", condition.expected, observed)


def refuse_silence(history: History, condition: Condition, since: int) -> None:
    """Raise Inconclusive where a client that the condition rests on was not heard for a while."""
    holes = history.of(SAMPLE, Verb.GAP, since=since) if SAMPLE in condition.kinds else []
    if holes:
        span_s, about = holes[0].at - float(holes[0].data["since"]), holes[0].data.get("subject")
        observed = f'client "{holes[0].name}" told nothing about {about} for {format_seconds(span_s)}'
        raise Inconclusive("the series has a hole", f"at no time: {condition.expected}", observed)
