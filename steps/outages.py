"""Nodes, networks and programs of the cluster that fail and come back."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.faults import outages
from harness.faults.nodes import drain
from harness.faults.sets import scale_set
from harness.promises import conditions
from harness.promises.causes import blocked
from harness.promises.nodes import in_zone, pods_on
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


@when(sentence('the kubelet beside pod "{pod:Name}" is stopped'))
def kubelet_is_stopped(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.stop_kubelets, [pod])


@when(sentence('the kubelet beside pod "{pod:Name}" stands still'))
def kubelet_stands_still(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.freeze_kubelets, [pod])


@given(sentence('the kubelet beside pod "{pod:Name}" has been stopped'))
def kubelet_has_been_stopped(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(outages.stop_kubelets, [pod])
    harness_judge.awaits(conditions.not_ready(pod))


@when(sentence('the node of pod "{pod:Name}" fails'))
def node_fails(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.switch_off, [pod])


@given(sentence('the node of pod "{pod:Name}" has failed'))
def node_has_failed(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(outages.switch_off, [pod])
    harness_judge.awaits(conditions.not_ready(pod))


@given(sentence('zone "{zone:Name}" has failed'))
def zone_has_failed(zone: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    pods = pods_on(harness_judge.history, in_zone(harness_judge.history, zone))
    harness_sandbox.act(outages.switch_off_zone, zone)
    harness_judge.awaits(conditions.all_of(*map(conditions.not_ready, pods)))


@when(sentence('the node of pod "{pod:Name}" is cut off from the network'))
def node_is_cut_off(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.cut_off, [pod])


@given(sentence('the node of pod "{pod:Name}" has been cut off from the network'))
def node_has_been_cut_off(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(outages.cut_off, [pod])
    harness_judge.awaits(conditions.not_ready(pod))


@when("all that has failed comes back")
def all_comes_back(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.bring_back)


@when(sentence('the node of pod "{pod:Name}" is declared out of service'))
def node_is_out_of_service(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.declare_out_of_service, pod)


@given(sentence("the {program:Program} stands still"))
def program_stands_still(program: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.freeze, program)


@when(sentence("the {program:Program} goes on"))
def program_goes_on(program: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.resume, program)


@when(sentence("the {program:Program} is killed and started anew"))
def program_is_restarted(program: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.restart, program)


@given(sentence('"{name:Name}" is asked to have {replicas:Replicas}'))
def set_is_asked_to_have(name: str, replicas: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(scale_set, name, replicas)


@when("the DNS of the cluster is restarted")
def dns_is_restarted(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.restart_dns)


@when(sentence('the process of pod "{pod:Name}" is killed'))
def process_is_killed(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(outages.kill_container, pod)


@when(sentence("the nodes of pods {pods:Names} are drained at once"))
def nodes_are_drained(pods: list[str], harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(drain, pods)


@then(sentence('within {span:Span} pod "{pod:Name}" is not ready'))
def pod_is_not_ready(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.not_ready(pod))


@then(sentence('for {span:Span} pod "{pod:Name}" is not ready'))
def pod_stays_unready(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.not_ready(pod))


@then(sentence('for {span:Span} pod "{pod:Name}" is not replaced'))
def pod_is_not_replaced(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.unreplaced(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" runs on another node'))
def pod_runs_elsewhere(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.moved(pod), blocked=partial(blocked, name=pod))


@then(sentence("within {span:Span} pods {pods:Names} run on other nodes"))
def pods_run_elsewhere(span: float, pods: list[str], harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(*map(conditions.moved, pods)))
