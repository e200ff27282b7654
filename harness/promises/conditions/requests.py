"""Conditions about what the server answered to a request."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import ANSWER
from harness.promises.condition import Answer, Condition

__all__ = ["answered", "refused_field"]


def answered(request: str, *codes: str, because: str = "") -> Condition:
    """The answers to a request since the event were these, in any order, each `because`."""

    def ask(history: History, since: int) -> Answer:
        found = history.of(ANSWER, name=request, since=since)
        told = [str(seen.data["rcode"]) for seen in found]
        texts = [
            f"{seen.data['question']}: {seen.data['rcode']}{_reasons(list(seen.data['records']))}" for seen in found
        ]
        reasons = all(any(because in str(reason) for reason in seen.data["records"] or [""]) for seen in found)
        met = sorted(told) == sorted(codes) and reasons
        return Answer(met, "; ".join(texts) or "nothing was asked", tuple(found))

    return Condition(f"the {request} is {' and '.join(codes)}" + f", because {because}" * bool(because), (), ask)


def refused_field(request: str, path: str) -> Condition:
    """
    A request since the event was refused for this field of the object, or for one in it.

    What is said of a field changes with the version, its path only by becoming more exact.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.of(ANSWER, name=request, since=since)
        named = [str(field) for seen in found for field in seen.data.get("fields", [])]
        within = [field for field in named if field == path or field.startswith((f"{path}.", f"{path}["))]
        met = bool(within) and all(seen.data["rcode"] == "refused" for seen in found)
        told = "; ".join(f"{seen.data['rcode']}{_reasons(list(seen.data['records']))}" for seen in found)
        text = f"{told or 'nothing was asked'}; named: {', '.join(named) or 'no field'}"
        return Answer(met and within == named, text, tuple(found))

    return Condition(f"the {request} is refused for {path}", (), ask)


def _reasons(records: list[str]) -> str:
    return f" ({'; '.join(records)})" if records else ""
