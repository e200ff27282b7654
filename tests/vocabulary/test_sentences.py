"""What the sentences' words mean, and that vocabulary and features belong together."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from pathlib import Path

import pytest
from pytest_bdd import parsers
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate, Step
from pytest_bdd.steps import step_function_context_registry

import steps
from harness.model import Since, TimeWord
from harness.plugin.vocabulary import sentences
from steps.parsing import WORDS, sentence

FEATURES = Path(steps.__file__).parent.parent / "features"
LONGEST_FEATURE = 100
MOST_STEPS = 6
MOST_BACKGROUND_STEPS = 3
LONGEST_TITLE = 72
MOST_USED_ONCE = 66
"""A ratchet: how many sentences the features say only once. It may only fall: a word said once is no vocabulary."""
TECHNICAL = re.compile(r"kubectl|yaml|json|exec\b", re.IGNORECASE)
TIME = re.compile(r"at no time (?!\{since:Since\} )")


def features() -> list[Feature]:
    return [get_feature(str(path.parent), path.name) for path in sorted(FEATURES.rglob("*.feature"))]


def spoken(scenario: ScenarioTemplate) -> list[Step]:
    """Return the steps of a scenario as they are run, in each of its examples."""
    rows: list[dict[str, str]] = [dict(row) for each in scenario.examples for row in each.as_contexts()] or [{}]
    return [step for row in rows for step in scenario.render(row).steps]


def matching(text: str, kind: str) -> list[str]:
    """Return the sentences of the vocabulary that a step matches."""
    found = []
    for known in sentences():
        pattern = known.text if "{" not in known.text else None
        if known.type == kind and (pattern == text or (pattern is None and sentence(known.text).is_matching(text))):
            found.append(known.text)
    return found


@pytest.mark.parametrize(
    ("word", "text", "meaning"),
    [
        ("Name", "myapp-0", "myapp-0"),
        ("Names", '"a" and "b"', ["a", "b"]),
        ("Names", '"a", "b" and "c"', ["a", "b", "c"]),
        ("Number", "12", 12),
        ("Replicas", "1 replica", 1),
        ("Replicas", "3 ready replicas", 3),
        ("Demand", "minAvailable 2", {"minAvailable": 2}),
        ("Demand", "maxUnavailable 10%", {"maxUnavailable": "10%"}),
        ("Count", "no", 0),
        ("Count", "1", 1),
        (
            "Demand",
            "minAvailable 2 and unhealthyPodEvictionPolicy AlwaysAllow",
            {"minAvailable": 2, "unhealthyPodEvictionPolicy": "AlwaysAllow"},
        ),
        ("Demand", "maxUnavailable 1 and unhealthyPodEvictionPolicy unset", {"maxUnavailable": 1}),
        ("All", "all 3 replicas", 3),
        ("All", "the only replica", 1),
        ("Pods", 'pod "a"', ["a"]),
        ("Pods", 'pods "a", "b" and "c"', ["a", "b", "c"]),
        ("Setting", "parallel pod management", {"podManagementPolicy": "Parallel"}),
        ("Setting", "start ordinal 3", {"ordinals": {"start": 3}}),
        ("Setting", "no start ordinal", {"ordinals": None}),
        ("Setting", "minReadySeconds 4", {"minReadySeconds": 4}),
        ("Setting", "revision history limit 1", {"revisionHistoryLimit": 1}),
        ("Setting", "update strategy OnDelete", {"updateStrategy": {"type": "OnDelete"}}),
        (
            "Setting",
            "claim retention policy Delete when scaled",
            {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}},
        ),
        ("Setting", 'service "elsewhere"', {"serviceName": "elsewhere"}),
        ("Setting", "no claim templates", {"volumeClaimTemplates": []}),
        ("Nodes", "all nodes", ""),
        ("Nodes", 'the node of pod "a"', "a"),
        ("Rate", "50 bytes", 50),
        ("Rate", "2 KiB", 2048),
        ("Since", "since the event", Since.EVENT),
        ("Time", "for 2 minutes", TimeWord("for", 120.0)),
        ("Wait", "for its claim", ""),
        ("Wait", 'in init container "a"', "a"),
        ("Size", "64Mi", "64Mi"),
        ("Size", "2Gi", "2Gi"),
        ("Span", "60 seconds", 60.0),
        ("Span", "2 minutes", 120.0),
    ],
)
def test_words(word: str, text: str, meaning: object) -> None:
    """Each type of word reads what its pattern lets through."""
    assert re.fullmatch(WORDS[word].pattern, text)
    assert WORDS[word](text) == meaning


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Name", 'a" and "b'),
        ("Names", '"a"'),
        ("Names", '"a", "b"'),
        ("Span", "60"),
        ("Size", "2GB"),
        ("Replicas", "3 pods"),
        ("Pods", 'pods "a"'),
        ("Since", "since the rollout"),
        ("Time", "during 5 seconds"),
    ],
)
def test_what_is_no_word(word: str, text: str) -> None:
    """What is spelled otherwise does not make a step match."""
    parser: parsers.parse = sentence(f"{{it:{word}}}")
    assert not parser.is_matching(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the Controller Manager", "the {it:Program}"),
        ("minAvailable 2 and unhealthyPodEvictionPolicy always", "{it:Demand}"),
        ("the volume is Filled", "the volume is {how:filled/emptied}"),
        ("AVAILABLE", "{it:Phase}"),
        ("The scheduler", "the {it:Program}"),
    ],
)
def test_what_is_spelled_in_other_letters_is_no_sentence(text: str, word: str) -> None:
    """It would be read as a word that means nothing, or mean something that nobody has written."""
    assert not sentence(word).is_matching(text)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('pod "a" is ready', {"pod": "a", "state": "ready", "claim": None}),
        ('pod "a" is not ready', {"pod": "a", "state": "not ready", "claim": None}),
        ('pod "a" is ready with claim "b"', {"pod": "a", "state": "ready", "claim": "b"}),
        ('pod "a" is ready with claim', None),
        ('pod "a" is steady', None),
        ('pod "a" are ready', {"pod": "a", "state": "ready", "claim": None}),
    ],
)
def test_a_step_may_leave_out_what_stands_in_parentheses(step: str, said: dict[str, str | None] | None) -> None:
    """What is left out is nothing; of words with strokes between them one is said."""
    parser = sentence('pod "{pod:Name}" is/are {state:ready/not ready}( with claim "{claim:Name}")')
    assert parser.is_matching(step) is (said is not None)
    assert re.fullmatch(parser.expression, step) is not None or said is None
    if said is not None:
        assert parser.parse_arguments(step) == said


def test_a_word_that_means_nothing_is_no_match() -> None:
    with pytest.raises(ValueError, match="Scheduler"):
        WORDS["Program"]("Scheduler")


def test_every_step_matches_one_sentence() -> None:
    """No step of the features is undefined or ambiguous."""
    strays = {
        step.name: found
        for feature in features()
        for scenario in feature.scenarios.values()
        for step in spoken(scenario)
        if len(found := matching(step.name, step.type)) != 1
    }
    assert strays == {}


def test_every_placeholder_is_a_parameter_of_its_step() -> None:
    """A parameter of another name would be asked for as a fixture, and found missing when the step runs."""
    strays = []
    for name in {one.module for one in sentences()}:
        for key, fixture in vars(importlib.import_module(name)).items():
            if not key.startswith("pytestbdd_stepdef"):
                continue
            context = step_function_context_registry.get(fixture._get_wrapped_function())
            if context is not None:
                named = set(re.findall(r"\{(\w+):", context.parser.name))
                taken = set(inspect.signature(context.step_func).parameters)
                fixtures = {one for one in taken if one.startswith("harness_")} | {"datatable", "docstring"}
                strays += [(name, context.parser.name)] if named - taken or taken - named - fixtures else []
    assert strays == []


def test_every_sentence_is_used() -> None:
    """The vocabulary has no sentence that no feature speaks."""
    used = {
        (step.type, text)
        for feature in features()
        for scenario in feature.scenarios.values()
        for step in spoken(scenario)
        for text in matching(step.name, step.type)
    }
    assert sorted((known.type, known.text) for known in sentences() if (known.type, known.text) not in used) == []


def test_few_sentences_are_used_once() -> None:
    """The number of sentences that one step of all features uses does not grow."""
    uses = Counter(
        (step.type, text)
        for feature in features()
        for scenario in feature.scenarios.values()
        for step in scenario.steps
        for text in matching(step.name, step.type)
    )
    assert [use for _, use in uses.items()].count(1) <= MOST_USED_ONCE


def test_every_window_is_said() -> None:
    """Each `at no time` takes the beginning of its window from its words."""
    assert [known.text for known in sentences() if TIME.search(known.text)] == []


def test_readme_tells_every_time_word() -> None:
    """README's table has the time words that the sentences take, and no other."""
    readme = (FEATURES.parent / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `((?:within|for|at no time)[^`]*)` \|", readme, re.MULTILINE)
    assert told == ["within 60 seconds", "for 10 seconds", *(f"at no time {since}" for since in Since)]
    words = {" ".join(known.text.split()[:2]) for known in sentences() if re.match("within|for|at no", known.text)}
    assert words == {"within {span:Span}", "for {span:Span}", "at no"}


def test_titles_are_short() -> None:
    """A title fits on one line of a report."""
    titles = [scenario.name for feature in features() for scenario in feature.scenarios.values()]
    assert [title for title in titles if len(title) > LONGEST_TITLE] == []


def test_features_can_be_reviewed() -> None:
    """Features are short, their steps few and free of technical words; each scenario has exactly one event."""
    assert features()
    for feature in features():
        lines = Path(feature.filename).read_text(encoding="utf-8").splitlines()
        assert len(lines) <= LONGEST_FEATURE, feature.filename
        assert feature.background is None or len(feature.background.steps) <= MOST_BACKGROUND_STEPS, feature.filename
        for scenario in feature.scenarios.values():
            own = [step for step in scenario.steps if step.background is None]
            assert len(own) <= MOST_STEPS, scenario.name
            assert [step.type for step in own].count("when") == 1, scenario.name
            assert not [step.name for step in scenario.steps if TECHNICAL.search(step.name)], scenario.name


def test_the_page_on_faults_says_of_every_sentence_where_it_works() -> None:
    page = (FEATURES.parent / "docs" / "faults.md").read_text()
    told = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    found = {example: matching(example, "given") + matching(example, "when") for example in told}
    assert [example for example, sentences_of in found.items() if len(sentences_of) != 1] == []
    said = {text for texts in found.values() for text in texts}
    assert {one.text for one in sentences() if one.module == "steps.faults"} - said == set()
    assert f"{len(said)} sentences make something of a cluster fail" in page
