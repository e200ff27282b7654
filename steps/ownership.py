"""Whom pods and claims belong to, and what keeps them from going."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.claims import delete_claim
from harness.faults.metadata import disown, entrust, label, pin, unlabel, unpin
from harness.faults.nodes import cordon, uncordon
from harness.faults.pods import delete_pods
from harness.faults.sets import delete_set
from harness.promises import conditions
from harness.promises.ownership import ADOPTION_S
from harness.scenario.judge import Judge
from harness.scenario.place import Place
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .workload import await_given


@when(sentence('pod "{pod:Name}" loses its owner'))
def pod_loses_its_owner(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(disown, pod)


@given(sentence('pod "{pod:Name}" has lost its owner, and found it again'))
def pod_has_lost_its_owner(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(disown, pod)
    harness_judge.awaits(conditions.adopted(pod, pod.rpartition("-")[0]))


@when(sentence('pod "{pod:Name}" loses the marks of its set'))
def pod_loses_its_labels(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(unlabel, pod)


@given(sentence('pod "{pod:Name}" has lost the marks of its set'))
def pod_has_lost_its_labels(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(unlabel, pod)
    harness_judge.awaits(conditions.released(pod))


@when(sentence('pod "{pod:Name}" gets the marks of its set back'))
def pod_gets_its_labels_back(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(label, pod)


@then(sentence('within {span:Span} "{name:Name}" adopts pod "{pod:Name}"'))
def set_adopts_pod(span: float, name: str, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.adopted(pod, name))


@then(sentence('within {span:Span} nothing controls pod "{pod:Name}"'))
def nothing_controls_pod(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.released(pod))


@then(sentence(f'at no time did "{{name:Name}}" mistake whose pods are its own for more than {ADOPTION_S:.0f} seconds'))
def set_owned_its_pods(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("ownership", name, since=0)


@given(sentence('stateful set "{name:Name}" is gone, and its pods are not'))
def set_is_gone_without_its_pods(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_set, name, propagation="Orphan")
    await_given(harness_judge, name, conditions.gone(name, "StatefulSet"))


@given(sentence('the deletion of pod "{pod:Name}" is held up'))
def deletion_is_held_up(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(pin, pod)
    harness_sandbox.act(delete_pods, [pod])
    known = conditions.all_of(conditions.not_ready(pod), conditions.reported(pod.rpartition("-")[0]))
    harness_judge.awaits(known)


@when(sentence('stateful set "{name:Name}" is deleted without its pods'))
def set_is_deleted_without_its_pods(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_set, name, propagation="Orphan")


@when(sentence('pod "{pod:Name}" is let go'))
def pod_is_let_go(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(unpin, pod)


@when(sentence('stateful set "{name:Name}" is deleted'))
def set_is_deleted(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_set, name)


@given(sentence('claim "{claim:Name}" belongs to somebody else'))
def claim_belongs_to_somebody_else(claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(entrust, claim)


@given(sentence("no node takes new pods"))
def nodes_are_closed(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(_close_nodes)


@when(sentence("the nodes take new pods again"))
def nodes_are_opened(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(_open_nodes)


def _close_nodes(place: Place) -> None:
    for node in place.recorder.history.alive("Node"):
        cordon(place, node)


def _open_nodes(place: Place) -> None:
    for node in place.recorder.history.alive("Node"):
        uncordon(place, node)


@given(sentence('pod "{pod:Name}" has been deleted with its claim "{claim:Name}"'))
def pod_has_been_deleted(pod: str, claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_pods, [pod])
    harness_judge.awaits(conditions.all_of(conditions.replaced(pod), conditions.scheduled_or_not(pod)))
    harness_sandbox.act(delete_claim, claim)


@when(sentence('pod "{pod:Name}" is deleted with its claim "{claim:Name}"'))
def pod_is_deleted_with_claim(pod: str, claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_claim, claim)
    harness_sandbox.act(delete_pods, [pod])


@given(sentence('the deletion of claim "{claim:Name}" has begun'))
@when(sentence('claim "{claim:Name}" is deleted'))
def claim_is_deleted(claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_claim, claim)


@then(sentence('within {span:Span} claim "{claim:Name}" is made anew'))
def claim_is_made_anew(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.remade(claim, "PersistentVolumeClaim"))


@then(sentence('for {span:Span} claim "{claim:Name}" is there'))
def claim_is_there(span: float, claim: str, harness_judge: Judge) -> None:
    there = conditions.opposite(conditions.gone(claim, "PersistentVolumeClaim"))
    harness_judge.throughout(span, there)


@then(sentence('within {span:Span} claim "{claim:Name}" is gone'))
def claim_is_gone(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.gone(claim, "PersistentVolumeClaim"))


@then(sentence("within {span:Span} claims {claims:Names} are gone"))
def claims_are_gone(span: float, claims: list[str], harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(*(conditions.gone(one, "PersistentVolumeClaim") for one in claims)))


@then(sentence('within {span:Span} claims {claims:Names} belong to "{owner:Name}"'))
def claims_belong_to(span: float, claims: list[str], owner: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(*(conditions.belongs(claim, owner) for claim in claims)))
