"""
Scenarios whose promise Kubernetes itself is known to break: they fail as foretold, and make no run red.

What a control is to any other scenario, Kubernetes is to these. Where it keeps the promise after all, or breaks another
one, the run is red: what is known is wrong then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.plugin.attempt import attempt_of
from harness.plugin.controls import Known, NegativeControl, known_of, survived
from harness.plugin.features import template_of
from harness.plugin.tags import KNOWN_BROKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.api_server import ApiServer
    from harness.plugin.parts import FailedPart

__all__ = ["note_known", "skip_if_kept", "take_as_foretold"]


def note_known(node: pytest.Item) -> None:
    """Take note of what is known of a scenario that is tagged so; raises BadInput where its control does not say it."""
    template = template_of(node)
    if template and not attempt_of(node).control and node.get_closest_marker(KNOWN_BROKEN):
        attempt_of(node).known = known_of(Path(template.feature.filename), template.name)


def take_as_foretold(
    item: pytest.Item, error: BaseException | None, report: pytest.TestReport, parts: Sequence[FailedPart]
) -> None:
    """
    Turn the end of a scenario that is known to be broken into what it means; any other one stays as it is.

    A failure at the step and of the promise that its control names becomes an expected one (`xfailed`), and the
    attempt's `foretold` tells why. A success, or another failure, fails.
    """
    attempt = attempt_of(item)
    control, server = attempt.known, _server(item)
    if control is None or control.known is None or server is None or not control.known.concerns(server):
        return
    steps = attempt.steps
    reason = survived(control, error, steps[parts[0].step if parts else -1].text if steps else "")
    if not reason:
        why = f"{server.version} breaks this promise: {control.known.because} ({control.known.source})"
        report.outcome = "skipped"
        report.wasxfail = attempt.foretold = why
    elif error is None:
        report.outcome, report.longrepr = "failed", _kept(control, server)
    else:
        report.longrepr = f"{report.longrepr}\n  known to be broken, but not so: {reason}"


def skip_if_kept(known: Known, server: ApiServer) -> None:
    """Skip a proof on a version that keeps the promise: the scenario's control is one that breaks it."""
    if not known.concerns(server):
        pytest.skip(f"{server.version} keeps this promise; its control is a version that breaks it: {known.because}")


def _kept(control: NegativeControl, server: ApiServer) -> str:
    known = control.known
    return (
        f"{server.version} keeps this promise, and is said to break it: {known.because if known else ''}\n"
        f"  look at:  the control of this scenario; where it is kept for good, take the tag @{KNOWN_BROKEN} away"
    )


def _server(item: pytest.Item) -> ApiServer | None:
    from harness.promises.server import server_of

    run = attempt_of(item).run
    return server_of(run.history) if run else None
