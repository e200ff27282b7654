"""
Controls: for each scenario the one change under which it must fail, and how.

They stand in a `controls.yaml` in a folder above the feature. A control either changes manifests, and the scenario
runs on the cluster, or it names a mutation of the scenario's recording, where no manifest can break just this
promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.errors import BadInput, ExpectationNotMet
from harness.model import Object

__all__ = ["Control", "control_of", "load_controls", "survived"]

_KEYS = {"feature", "scenario", "changes", "mutation", "because", "broken", "shows"}
_FACTS = ("promise", "clause", "condition")


@dataclass(frozen=True, slots=True)
class Control:
    """
    The change, and the failure it must bring about.

    `step`: the Then that must fail. `facts`: promise and clause, or a part of the condition, that must be broken.
    `shows`: a text that the counterexample must contain.
    """

    feature: Path
    scenario: str
    changes: tuple[Object, ...]
    mutation: str
    because: str
    step: str
    facts: Mapping[str, str]
    shows: str


def load_controls(path: Path) -> list[Control]:
    """
    Return the controls of a file, in its order.

    Raises BadInput for an entry that lacks something or has a key that means nothing.
    """
    try:
        entries = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise BadInput(f"this is not YAML: {error}", str(path)) from error
    if not isinstance(entries, list):
        raise BadInput("a controls file is a list of controls", str(path))
    return [_control(path, entry) for entry in entries]


def control_of(feature: Path, scenario: str) -> Control:
    """
    Return the control of a scenario, from the nearest `controls.yaml` at or above its feature.

    Raises BadInput where there is none.
    """
    for folder in feature.resolve().parents:
        path = folder / "controls.yaml"
        if path.is_file():
            for control in _controls(path):
                if control.feature == feature.resolve() and control.scenario == scenario:
                    return control
            raise BadInput(f"there is no control for: {scenario}", str(path), remedy=f"feature: {feature.name}")
    raise BadInput(f"there is no controls.yaml at or above {feature}", remedy="every scenario needs a control")


@cache
def _controls(path: Path) -> list[Control]:
    return load_controls(path)


def survived(control: Control, error: BaseException | None, step: str) -> str:
    """Return why a scenario has survived its control, empty where it failed as it must; `step` is where it ended."""
    if error is None:
        return "it passed under its control: it cannot see what it is there to see"
    if not isinstance(error, ExpectationNotMet):
        return f"it failed for another reason than a broken expectation: {error}"
    if step != control.step:
        return f"it failed at {step!r} and should have at {control.step!r}: {error}"
    for name, wanted in control.facts.items():
        if wanted not in error.facts.get(name, ""):
            return f"it was to break {name} {wanted!r}, and broke {error.facts.get(name, 'none')!r}: {error}"
    return "" if control.shows in str(error) else f"the counterexample does not show {control.shows!r}: {error}"


def _control(path: Path, entry: Any) -> Control:
    if not isinstance(entry, Mapping) or not entry.get("scenario") or not entry.get("feature"):
        raise BadInput(f"a control names its feature and its scenario: {entry!r}", str(path))
    title, broken = str(entry["scenario"]), entry.get("broken") or {}
    unknown = sorted((set(entry) - _KEYS) | (set(broken) - {"step", *_FACTS}))
    if unknown:
        raise BadInput(f"the control of {title!r} has keys that mean nothing: {', '.join(unknown)}", str(path))
    facts = {name: str(broken[name]) for name in _FACTS if name in broken}
    if not facts or not broken.get("step") or not entry.get("shows"):
        raise BadInput(f"the control of {title!r} does not say what must break and what must show", str(path))
    if bool(entry.get("changes")) == bool(entry.get("mutation")):
        raise BadInput(f"the control of {title!r} needs either changes or a mutation", str(path))
    if entry.get("mutation") and not entry.get("because"):
        raise BadInput(f"the control of {title!r} must say because of what no manifest can do it", str(path))
    return Control(
        (path.parent / entry["feature"]).resolve(),
        title,
        tuple(entry.get("changes") or ()),
        str(entry.get("mutation") or ""),
        str(entry.get("because") or ""),
        str(broken["step"]),
        facts,
        str(entry["shows"]),
    )
