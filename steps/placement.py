"""Volumes that lie on nodes, and where the pods that use them run."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.nodes import cordon
from harness.manifests.volumes import dealt_to, lying_on, running_on
from harness.promises import conditions
from harness.promises.nodes import open_hosts
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .volumes import STORAGE

LOCAL = "local-volumes"


@given("every node has volumes of its own")
def every_node_has_volumes(harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(LOCAL, dealt_to(open_hosts(harness_judge.history)))


@given(sentence('claim "{claim:Name}" has got volume "{volume:Name}", which lies on the first node'))
def claim_has_got_local_volume(claim: str, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    first = open_hosts(harness_judge.history)[0]
    harness_sandbox.apply(STORAGE, lying_on(volume, first), only=[volume, claim])
    harness_judge.awaits(conditions.claim_bound(claim, harness_sandbox.own_name(volume)))


@given(sentence('the node of pod "{pod:Name}" takes no new pods'))
def node_takes_no_pods(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(cordon, str(harness_sandbox.known("Pod", pod)["spec"]["nodeName"]))


@when(sentence('pod "{pod:Name}" is started on the last node'))
def pod_is_started_on_last_node(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    last = open_hosts(harness_judge.history)[-1]
    harness_sandbox.apply(STORAGE, running_on(pod, last), only=[pod])


@when(sentence('volume "{volume:Name}" is made on the last node'))
def volume_is_made_on_last_node(volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    last = open_hosts(harness_judge.history)[-1]
    harness_sandbox.apply(STORAGE, lying_on(volume, last), only=[volume])


@then(sentence('pod "{pod:Name}" runs where its volume is'))
def pod_runs_at_its_volume(pod: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.on_nodes([pod], different=False))


@then(sentence("pods {pods:Names} run on a node each, where their volumes are"))
def pods_run_apart(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.on_nodes(pods, different=True))


@then(sentence("pods {pods:Names} run on one node, where their volumes are"))
def pods_run_together(pods: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.on_nodes(pods, different=False))
