"""
Collects `.feature` files without Python glue, and finds what is wrong with them before any cluster is touched.

Problem: pytest-bdd meets an undefined step only when it runs, drops the second of two scenarios of one name and
passes an empty one. Solution: each collected file is checked as a whole, and every finding stands in one collection
error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate, Step
from pytest_bdd.scenario import make_python_name, scenario_wrapper_template_registry
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from harness.errors import BadInput
from harness.plugin.vocabulary import load_vocabulary

__all__ = ["FeatureFile", "FeaturesUnfit", "drop_twins", "template_named", "template_of", "test_name"]

_PLACEHOLDER = re.compile(r"<([^<>]+)>")


class FeaturesUnfit(pytest.Collector.CollectError):
    """A feature file that cannot be run as it stands; its text lists every finding with file and line."""


class FeatureFile(pytest.Module):
    """A feature file: each scenario is a test."""

    def _getobj(self) -> ModuleType:
        load_vocabulary(self.config)
        feature = self._parse()
        module = ModuleType(self.path.stem)
        module.__dict__.update(__file__=str(self.path), feature_path=str(self.path))
        undefined = list(self._undefined(feature))
        if undefined and len(undefined) == _count_steps(feature) and not self._is_asked_for():
            return module
        findings = [*_findings(feature), *undefined]
        if findings:
            raise FeaturesUnfit("\n".join(str(finding) for finding in findings))
        source = compile("from pytest_bdd import scenarios; scenarios(feature_path)", str(self.path), "exec")
        exec(source, module.__dict__)  # noqa: S102 - scenarios() binds into the module that calls it
        module.__dict__["pytestmark"] = [pytest.mark.usefixtures("harness_stage")]
        return module

    def _parse(self) -> Feature:
        try:
            return get_feature(str(self.path.parent), self.path.name)
        except GherkinParseError as error:
            raise FeaturesUnfit(_explain(error, self.path)) from None
        except KeyError:
            raise FeaturesUnfit(str(BadInput("there is no Feature in this file", str(self.path)))) from None

    def _is_asked_for(self) -> bool:
        named = (argument.partition("::")[0] for argument in self.config.args)
        return any((self.config.invocation_params.dir / path).resolve() == self.path for path in named)

    def _undefined(self, feature: Feature) -> Iterator[BadInput]:
        defined = _definitions(self)
        for scenario in feature.scenarios.values():
            for example in _examples(scenario):
                for step in scenario.render(example).steps:
                    found = {function for function, context in defined if _understands(context, step)}
                    if not found:
                        remedy = "`statefulspec steps` lists the sentences there are"
                        problem = f"no step is defined for: {step.keyword} {step.name}"
                        yield BadInput(problem, str(self.path), step.line_number, remedy)
                    elif len(found) > 1 and len({fixture.__module__ for fixture in found}) == 1:
                        problem = f"more than one step is defined for: {step.keyword} {step.name}"
                        yield BadInput(problem, str(self.path), step.line_number)


def _definitions(node: pytest.Collector) -> list[tuple[Callable[..., object], StepFunctionContext]]:
    """Return the functions of all steps that pytest lets this node see, asked for once and not for each step."""
    manager = node.session._fixturemanager
    names = get_fixture_names(fixturemanager=manager)
    seen = (fixture for name in names for fixture in getfixturedefs(manager, name, node) or ())
    known = ((fixture.func, step_function_context_registry.get(fixture.func)) for fixture in seen)
    return [(function, context) for function, context in known if context is not None]


def _understands(context: StepFunctionContext, step: Step) -> bool:
    return context.type in (None, step.type) and bool(context.parser.is_matching(step.name))


def template_of(item: pytest.Item) -> ScenarioTemplate | None:
    """Return the scenario that a test runs, None where the test is no scenario."""
    function = getattr(item, "function", None)
    return scenario_wrapper_template_registry.get(function) if function else None


def template_named(feature: Path, test: str) -> ScenarioTemplate | None:
    """Return the scenario of a feature file whose test has this name, with or without an example; None for none."""
    name = test.partition("[")[0]
    try:
        templates = get_feature(str(feature.parent), feature.name).scenarios.values()
    except (GherkinParseError, KeyError, OSError):
        return None
    return next((one for one in templates if test_name(one.name) == name), None)


def test_name(title: str) -> str:
    """Return the name of the test that a scenario of this title is."""
    return f"test_{make_python_name(title)}"


def drop_twins(items: list[pytest.Item]) -> list[pytest.Item]:
    """
    Return the items that run a scenario which another item runs too, to be deselected.

    A scenario that a Python module binds by `scenarios()` runs there, where its author has put it.
    """
    bound = {_identity(item) for item in items if not isinstance(item.parent, FeatureFile)} - {None}
    return [item for item in items if isinstance(item.parent, FeatureFile) and _identity(item) in bound]


def _identity(item: pytest.Item) -> tuple[str, str, str] | None:
    template = template_of(item)
    if template is None:
        return None
    example = getattr(getattr(item, "callspec", None), "params", {}).get("_pytest_bdd_example", {})
    return (template.feature.filename, template.name, repr(sorted(example.items())))


def _examples(scenario: ScenarioTemplate) -> Iterable[dict[str, str]]:
    rows = [row for examples in scenario.examples for row in examples.as_contexts()]
    return rows or [{}]


def _count_steps(feature: Feature) -> int:
    return sum(len(scenario.steps) * len(list(_examples(scenario))) for scenario in feature.scenarios.values())


def _findings(feature: Feature) -> Iterator[BadInput]:
    yield from _repeated_names(Path(feature.filename))
    if not feature.scenarios:
        yield BadInput("this feature has no scenario", feature.filename, feature.line_number)
    for scenario in feature.scenarios.values():
        if not scenario.steps:
            yield BadInput(f"this scenario has no step: {scenario.name}", feature.filename, scenario.line_number)
        known = {name for examples in scenario.examples for name in examples.example_params}
        for step in scenario.steps:
            for name in sorted(set(_PLACEHOLDER.findall(step.name)) - known):
                remedy = f"its examples have {', '.join(sorted(known)) or 'no columns'}"
                yield BadInput(f"no example gives <{name}>", feature.filename, step.line_number, remedy)


def _repeated_names(path: Path) -> Iterator[BadInput]:
    title = re.compile(r"\s*(?:Scenario|Example|Scenario Outline|Scenario Template):\s*(.+?)\s*$")
    lines = path.read_text(encoding="utf-8").splitlines()
    titles = [(number, found[1]) for number, line in enumerate(lines, 1) if (found := title.match(line))]
    counted = Counter(name for _, name in titles)
    for number, name in titles:
        if counted[name] > 1:
            yield BadInput(f"another scenario of this file has the same title: {name}", str(path), number)


def _explain(error: GherkinParseError, path: Path) -> str:
    return str(BadInput(error.message, str(path), error.line, error.line_content.strip()))
