"""Where the steps are, and which sentences they understand."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from harness.errors import BadInput
from harness.plugin.compat import definition_of

if TYPE_CHECKING:
    from harness.history.history import History

__all__ = ["VocabularyEntry", "load_vocabulary", "refuse_named_pods", "sentences"]


@dataclass(frozen=True, slots=True, order=True)
class VocabularyEntry:
    """
    One step text with its placeholders; `type` is given, when or then.

    `expression`: the regular expression of all that says it.
    """

    type: str
    text: str
    module: str
    expression: str


def load_vocabulary(config: pytest.Config) -> None:
    """
    Make the steps of the vocabulary known to pytest; from then on, again does nothing.

    In a checkout they are the package `steps`, in an installed wheel `harness.vocabulary`.
    """
    manager = config.pluginmanager
    unknown = [name for name in _modules() if not manager.has_plugin(name)]
    # All before the first import, since they import each other; pytest warns of one that somebody has imported already.
    manager.rewrite_hook.mark_rewrite(*(name for name in unknown if name not in sys.modules))
    for name in unknown:
        manager.register(importlib.import_module(name), name)


def refuse_named_pods(history: History, step: Callable[..., object], arguments: Mapping[str, object]) -> None:
    """
    Raise BadInput where a sentence of the vocabulary that is true of StatefulSets alone is said of pods with a name.

    Steps of a project's own say themselves what they are about.
    """
    name = arguments.get("name")
    if not isinstance(name, str) or hasattr(step, "of_any_pods") or step.__module__ not in _modules():
        return
    from harness.promises.subjects import named_pods

    pods = named_pods(history, name)
    if pods:
        raise BadInput(
            f'this can only be true of a StatefulSet, and "{name}" is {pods}',
            remedy="they have no ordinals, revisions or status of their own; docs/operators.md lists what can be said",
        )


def sentences() -> list[VocabularyEntry]:
    """Return every sentence of the vocabulary, sorted by type and text."""
    modules = [importlib.import_module(name) for name in _modules()]
    return sorted({sentence for module in modules for sentence in _sentences(module)})


def _sentences(module: ModuleType) -> list[VocabularyEntry]:
    fixtures = [value for name, value in vars(module).items() if name.startswith("pytestbdd_stepdef")]
    found = [(step.type or "step", step.parser) for step in map(definition_of, fixtures) if step]
    return [
        VocabularyEntry(kind, parser.name, module.__name__, str(getattr(parser, "expression", "")))
        for kind, parser in found
    ]


def _modules() -> list[str]:
    for package in ("harness.vocabulary", "steps"):
        try:
            found = importlib.import_module(package)
        except ModuleNotFoundError:
            continue
        return sorted(f"{package}.{module.name}" for module in pkgutil.iter_modules(found.__path__))
    raise BadInput("the vocabulary is not installed", remedy="install statefulspec again")
