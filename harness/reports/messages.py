"""
The run as Cucumber Messages, one JSON object a line, for every tool that speaks Cucumber's protocol.

Features are parsed anew by Cucumber's own parser, and each result is matched to the pickle of its scenario: by line,
and by the texts of the steps where an outline has several. Needs the extra `messages`.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cucumber_messages import Envelope, message_converter
from gherkin.ast_builder import AstBuilder
from gherkin.errors import CompositeParserException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from harness.reports.results import ScenarioResult, StepResult

__all__ = ["write_messages"]

Message = dict[str, Any]

_STATUSES = {"passed": "PASSED", "failed": "FAILED", "skipped": "SKIPPED", "undefined": "UNDEFINED", "": "UNKNOWN"}
_HOOKS = {"BEFORE_TEST_CASE": "a place on the cluster", "AFTER_TEST_CASE": "everything removed"}


def write_messages(attempts: Iterable[Sequence[ScenarioResult]], path: Path, root: Path, began: float) -> None:
    """
    Write the messages of a run that began `began` seconds after the epoch; features lie below `root`.

    `attempts`: for each scenario its results, the last of which counts. Every line is built from Cucumber's classes,
    which want every field that a message must have; what the fields hold is not checked.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for message in _Messages(list(attempts), root, began).all():
            checked = message_converter.from_dict(message, Envelope)
            file.write(json.dumps(message_converter.to_dict(checked), ensure_ascii=False) + "\n")


class _Messages:
    """Makes the messages of one run; ids are counted."""

    def __init__(self, attempts: list[Sequence[ScenarioResult]], root: Path, began: float) -> None:
        self._attempts, self._root, self._began = attempts, root, began
        self._ids = IdGenerator()
        self._hooks = {kind: self._ids.get_next_id() for kind in _HOOKS}
        self._pickles: dict[str, list[Message]] = {}

    def all(self) -> Iterator[Message]:
        yield {"meta": _meta()}
        for feature in dict.fromkeys(results[-1].feature for results in self._attempts):
            yield from self._feature(feature)
        for kind, one in self._hooks.items():
            yield {"hook": {"id": one, "name": _HOOKS[kind], "type": kind, "sourceReference": {}}}
        run = self._ids.get_next_id()
        yield {"testRunStarted": {"id": run, "timestamp": _instant(self._began)}}
        end, success = self._began, True
        for results in self._attempts:
            success = success and not results[-1].is_broken
            end = max(end, *(result.began + result.seconds for result in results))
            yield from self._scenario(results, run)
        yield {"testRunFinished": {"testRunStartedId": run, "success": success, "timestamp": _instant(end)}}

    def _feature(self, feature: str) -> Iterator[Message]:
        path = self._root / feature
        if not path.is_file():
            return
        try:
            text = path.read_text(encoding="utf-8-sig")  # a mark of Windows' editors is no part of the feature
        except UnicodeDecodeError:
            return  # what is wrong is told as the result of the feature
        yield {"source": {"uri": feature, "data": text, "mediaType": "text/x.cucumber.gherkin+plain"}}
        try:
            document: Any = Parser(AstBuilder(self._ids)).parse(text)
        except CompositeParserException:
            return
        yield {"gherkinDocument": document | {"uri": feature}}
        lines = dict(_scenario_lines((document.get("feature") or {}).get("children", ())))
        for pickle in Compiler(self._ids).compile(document | {"uri": feature}):
            place = f"{feature}:{lines[pickle['astNodeIds'][0]]}"
            self._pickles.setdefault(place, []).append(dict(pickle))
            yield {"pickle": pickle}

    def _scenario(self, results: Sequence[ScenarioResult], run: str) -> Iterator[Message]:
        result = results[-1]
        pickle = self._pickle(result)
        if pickle is None:
            source = {"uri": result.feature, "location": {"line": max(result.line, 1)}}
            yield {"parseError": {"source": source, "message": result.message}}
            return
        case, ids = self._ids.get_next_id(), self._ids.get_next_id
        before, after = ({"id": ids(), "hookId": hook} for hook in self._hooks.values())
        steps = [before, *({"id": ids(), "pickleStepId": step["id"]} for step in pickle["steps"]), after]
        yield {"testCase": {"id": case, "pickleId": pickle["id"], "testRunStartedId": run, "testSteps": steps}}
        for number, one in enumerate(results):
            started = {"id": ids(), "testCaseId": case, "attempt": number, "timestamp": _instant(one.began)}
            yield {"testCaseStarted": started}
            texts = [str(step["text"]) for step in pickle["steps"]]
            yield from _steps(one, str(started["id"]), [step["id"] for step in steps], texts)
            told = {"testCaseStartedId": started["id"], "willBeRetried": number < len(results) - 1}
            yield {"testCaseFinished": told | {"timestamp": _instant(one.began + one.seconds)}}

    def _pickle(self, result: ScenarioResult) -> Message | None:
        """Return the pickle of a scenario, each only once: of the examples of an outline the one with these steps."""
        left = self._pickles.get(f"{result.feature}:{result.line}", [])
        texts = [step.text for step in result.steps]
        same = [one for one in left if [step["text"] for step in one["steps"]] == texts]
        found = next(iter(same or left), None)
        if found is not None:
            left.remove(found)
        return found


def _steps(result: ScenarioResult, started: str, steps: Sequence[str], texts: Sequence[str]) -> Iterator[Message]:
    at = result.began
    for step, (status, seconds, message) in zip(steps, _outcomes(result, texts), strict=True):
        reference = {"testCaseStartedId": started, "testStepId": step}
        yield {"testStepStarted": reference | {"timestamp": _instant(at)}}
        at += seconds
        told = {"status": status, "duration": _instant(seconds)} | ({"message": message} if message else {})
        yield {"testStepFinished": reference | {"testStepResult": told, "timestamp": _instant(at)}}


def _outcomes(result: ScenarioResult, texts: Sequence[str]) -> Iterator[tuple[str, float, str]]:
    """Yield status, seconds and message: of what came before the steps, of each pickle's step, of what came after."""
    if result.outcome != "passed" and all(step.outcome == "skipped" for step in result.steps):
        yield "SKIPPED" if result.is_left_out else "FAILED", 0.0, result.message
        yield from [("SKIPPED", 0.0, "")] * (len(texts) + 1)
        return
    yield "PASSED", 0.0, ""
    told = False
    for step in _matched(result.steps, texts):
        guilty = step is not None and step.outcome in ("failed", "undefined")
        told = told or guilty
        status = "PENDING" if guilty and result.is_known else _STATUSES[step.outcome if step else ""]
        yield status, step.seconds if step else 0.0, result.message if guilty else ""
    yield ("FAILED", 0.0, result.message) if result.is_broken and not told else ("PASSED", 0.0, "")


def _matched(steps: Sequence[StepResult], texts: Sequence[str]) -> Iterator[StepResult | None]:
    """
    Yield for each text the result of the step that has it, None where no step had.

    Cucumber's parser and ours may see different steps: it gives a scenario without steps none of the background's, and
    the file may have been changed while the run went on.
    """
    left = list(steps)
    for text in texts:
        found = next((index for index, step in enumerate(left) if step.text == text), None)
        yield None if found is None else left[found]
        del left[: 0 if found is None else found + 1]


def _scenario_lines(children: Iterable[Any]) -> Iterator[tuple[str, int]]:
    """Yield id and line of each scenario, also of those inside of rules."""
    for child in children:
        if "scenario" in child:
            yield child["scenario"]["id"], child["scenario"]["location"]["line"]
        elif "rule" in child:
            yield from _scenario_lines(child["rule"]["children"])


def _instant(seconds: float) -> Message:
    nanos = round(seconds * 1e9)
    return {"seconds": nanos // 10**9, "nanos": nanos % 10**9}


def _meta() -> Message:
    return {
        "protocolVersion": version("cucumber-messages"),
        "implementation": {"name": "statefulspec", "version": version("statefulspec")},
        "runtime": {"name": platform.python_implementation(), "version": platform.python_version()},
        "os": {"name": platform.system(), "version": platform.release()},
        "cpu": {"name": platform.machine()},
    }
