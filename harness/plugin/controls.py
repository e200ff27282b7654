"""
Controls: for each scenario the one change under which it must fail, and how.

They stand in a `controls.yaml` in a folder above the feature. A control either changes manifests, and the scenario
runs on the cluster, or it names a mutation of the scenario's recording, where no manifest can break just this
promise. Where Kubernetes itself is known to break it, there is nothing to change: see `Known`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.api_server import ApiServer, Minor, minor_of
from harness.errors import BadInput, ExpectationNotMet
from harness.model import Object

__all__ = ["Known", "NegativeControl", "control_of", "known_of", "load_controls", "survived"]

_KEYS = {"feature", "scenario", "changes", "mutation", "because", "known", "broken", "shows"}
_KNOWN = {"since", "until", "because", "source"}
_FACTS = ("promise", "clause", "condition")


"""The tag of a scenario whose control says that Kubernetes itself breaks its promise."""


@dataclass(frozen=True, slots=True)
class Known:
    """
    That Kubernetes breaks a promise by itself: from which minor release on, up to which, why, and where that is seen.

    `since` is (0, 0) where no release keeps it, `until` None where none is known that keeps it again.
    """

    since: Minor
    until: Minor | None
    because: str
    source: str

    def concerns(self, server: ApiServer) -> bool:
        """Return whether the promise is known to be broken by this server."""
        return self.since <= server.minor and (self.until is None or server.minor <= self.until)


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """
    The change, and the failure it must bring about.

    `step`: the Then that must fail. `facts`: promise and clause, or a part of the condition, that must be broken.
    `shows`: a text that the counterexample must contain. `known`: where that failure comes without any change.
    """

    feature: Path
    scenario: str
    changes: tuple[Object, ...]
    mutation: str
    because: str
    step: str
    facts: Mapping[str, str]
    shows: str
    known: Known | None = None


def load_controls(path: Path) -> list[NegativeControl]:
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


def control_of(feature: Path, scenario: str) -> NegativeControl:
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


def known_of(feature: Path, scenario: str) -> NegativeControl:
    """Return the control of a scenario that is tagged as known to be broken; BadInput where it says nothing of that."""
    control = control_of(feature, scenario)
    if control.known is None:
        raise BadInput(f"its control does not say since when it is known to be broken: {scenario}", str(feature))
    return control


@cache
def _controls(path: Path) -> list[NegativeControl]:
    return load_controls(path)


def survived(control: NegativeControl, error: BaseException | None, step: str) -> str:
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


def _control(path: Path, entry: Any) -> NegativeControl:
    if not isinstance(entry, Mapping) or not entry.get("scenario") or not entry.get("feature"):
        raise BadInput(f"a control names its feature and its scenario: {entry!r}", str(path))
    title, broken = str(entry["scenario"]), entry.get("broken") or {}
    unknown = sorted((set(entry) - _KEYS) | (set(broken) - {"step", *_FACTS}))
    if unknown:
        raise BadInput(f"the control of {title!r} has keys that mean nothing: {', '.join(unknown)}", str(path))
    facts = {name: str(broken[name]) for name in _FACTS if name in broken}
    if not facts or not broken.get("step") or not entry.get("shows"):
        raise BadInput(f"the control of {title!r} does not say what must break and what must show", str(path))
    known = _known(path, title, entry["known"]) if entry.get("known") else None
    given = [name for name in ("changes", "mutation") if entry.get(name)]
    if len(given) > 1 or not (given or known):
        raise BadInput(f"the control of {title!r} needs either changes or a mutation", str(path))
    if entry.get("mutation") and not entry.get("because"):
        raise BadInput(f"the control of {title!r} must say because of what no manifest can do it", str(path))
    return NegativeControl(
        (path.parent / entry["feature"]).resolve(),
        title,
        tuple(entry.get("changes") or ()),
        str(entry.get("mutation") or ""),
        str(entry.get("because") or ""),
        str(broken["step"]),
        facts,
        str(entry["shows"]),
        known,
    )


def _known(path: Path, title: str, told: Any) -> Known:
    if not isinstance(told, Mapping) or set(told) - _KNOWN or not told.get("because") or not told.get("source"):
        raise BadInput(f"what is known of {title!r} has the keys {', '.join(sorted(_KNOWN))}", str(path))
    minors = {key: minor_of(str(told[key])) for key in ("since", "until") if key in told}
    if None in minors.values():
        raise BadInput(f"what is known of {title!r} is since and until a minor release, as 1.37", str(path))
    return Known(minors.get("since") or (0, 0), minors.get("until"), str(told["because"]), str(told["source"]))
