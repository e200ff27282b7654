"""Faults: nodes, networks, processes and programs of the cluster that fail, and how they are healed."""

from __future__ import annotations

from pytest_bdd import given, when

from harness.actions import infrastructure
from harness.actions.traffic import cut_off, free_line, heal_partition, join_again, partition, slow_line, slow_volume
from harness.actions.upgrades import upgrade_control_plane
from harness.promises import conditions
from harness.promises.nodes import in_zone, pods_on
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence

KUBELET = {
    "stopped": infrastructure.stop_kubelets,
    "frozen": infrastructure.freeze_kubelets,
    "killed and restarted": infrastructure.restart_kubelets,
}
"""What becomes of the kubelets of pods' nodes."""


@given(sentence('the kubelet of pod "{pod:Name}" has been stopped'))
def kubelet_has_been_stopped(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(infrastructure.stop_kubelets, [pod])
    harness_judge.awaits(conditions.not_ready(pod))


@when(sentence('the kubelet of pod "{pod:Name}" is {how:stopped/frozen/killed and restarted}'))
def kubelet_fails(pod: str, how: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(KUBELET[how], [pod])


@given(sentence('the node of pod "{pod:Name}" has failed'))
def node_has_failed(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(infrastructure.switch_off, [pod])
    harness_judge.awaits(conditions.not_ready(pod))


@when(sentence('the node of pod "{pod:Name}" fails'))
def node_fails(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.switch_off, [pod])


@given(sentence('zone "{zone:Name}" has failed'))
def zone_has_failed(zone: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    pods = pods_on(harness_judge.history, in_zone(harness_judge.history, zone))
    harness_actions.perform(infrastructure.switch_off_zone, zone)
    harness_judge.awaits(conditions.all_of(*map(conditions.not_ready, pods)))


@given(sentence("{cut:PodOrNode} has been cut off from the network"))
def place_has_been_cut_off(cut: tuple[str, bool], harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    place_is_cut_off(cut, harness_actions)
    harness_judge.awaits(conditions.not_ready(cut[0]))


@when(sentence("{cut:PodOrNode} is cut off from the network"))
def place_is_cut_off(cut: tuple[str, bool], harness_actions: ScenarioActions) -> None:
    pod, whole_node = cut
    if whole_node:
        harness_actions.perform(infrastructure.cut_off, [pod])
    else:
        harness_actions.perform(cut_off, pod)


@when(sentence("all faults are healed"))
def faults_are_healed(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.bring_back)


@given(sentence("the {program:Program} is frozen"))
def program_is_frozen(program: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.freeze, program)


@when(sentence("the {program:Program} is {how:resumed/killed and restarted}"))
def program_goes_on(program: str, how: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.resume if how == "resumed" else infrastructure.restart, program)


@given(sentence("the control plane has been upgraded to the next minor release"))
@when(sentence("the control plane is upgraded to the next minor release"))
def control_plane_is_upgraded(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(upgrade_control_plane)


@when(sentence("the DNS of the cluster is restarted"))
def dns_is_restarted(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.restart_dns)


@when(sentence('the process of pod "{pod:Name}" is killed'))
def process_is_killed(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.kill_container, pod)


@when(sentence('pod "{pod:Name}" is reconnected to the network'))
def pod_is_reconnected(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(join_again, pod)


@given(sentence('client "{client:Name}" has been cut off from pod "{pod:Name}"'))
def client_has_been_cut_off(client: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(partition, client, pod)
    harness_judge.awaits(conditions.refused_write(client))


@when(sentence('client "{client:Name}" is reconnected to pod "{pod:Name}"'))
def client_is_reconnected(client: str, pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(heal_partition, client, pod)


@given(
    sentence(
        'the network of pod "{pod:Name}", limited to {rate:Rate} per second, '
        'has been too slow for client "{client:Name}"'
    )
)
def network_has_been_slow(
    pod: str, rate: int, client: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(slow_line, pod, rate)
    harness_judge.awaits(conditions.refused_write(client))


@when(sentence('{what:the network/writes to the volume} of pod "{pod:Name}" is/are limited to {rate:Rate} per second'))
def pod_becomes_slow(what: str, pod: str, rate: int, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(slow_line if what == "the network" else slow_volume, pod, rate)


@when(sentence('the network limit of pod "{pod:Name}" is lifted'))
def network_limit_is_lifted(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(free_line, pod)
