"""Order: which pod was created, removed or replaced before which."""

from __future__ import annotations

from pytest_bdd import then

from harness.promises import conditions
from harness.scenario.judge import Judge

from .parsing import sentence

WHOLE = "since the scenario began"


@then(sentence("pods {pods:Names} were created in this order, each with the former ready"))
def pods_were_created_in_order(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.created_in_order(*pods))


@then(sentence("pods {pods:Names} were removed in this order, each with the former gone"))
def pods_were_removed_in_order(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.deleted_in_order(*pods))


@then(sentence('pod "{pod:Name}" is the only one that was created'))
def only_pod_was_created(pod: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.created_only(pod))


@then(sentence('at no time did "{name:Name}" start a replica out of order'))
def set_started_in_order(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("ordered start", name, since=0)


@then(sentence('at no time did "{name:Name}" stop a replica out of order'))
def set_stopped_in_order(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("reverse ordered stop", name, since=0)


@then(sentence('at no time did "{name:Name}" go on beside an unready replica'))
def set_halted(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("halts while a predecessor is unhealthy", name, since=0)


@then(sentence('at no time did a pod of "{name:Name}" have the identity of another ordinal'))
def pods_had_their_identity(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("stable identity", name, since=0)


@then(sentence('at no time was a pod of "{name:Name}" ready'))
def no_pod_was_ready(name: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.at_least_ready(name, 1), since=0, text=WHOLE)
