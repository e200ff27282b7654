"""Applications by themselves: their entries, their members, how their servers end; each system says how it is asked."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import partial

from pytest_bdd import given, then, when

from harness.actions.commands import command_of, run_command
from harness.actions.entries import (
    CRASH,
    LAST_STOP,
    LIST,
    STORE,
    crash_server,
    list_entries,
    say_last_stop,
    store_entries,
)
from harness.actions.members import ask_members, forget_member
from harness.actions.pods import delete_pods
from harness.actions.statefulsets import scale_set
from harness.app_container import app_container
from harness.errors import BadInput, ExpectationNotMet
from harness.history.observation import OUTPUT
from harness.model import ZONE
from harness.promises import conditions
from harness.promises.entries import acknowledged_entries_kept
from harness.promises.members import MEMBERS
from harness.promises.nodes import zone_of
from harness.promises.outputs import content
from harness.promises.verdict import Subject
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence
from .statefulsets import pods_of, set_of

ENTRIES = 3
"""How many entries each replica is given."""
VARIABLES = {
    "its name": ("name", "MY_POD_NAME", "metadata.name"),
    "the zone of its node": ("zone", "MY_ZONE", f"metadata.labels['{ZONE}']"),
}
"""What an application is told of itself: what the record calls it, in which variable, and from which field."""


@given(sentence('the manifests are in "{path:Name}"'))
def manifests_are_in(path: str, harness_actions: ScenarioActions) -> None:
    """Have them looked up there; for a chart its options follow the path, as in `charts/db --values ci.yaml`."""
    harness_actions.look_in(*words_of(path))


@given(sentence('(resource quota )"{system:Name}" exists'))
@when(sentence('(StatefulSet )"{system:Name}" is created/applied( again)'))
def system_is_created(system: str, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(system)


@given(sentence('task "{task:Name}" has completed'))
def task_has_completed(task: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(task)
    harness_judge.awaits(conditions.succeeded(task))
    harness_actions.perform(delete_pods, [task])  # also a pod that has ended keeps its claims from going
    harness_judge.awaits(conditions.gone(task))


@given(sentence('each replica of "{name:Name}" has stored its own entries'))
def each_replica_has_stored(name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    command = command_of(harness_actions.latest("StatefulSet", name), STORE)
    for pod in pods_of(harness_judge, name):
        keys = [f"{pod}-{number}-of-{harness_actions.namespace}" for number in range(ENTRIES)]
        told = harness_actions.query(
            OUTPUT, f"{pod}:store", partial(store_entries, pod=pod, command=command, keys=keys)
        )
        if content(told).split() != keys:
            raise ExpectationNotMet(
                f"{pod} did not acknowledge every entry",
                ", ".join(keys),
                content(told) or str(told.data.get("stderr") or told.data.get("error") or "nothing"),
            )


@given(sentence('the members of "{name:Name}" are {pods:Names}'))
def members_have_become(name: str, pods: list[str], harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    again = ask_all_members(harness_actions, harness_judge, name)
    harness_judge.awaits(conditions.members_are(name, pods), probe=again)


@given(sentence('"{name:Name}" has been shrunk to {left:Number} members'))
def set_has_been_shrunk(name: str, left: int, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    """Give up members and wait for their claims to go: a set that is scaled up before may wait for them for ever."""
    set_is_shrunk(name, left, harness_actions, harness_judge)
    # Nobody wakes the controller (v1.36) when a claim is gone whose going it waited for: `PodClaimIsStale`.
    harness_judge.awaits(conditions.no_claim_left_behind(name))


@when(sentence('"{name:Name}" is shrunk to {left:Number} members'))
def set_is_shrunk(name: str, left: int, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    ordinals = [Subject(name).ordinal(pod) for pod in pods_of(harness_judge, name)]
    for ordinal in sorted((ordinal for ordinal in ordinals if ordinal is not None and ordinal >= left), reverse=True):
        harness_actions.perform(scale_set, name, ordinal)
        harness_judge.awaits(conditions.gone(f"{name}-{ordinal}"))
        harness_actions.perform(forget_member, name, f"{name}-{ordinal}", through=f"{name}-0")
        harness_judge.awaits(conditions.settled(name))


@when(sentence('the server of pod "{pod:Name}" crashes'))
def server_crashes(pod: str, harness_actions: ScenarioActions) -> None:
    command = command_of(harness_actions.latest("StatefulSet", set_of(pod)), CRASH)
    harness_actions.perform(crash_server, pod, command)


@then(sentence('within {span:Span} pod "{pod:Name}" runs again'))
def pod_runs_again(span: float, pod: str, harness_judge: Judge) -> None:
    supplanted = conditions.supplanted(pod, harness_judge.event)
    harness_judge.within(span, conditions.restarted(pod), blocked=supplanted)


@then(sentence('each replica of "{name:Name}" has every entry that it acknowledged'))
def each_replica_has_its_entries(name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    command = command_of(harness_actions.latest("StatefulSet", name), LIST)
    for pod in pods_of(harness_judge, name):
        harness_actions.query(OUTPUT, f"{pod}:list", partial(list_entries, pod=pod, command=command))
    harness_judge.keeps(acknowledged_entries_kept, name)


@then(sentence('the server of pod "{pod:Name}" {stop:Stop}'))
def server_had_ended(pod: str, stop: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    command = command_of(harness_actions.latest("StatefulSet", set_of(pod)), LAST_STOP)
    harness_actions.query(OUTPUT, f"{pod}:last-stop", partial(say_last_stop, pod=pod, command=command))
    harness_judge.shows(conditions.printed(f"{pod}:last-stop", stop))


@then(sentence('pod "{pod:Name}" is told {what:its name/the zone of its node} in its environment'))
def environment_says(pod: str, what: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    """Have it looked up in one of VARIABLES; BadInput where the pod's manifest tells its application nothing."""
    asked, variable, field = VARIABLES[what]
    container = app_container(harness_actions.latest("Pod", pod))
    known = [each["name"] for each in container.get("env") or ()]
    if variable not in known and not container.get("envFrom"):
        raise BadInput(
            f'container "{container.get("name")}" of {pod} is not told {what}',
            remedy=f"it needs the environment variable {variable}, from the field {field}",
        )
    output = f"{pod}:{asked}"
    expected = pod if what == "its name" else zone_of(harness_judge.history, pod)
    command = ["sh", "-c", f'echo "${variable}"']
    harness_actions.query(OUTPUT, output, partial(run_command, pod=pod, argv=command, name=output))
    harness_judge.shows(conditions.printed(output, expected))


@then(sentence('within {span:Span} the members of "{name:Name}" are {pods:Names}'))
def members_become(
    span: float, name: str, pods: list[str], harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    again = ask_all_members(harness_actions, harness_judge, name)
    harness_judge.within(span, conditions.members_are(name, pods), probe=again)


@then(sentence('within {span:Span} pod "{pod:Name}" is {which:a new member/the same member as before}'))
def pod_is_member(span: float, pod: str, which: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    again = ask_all_members(harness_actions, harness_judge, set_of(pod))
    condition = conditions.another_member(pod) if which == "a new member" else conditions.same_member(pod)
    harness_judge.within(span, condition, probe=again)


def words_of(line: str) -> list[str]:
    """Return the words of a command line; BadInput where a quotation does not end, or where there is no word."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise BadInput(f"{line} cannot be taken apart: {error}") from error
    if not words:
        raise BadInput("the place where the manifests are has no name")
    return words


def ask_all_members(actions: ScenarioActions, judge: Judge, name: str) -> Callable[[], object]:
    """Have every replica of a set asked for its members; return what asks all of them again."""
    for pod in pods_of(judge, name):
        actions.query(OUTPUT, f"{pod}:{MEMBERS}", partial(ask_members, set_name=name, pod=pod))
    return lambda: [ask_members(actions.scenario, name, pod) for pod in pods_of(judge, name)]
