"""Order: which pod was created, deleted or replaced before which, and under which identity."""

from __future__ import annotations

from pytest_bdd import then

from harness.model import Since
from harness.promises import conditions
from harness.promises.identity import stable_identity
from harness.promises.ordering import halts_while_unhealthy, ordered_start, reverse_ordered_stop
from harness.promises.rollouts import rolling_update
from harness.scenario.judge import Judge

from .parsing import sentence

IN_ORDER = {"start": ordered_start, "stop": reverse_ordered_stop, "replace": rolling_update}


@then(sentence("{pods:Pods} were created in this order, each after the one before was ready"))
def pods_were_created_in_order(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.created_in_order(*pods))


@then(
    sentence('each later replica of "{name:Name}" was created within {span:Span} of the availability of the one before')
)
def replicas_were_created_once_available(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.created_once_available(name, span))


@then(sentence("{pods:Pods} were deleted in this order, each after the one before was gone"))
def pods_were_deleted_in_order(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.deleted_in_order(*pods))


@then(sentence('pod "{pod:Name}" is the only one that was created'))
def only_pod_was_created(pod: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.created_only(pod))


@then(sentence('at no time {since:Since} did "{name:Name}" {how:start/stop/replace} a replica out of order'))
def set_kept_its_order(since: Since, name: str, how: str, harness_judge: Judge) -> None:
    settled = conditions.settled(name) if how == "replace" else None
    harness_judge.keeps(IN_ORDER[how], name, since=since, settled=settled)


@then(sentence('at no time {since:Since} did "{name:Name}" proceed while another replica was not ready'))
def set_halted(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(halts_while_unhealthy, name, since=since)


@then(sentence('at no time {since:Since} did a pod of "{name:Name}" have the identity of another ordinal'))
def pods_had_their_identity(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(stable_identity, name, since=since)
