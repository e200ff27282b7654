"""
Collects `.feature` files without Python glue, and finds what is wrong with them before any cluster is touched.

Problem: pytest-bdd meets an undefined step only when it runs, and a file that nothing runs is passed over in silence.
Solution: each file is checked as a whole (see `harness.plugin.gherkin`), every finding stands in one collection error,
and so does every scenario that neither the file itself nor a Python module can run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd.parser import ScenarioTemplate, Step
from pytest_bdd.steps import StepFunctionContext

from harness.errors import BadInput
from harness.plugin.compat import Definition, definitions, example_of, test_name, wrapped_template
from harness.plugin.gherkin import ENCODING, findings, read_feature, tags_of
from harness.plugin.nearest import remedy
from harness.plugin.versions import register
from harness.plugin.vocabulary import load_vocabulary

__all__ = [
    "FeatureFile",
    "FeaturesUnfit",
    "drop_twins",
    "drop_unbound",
    "example_of",
    "other_shards",
    "template_named",
    "template_of",
]


class FeaturesUnfit(pytest.Collector.CollectError):
    """A feature file that cannot be run as it stands; its text lists every finding with file and line."""


class FeatureFile(pytest.Module):
    """
    A feature file: each scenario is a test.

    `undefined`: by title, what keeps a scenario from being run here: the steps of it that nobody has defined where this
    file can see them. A Python module that binds the scenario may have them; see `unbound`. `unfit`: what else is wrong
    with a feature of which no sentence is known; it may be somebody else's.
    """

    undefined: dict[str, list[BadInput]]
    unfit: list[BadInput]

    def _getobj(self) -> ModuleType:
        load_vocabulary(self.config)
        try:
            feature = read_feature(self.path)
        except BadInput as error:
            raise FeaturesUnfit(str(error)) from None
        register(self.config, (tag for scenario in feature.scenarios.values() for tag in tags_of(scenario)))
        self.unfit, defined = list(findings(self.path)), list(definitions(self))
        known, self.undefined = False, {}
        for scenario in feature.scenarios.values():
            steps = list(_steps(scenario))
            checked = [_check(step, defined, self.path) for step in steps]
            self.unfit += [finding for step in steps for finding in _unread(step, defined, self.path)]
            known = known or None in checked
            self.undefined[scenario.name] = [finding for finding in checked if finding]
        if (self.unfit and known) or not feature.scenarios or (self._is_asked_for() and self.told(self.undefined)):
            raise FeaturesUnfit(self.told(self.undefined))
        if not known:
            elsewhere = f"bind it in a Python module by scenarios(), or leave it out: --ignore={self.path.name}"
            line = feature.line_number
            self.unfit.append(BadInput("no sentence of this feature is known", str(self.path), line, elsewhere))
        module = ModuleType(self.path.stem)
        module.__dict__.update(__file__=str(self.path), feature_path=str(self.path), encoding=ENCODING)
        source = "from pytest_bdd import scenarios; scenarios(feature_path, encoding=encoding)"
        exec(compile(source, str(self.path), "exec"), module.__dict__)  # noqa: S102 - scenarios() binds into its caller
        module.__dict__["pytestmark"] = [pytest.mark.usefixtures("harness_run")]
        return module

    def told(self, titles: Iterable[str]) -> str:
        """Return all that is wrong with this file, of its undefined steps those of these scenarios."""
        undefined = (finding for title in titles for finding in self.undefined[title])
        return "\n".join(dict.fromkeys(str(finding) for finding in [*self.unfit, *undefined]))

    def _is_asked_for(self) -> bool:
        named = (argument.partition("::")[0] for argument in self.config.args)
        return any((self.config.invocation_params.dir / path).resolve() == self.path for path in named)


def _check(step: Step, defined: Sequence[Definition], path: Path) -> BadInput | None:
    """Return what is wrong with the sentence of a step, None where it means one thing."""
    found = {function for function, context in defined if _understands(context, step)}
    if not found:
        problem = f"no step is defined for: {step.keyword} {step.name}"
        return BadInput(problem, str(path), step.line_number, remedy(step, defined))
    if len(found) > 1 and len({function.__module__ for function in found}) == 1:
        problem = f"more than one step is defined for: {step.keyword} {step.name}"
        return BadInput(problem, str(path), step.line_number)
    return None


_BELOW = {"datatable": "table", "docstring": "text"}
"""What may stand below a step, by the name of the argument with which a step's function takes it."""


def _unread(step: Step, defined: Sequence[Definition], path: Path) -> Iterator[BadInput]:
    """Yield what stands below a step that takes nothing of the kind: pytest-bdd passes over it."""
    meant = [signature(context.step_func).parameters for _, context in defined if _understands(context, step)]
    for part, what in _BELOW.items():
        if meant and getattr(step, part) and not any(part in parameters for parameters in meant):
            problem = f"this step reads no {what}: {step.keyword} {step.name}"
            yield BadInput(problem, str(path), step.line_number, "leave out what stands below it")


def _understands(context: StepFunctionContext, step: Step) -> bool:
    return context.type in (None, step.type) and bool(context.parser.is_matching(step.name))


def template_of(item: pytest.Item) -> ScenarioTemplate | None:
    """Return the scenario that a test runs, None where the test is no scenario."""
    function = getattr(item, "function", None)
    return wrapped_template(function) if function else None


def template_named(feature: Path, test: str) -> ScenarioTemplate | None:
    """Return the scenario of a feature file whose test has this name, with or without an example; None for none."""
    name = test.partition("[")[0]
    try:
        templates = read_feature(feature).scenarios.values()
    except BadInput:
        return None
    return next((one for one in templates if test_name(one.name) == name), None)


def drop_twins(items: list[pytest.Item]) -> list[pytest.Item]:
    """
    Return the items that run a scenario which another item runs too, to be deselected.

    A scenario that a Python module binds by `scenarios()` runs there, where its author has put it.
    """
    bound = {_identity(item) for item in items if not isinstance(item.parent, FeatureFile)} - {None}
    return [item for item in items if isinstance(item.parent, FeatureFile) and _identity(item) in bound]


def other_shards(items: list[pytest.Item], shard: tuple[int, int]) -> list[pytest.Item]:
    """
    Return the items that belong to other parts than the given one, counted from 1, of so many.

    Parts are dealt out in turns by name: the same selection is parted in the same way on every machine, and the
    scenarios of a feature, which take about as long as each other, go to different parts.
    """
    part, parts = shard
    dealt = sorted(items, key=lambda item: item.nodeid)
    return [item for number, item in enumerate(dealt) if number % parts != part - 1]


def drop_unbound(items: list[pytest.Item]) -> Iterator[pytest.CollectReport]:
    """
    Take out all scenarios of each file that has one which nothing can run; yield what is wrong with the file.

    That is known when all is collected: what a file cannot run by itself, a Python module may bind and have steps for.
    """
    for file in dict.fromkeys(item.parent for item in items):
        if isinstance(file, FeatureFile):
            own = [item for item in items if item.parent is file]
            titles = {template.name for item in own if (template := template_of(item))}
            told = file.told([title for title in file.undefined if title in titles])
            if told:
                items[:] = [item for item in items if item.parent is not file]
                yield pytest.CollectReport(file.nodeid, "failed", told, [])


def _identity(item: pytest.Item) -> tuple[str, str, str] | None:
    template = template_of(item)
    if template is None:
        return None
    return (template.feature.filename, template.name, repr(sorted(example_of(item).items())))


def _steps(scenario: ScenarioTemplate) -> Iterator[Step]:
    """Yield the steps of a scenario as they run: of an outline with the values of each row."""
    for example in [row for examples in scenario.examples for row in examples.as_contexts()] or [{}]:
        yield from scenario.render(example).steps
