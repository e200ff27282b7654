"""Where a scenario's recording lies, and what it holds beside the history: all that judging and showing it needs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import BadInput
from harness.model import Object
from harness.plugin.attempt import attempt_of
from harness.plugin.features import template_of
from harness.plugin.run_settings import Settings
from harness.reports.results import Timing

if TYPE_CHECKING:
    from harness.history.history import History
    from harness.plugin.controls import NegativeControl
    from harness.scenario.namespace import ScenarioNamespace

__all__ = [
    "find_recording",
    "is_recorded",
    "keeps_place",
    "recording_name",
    "recording_path",
    "save_mutated",
    "write_recording",
]


def recording_name(node_id: str) -> str:
    """
    Return the file stem under which a scenario's recording and evidence are kept: no other scenario has the same.

    It begins with what a person looks for and ends with a digest, for `0` and `0%` read alike there. With the ending of
    a recording it has at most 138 of the 143 characters that the strictest file systems in use, encrypted ones, allow.
    """
    digest = hashlib.sha256(node_id.encode()).hexdigest()[:8]
    return f"{_readable(node_id)}-{digest}"


def _readable(node_id: str) -> str:
    path, _, name = node_id.partition("::")
    feature = "-".join(Path(path).with_suffix("").parts[-2:]) if Path(path).name else ""
    stem = f"{feature}-{name.removeprefix('test_')}"
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem)[:120].strip("-")


def recording_path(node: pytest.Item, settings: Settings) -> Path:
    """Return where a scenario's recording belongs; what a control was to break has a folder of its own."""
    folder = settings.report / ("controls" if settings.prove else "recordings")
    return folder / f"{recording_name(node.nodeid)}.jsonl.gz"


def is_recorded(settings: Settings, *, broken: bool) -> bool:
    """Return whether the recording of a scenario that ended so is kept."""
    return settings.record == "on" or (settings.record == "retain-on-failure" and broken)


def keeps_place(settings: Settings, *, broken: bool) -> bool:
    """Return whether the namespace of a scenario that ended so is kept."""
    return settings.keep == "always" or (settings.keep == "failed" and broken)


def find_recording(node: pytest.Item, replay: Path | None) -> Path:
    """
    Return the recording of a scenario: the file `replay`, or the one in that folder.

    The features may lie in another place now than when it was made, which shows in its name; the title decides then.
    Raises BadInput where there is none.
    """
    if replay is None:
        raise BadInput("this control changes a recording", remedy="name the recordings' folder with --harness-replay")
    if replay.is_file():
        return replay
    name = f"{recording_name(node.nodeid)}.jsonl.gz"
    folders = (replay, replay / "recordings")
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    found = found or next((path for folder in folders for path in _moved(node.nodeid, folder)), None)
    if found is None:
        raise BadInput(
            f"there is no recording of this scenario: {folders[-1] / name}", remedy="run it on a cluster first"
        )
    return found


def _moved(node_id: str, folder: Path) -> Iterator[Path]:
    """Yield the recordings in a folder of the same title, in a feature of the same name and folder."""
    from harness.history.history_file import load_header

    for path in sorted(folder.glob(f"{_readable(node_id)}*.jsonl.gz")):
        if _tail(str(load_header(path).get("scenario", ""))) == _tail(node_id):
            yield path


def _tail(node_id: str) -> tuple[tuple[str, ...], str]:
    path, _, name = node_id.partition("::")
    return Path(path).parts[-2:], name


def write_recording(
    node: pytest.Item, scenario: ScenarioNamespace, server: str, settings: Settings, timing: Timing
) -> None:
    """
    Write the history of a scenario.

    The header has its result with the timing so far, its feature, manifests, options and versions.
    """
    from harness.history.history_file import save
    from harness.history.redaction import redact

    template, attempt = template_of(node), attempt_of(node)
    ended, control = attempt.ended, attempt.control

    def kept(body: Object) -> Any:
        return scenario.secrets.mask_all(redact(body))

    header: dict[str, Any] = {
        "scenario": node.nodeid,
        "namespace": scenario.namespace,
        "result": replace(ended, timing=timing).to_data() if ended else None,
        "feature": Path(template.feature.filename).read_text(encoding="utf-8") if template else "",
        "manifests": [kept(manifest.body) for manifest in scenario.applied],
        "options": {"cluster": settings.cluster, "nodes": settings.nodes, "timeout_scale": settings.timeout_scale},
        "versions": {"statefulspec": _our_version(), "kubernetes": server},
    }
    if control:
        header["control"] = {
            "changes": [scenario.secrets.mask_all(redact(change)) for change in control.changes],
            "mutation": control.mutation,
        }
    path = attempt.recording or recording_path(node, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(scenario.recorder.history, path, header, scenario.secrets.masked)


@cache
def _our_version() -> str:
    return version("statefulspec")


def save_mutated(history: History, path: Path, header: Mapping[str, Any], control: NegativeControl) -> None:
    """Write the history that a control's mutation has made of a recording, so that the page can show what is wrong."""
    from harness.history.history_file import save

    path.parent.mkdir(parents=True, exist_ok=True)
    save(history, path, {**header, "result": None, "control": {"changes": [], "mutation": control.mutation}})
