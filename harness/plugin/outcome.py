"""
How a scenario's end becomes pytest's report: the message instead of a traceback, the result for our own reports.

The evidence is collected here because it must be written before the fixtures clean up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_bdd.parser import ScenarioTemplate

from harness.errors import HarnessError, Inconclusive
from harness.evidence.cleaning import clean
from harness.manifests.placing import missed
from harness.model import Recovery
from harness.plugin.attempt import attempt_of
from harness.plugin.cluster import NotRun
from harness.plugin.compat import example_of
from harness.plugin.controls import NegativeControl, survived
from harness.plugin.features import template_named, template_of
from harness.plugin.gherkin import tags_of
from harness.plugin.keys import (
    SETTINGS,
)
from harness.plugin.known import take_as_foretold
from harness.plugin.parts import FailedPart, fail_for_parts
from harness.plugin.profile import hold_to_profile
from harness.plugin.recording import is_recorded, keeps_place, recording_name
from harness.reports.junit import junit_properties, timing_properties
from harness.reports.results import ScenarioResult, StepResult, Timing

if TYPE_CHECKING:
    from harness.evidence.collecting import Evidence
    from harness.scenario.namespace import ScenarioNamespace

__all__ = ["RESULT", "result_of", "rewrite_report", "timing_of", "unfit_feature"]

_LONGEST = 1 << 20
"""Characters of a failure that are kept."""
RESULT = "statefulspec"
"""Name of the report property that carries a ScenarioResult, also from an xdist worker."""


def rewrite_report(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, report_folder: Path
) -> None:
    """
    Make a scenario's report say what a reader needs, and attach its result.

    A HarnessError shows as its message alone. Under a control the outcome is turned round: a scenario that failed as
    its control demands has passed.
    """
    template, attempt = template_of(item), attempt_of(item)
    parts = fail_for_parts(item, report)
    if template:
        hold_to_profile(item, report)
    errors = [*(part.error for part in parts), *([call.excinfo.value] if call.excinfo else [])]
    error = next((one for one in errors if not isinstance(one, Inconclusive)), errors[0] if errors else None)
    evidence = _evidence(item, report_folder) if report.failed and call.when == "call" and template else None
    if isinstance(error, HarnessError):
        said = _told(item, str(report.longrepr) if parts else str(error))
        report.longrepr = said + (f"\n  look at:  {evidence.folder}" if evidence else "")
    if evidence:
        report.sections.append(("evidence", evidence.text))
    control = attempt.control
    if control and call.when == "call" and not report.skipped:
        _turn_round(item, control, error, report, parts)
    elif call.when == "call" and not report.skipped:
        take_as_foretold(item, error, report, parts)
    if template and (call.when == "call" or report.outcome != "passed"):
        ended = attempt.ended = _result(item, error, report, str(evidence.folder) if evidence else "")
        report.user_properties.append((RESULT, ended.to_data()))
        told = list(junit_properties(ended))
        others = [one for one in item.user_properties if one[0] not in {name for name, _ in told}]
        item.user_properties[:] = [*others, *told]
    if attempt.timing and call.when == "teardown":
        report.user_properties += timing_properties(attempt.timing)


def result_of(report: pytest.TestReport, root: Path | None = None) -> ScenarioResult | None:
    """
    Return the scenario's result that a report carries, None where it carries none.

    With `root` also that of a scenario whose xdist worker died, which is all that is known of it.
    """
    found = [value for name, value in report.user_properties if name == RESULT]
    if found:
        return _as_reported(ScenarioResult.from_data(found[-1]), report)  # type: ignore[arg-type]
    feature, _, name = report.nodeid.partition("::")
    if root is None or str(report.when) != "???" or not feature.endswith(".feature"):
        return None
    template = template_named(root / feature, name)
    return ScenarioResult(
        id=report.nodeid,
        feature=feature,
        title=template.name if template else name,
        line=template.line_number if template else 0,
        outcome="error",
        seconds=0.0,
        message=str(report.longrepr),
        feature_title=template.feature.name if template else "",
        rule=template.rule.name if template and template.rule else "",
        tags=tuple(sorted(tags_of(template, {}))) if template else (),
    )


def _as_reported(result: ScenarioResult, report: pytest.TestReport) -> ScenarioResult:
    """Return the result, broken where another plugin has failed the scenario that we had passed."""
    if result.is_broken or not report.failed:
        return result
    return replace(result, outcome="failed" if report.when == "call" else "error", message=str(report.longrepr))


def timing_of(report: pytest.TestReport) -> Timing | None:
    """Return where a scenario's time went, as the report of its clean-up tells; None where a report does not."""
    told = dict(report.user_properties)
    return Timing.from_data(told) if report.when == "teardown" and "own_s" in told else None


def unfit_feature(report: pytest.CollectReport) -> ScenarioResult | None:
    """Return the error that a feature file is, which could not be collected; None for what is none."""
    if not report.failed or not report.nodeid.endswith(".feature"):
        return None
    message = str(report.longrepr)
    line = re.match(r".*?:(\d+): ", message)
    return ScenarioResult(
        id=report.nodeid,
        feature=report.nodeid,
        title="This feature cannot be run as it stands",
        line=int(line[1]) if line else 1,
        outcome="error",
        seconds=0.0,
        message=message,
    )


def _turn_round(
    item: pytest.Item,
    control: NegativeControl,
    error: BaseException | None,
    report: pytest.TestReport,
    parts: Sequence[FailedPart],
) -> None:
    attempt = attempt_of(item)
    steps, scenario = attempt.steps, attempt.place
    last = parts[0].step if parts else -1
    reason = survived(control, error, steps[last].text if steps else "")
    if reason and scenario and missed(scenario.applied, control.changes):
        reason += "\n  some of its changes concern no manifest that the scenario has applied"
    report.outcome = "failed" if reason else "passed"
    report.longrepr = f"the scenario survived its control: {reason}" if reason else None
    report.sections.append(("caught by", _told(item, str(error))))


def _result(item: pytest.Item, error: BaseException | None, report: pytest.TestReport, evidence: str) -> ScenarioResult:
    template, attempt = template_of(item), attempt_of(item)
    control, recording, scenario = attempt.control, attempt.recording, attempt.place
    settings = item.config.stash[SETTINGS]
    message = str(report.longrepr or "")
    if report.failed and error is not None and not isinstance(error, HarnessError):
        message = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}\n\n{message}"
    if report.skipped and isinstance(report.longrepr, tuple):
        message = report.longrepr[2].removeprefix("Skipped: ")
    if hasattr(report, "wasxfail"):
        message = f"it failed as was expected: {report.wasxfail or error}"
    outcome: str = report.outcome
    if report.failed:
        outcome = "inconclusive" if isinstance(error, Inconclusive) else "failed" if report.when == "call" else "error"
    if attempt.foretold:
        outcome, message = "known broken", f"{attempt.foretold}\n{error}"
    if isinstance(error, NotRun):
        outcome, message = "not run", str(error)
    broken, told = report.failed, partial(_told, item)
    recorded = is_recorded(settings, broken=broken or bool(attempt.foretold))
    kept = scenario.made if scenario and keeps_place(settings, broken=broken) else []
    return ScenarioResult(
        id=item.nodeid,
        feature=_feature(item),
        title=_title(item, template),
        line=template.line_number if template else 0,
        outcome=outcome,
        seconds=report.duration,
        steps=tuple(_steps(item)),
        message=told(message),
        expected=told(str(getattr(error, "expected", ""))),
        observed=told(str(getattr(error, "observed", ""))),
        since=told(str(getattr(error, "since", ""))),
        facts=dict(getattr(error, "facts", {})),
        recording=str(recording) if recording and (scenario is None or recorded) else "",
        evidence=evidence,
        control=(control.mutation or "changed manifest") if control else "",
        feature_title=template.feature.name if template else "",
        rule=template.rule.name if template and template.rule else "",
        description=template.description if template else "",
        tags=tuple(sorted(tags_of(template, example_of(item)))) if template else (),
        promises=_promises(item),
        events=tuple(getattr(error, "events", ())),
        began=report.start,
        notes=tuple(_notes(scenario, kept=bool(kept))) if scenario else (),
        kept=f"{attempt.kubectl} delete {' '.join(kept)}" if kept else "",
        error=type(error).__name__ if error is not None else "",
        recoveries=_recoveries(item),
    )


def _recoveries(item: pytest.Item) -> tuple[Recovery, ...]:
    run = attempt_of(item).run
    if run is None:
        return ()
    from harness.promises.recovery import recoveries

    return tuple(recoveries(run.history))


def _told(item: pytest.Item, text: str) -> str:
    """Return a text that may hold words of strangers, fit for terminals, files and the logs of CI systems."""
    scenario = attempt_of(item).place
    return clean(scenario.secrets.mask(text) if scenario else text, _LONGEST)


def _notes(scenario: ScenarioNamespace, *, kept: bool) -> Iterator[str]:
    yield from scenario.notes
    if kept and scenario.namespace in (scenario.folders or ()):
        yield "its folders on the nodes stay until: statefulspec reap"


def _title(item: pytest.Item, template: ScenarioTemplate | None) -> str:
    title = template.name if template else item.name
    scenario = attempt_of(item).scenario
    example = getattr(item, "callspec", None)
    return f"{scenario.name if scenario else title} [{example.id}]" if example else title


def _steps(item: pytest.Item) -> Iterator[StepResult]:
    """Yield the steps that ran, then those that were not reached."""
    attempt = attempt_of(item)
    yield from attempt.steps
    for step in attempt.scenario.steps[len(attempt.steps) :] if attempt.scenario else ():
        yield StepResult(step.keyword.strip(), step.name, step.line_number, 0.0, "skipped")


def _promises(item: pytest.Item) -> dict[str, str]:
    """Return the last verdict on each promise that the scenario has judged."""
    judge = attempt_of(item).judge
    return {verdict.promise: verdict.outcome.value for verdict in judge.verdicts} if judge else {}


def _feature(item: pytest.Item) -> str:
    template = template_of(item)
    path = Path(template.feature.filename if template else item.path)
    return str(path.relative_to(item.config.rootpath) if path.is_relative_to(item.config.rootpath) else path)


def _evidence(item: pytest.Item, report_folder: Path) -> Evidence | None:
    attempt = attempt_of(item)
    scenario = attempt.place
    if scenario is None or attempt.control:
        return None
    from harness.evidence.collecting import collect

    folder = report_folder / "evidence" / recording_name(item.nodeid)
    history, command = scenario.recorder.history, attempt.kubectl
    return collect(scenario.api, history, scenario.namespace, folder, kubectl=command, secrets=scenario.secrets)
