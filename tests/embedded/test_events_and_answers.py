"""Events, answers and evidence on a real cluster: what the server and a pod really do with what the harness asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.actions.commands import read_file, run_command, write_file
from harness.actions.nodes import cordon
from harness.actions.pods import delete_pods
from harness.actions.readiness import make_ready, make_unready
from harness.actions.requests import ask_evictions
from harness.actions.statefulsets import delete_set, patch_set, scale_set
from harness.errors import BadInput, NotFound
from harness.evidence.collecting import collect
from harness.history.history import History
from harness.history.observation import Observation
from harness.kube.api import Api
from harness.manifests.loading import parse
from harness.model import KINDS
from harness.naming.dns_names import full_name, srv_name
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from harness.scenario.judge import Judge
from harness.scenario.namespace import ScenarioNamespace, open_namespace
from harness.scenario.removal import await_removal
from harness.scenario.run import LiveRun

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEM = """\
apiVersion: v1
kind: Service
metadata: {name: app-svc}
spec:
  clusterIP: None
  selector: {app: app}
  ports: [{name: web, port: 80}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: app}
spec:
  serviceName: app-svc
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: app
          image: docker.io/library/busybox:1.36
          command: [sh, -c, "touch /tmp/ready; trap exit TERM; sleep 3600 & wait"]
          readinessProbe:
            exec: {command: [cat, /tmp/ready]}
            periodSeconds: 1
            failureThreshold: 1
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: app}
spec:
  minAvailable: 2
  selector: {matchLabels: {app: app}}
"""


@pytest.fixture(scope="module")
def running(harness_api: Api) -> Iterator[ScenarioNamespace]:
    """Give a StatefulSet of two ready replicas in a namespace of its own."""
    scenario = open_namespace(harness_api, "test")
    try:
        scenario.apply(parse(SYSTEM, "app.yaml"))
        judge(scenario).within(60, conditions.all_ready("app", 2))
        yield scenario
    finally:
        scenario.remove()
        await_removal(harness_api, [scenario.namespace])


def judge(scenario: ScenarioNamespace) -> Judge:
    """Return a judge who has taken note of all that is recorded so far."""
    run = LiveRun(scenario.recorder)
    run.perform(lambda: None)
    return Judge(run)


def await_replaced(scenario: ScenarioNamespace, done: Observation, replicas: int = 2) -> None:
    judge(scenario).within(60, conditions.all_ready("app", replicas), since=done.seq)


def await_name(scenario: ScenarioNamespace, pod: str) -> None:
    """Return once the DNS gives the pod's present address; it lags behind the pod by up to its time to live, 5 s."""
    name = full_name(f"{pod}.app-svc", scenario.namespace)
    since = scenario.recorder.history.end
    judge(scenario).within(30, conditions.leads_to(name, pod), since=since, probe=lambda: scenario.ask(name))


def test_pods_deleted_together_are_the_ones_that_end(running: ScenarioNamespace) -> None:
    before = {name: life.uid for name, life in running.recorder.history.alive("Pod").items()}
    done = delete_pods(running, ["app-0", "app-1"])
    await_replaced(running, done[0])
    ended = {life.name: life.uid for life in running.recorder.history.incarnations("Pod") if life.deleted}
    assert {name: ended[name] for name in before} == before
    assert {seen.name: seen.uid for seen in done} == before


def test_an_unready_pod_loses_its_name_and_a_ready_one_gets_it_back(running: ScenarioNamespace) -> None:
    name = full_name("app-1.app-svc", running.namespace)
    await_name(running, "app-1")
    done = make_unready(running, "app-1")
    judge(running).within(30, conditions.leads_nowhere(name), since=done.seq, probe=lambda: running.ask(name))
    make_ready(running, "app-1")
    await_name(running, "app-1")


def test_scaling_and_patching_give_the_generation_of_the_set(running: ScenarioNamespace) -> None:
    scaled = scale_set(running, "app", 3)
    assert running.api.read(KINDS["StatefulSet"], "app", running.namespace)["spec"]["replicas"] == 3
    await_replaced(running, scaled, 3)
    patched = patch_set(running, "app", {"spec": {"replicas": 2}})
    assert patched.data["generation"] == scaled.data["generation"] + 1
    await_replaced(running, patched)


def test_a_budget_forbids_an_eviction(running: ScenarioNamespace) -> None:
    (answer,) = ask_evictions(running, ["app-0"])
    assert answer.data["rcode"] == "refused"
    assert "disruption budget" in answer.data["records"][0]


def test_names_are_the_same_for_clients_and_inside_a_pod(running: ScenarioNamespace) -> None:
    for pod in ("app-0", "app-1"):
        await_name(running, pod)
    addresses = {
        name: life.last.data["status"]["podIP"] for name, life in running.recorder.history.alive("Pod").items()
    }
    full = full_name("app-0.app-svc", running.namespace)
    for name in (full, f"{full}.", "app-0.app-svc", f"app-0.app-svc.{running.namespace}"):
        found = running.ask_inside("app-1", name).data
        assert (name, found["rcode"], found["records"]) == (name, "NOERROR", [addresses["app-0"]])
    assert running.ask(full).data["records"] == [addresses["app-0"]]
    assert running.ask_inside("app-1", "app-svc").data["records"] == sorted(addresses.values())
    assert running.ask_inside("app-1", "app-1").data["server"] == "/etc/hosts"
    assert running.ask(full, "AAAA").data["rcode"] == "NOERROR"
    assert running.ask(full, "AAAA").data["records"] == []
    assert running.ask(full.replace("app-0", "app-9")).data["rcode"] == "NXDOMAIN"
    served = running.ask(srv_name("web", "app-svc", running.namespace), "SRV").data["records"]
    assert sorted(record.split()[2:] for record in served) == [["80", full], ["80", full.replace("app-0", "app-1")]]


def test_files_and_commands_inside_a_container(running: ScenarioNamespace) -> None:
    text = 'it\'s "quoted" $(and) `left` alone\n'
    assert write_file(running, "app-0", "/tmp/written", text).data["code"] == 0
    assert read_file(running, "app-0", "/tmp/written").data["content"] == text
    assert read_file(running, "app-0", "/tmp/missing").data["code"] == 1
    assert run_command(running, "app-0", ["sh", "-c", "exit 42"]).data["code"] == 42
    with pytest.raises(NotFound):
        run_command(running, "app-9", ["true"])


def test_a_closed_node_is_open_again_after_healing(running: ScenarioNamespace) -> None:
    node = running.api.list(KINDS["Node"]).items[0]["metadata"]["name"]
    cordon(running, node)
    assert running.api.read(KINDS["Node"], node)["spec"]["unschedulable"] is True
    running.healing.heal()
    assert not running.api.read(KINDS["Node"], node)["spec"].get("unschedulable")


@pytest.mark.parametrize(
    ("found", "changed", "line", "said"),
    [
        ("replicas: 2", "replicas: -2", 14, "spec.replicas: Invalid value: -2"),
        ("replicas: 2", "replicas: two", 14, "spec.replicas: expected numeric"),
        ("          image:", "          imag:", 23, "spec.template.spec.containers[0].imag: field not declared"),
        ("periodSeconds: 1", "periodSeconds: -1", 27, "readinessProbe.periodSeconds: Invalid value: -1"),
    ],
)
def test_a_refusal_names_the_line(running: ScenarioNamespace, found: str, changed: str, line: int, said: str) -> None:
    assert SYSTEM.count(found) == 1
    _, manifest, _ = parse(SYSTEM.replace(found, changed), "app.yaml")
    with pytest.raises(BadInput) as raised:
        running.apply([manifest])
    assert str(raised.value).startswith(f"app.yaml:{line}: the server refuses StatefulSet app: ")
    assert said in str(raised.value)


CRASHING = """\
apiVersion: v1
kind: Pod
metadata: {name: crashing}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: app
      image: docker.io/library/busybox:1.36
      command: [sh, -c, "echo cannot open the database; exit 3"]
"""


def _backs_off(history: History, _since: int) -> Answer:
    reasons = [life.last.data["reason"] for life in history.incarnations("Event") if "crashing" in life.name]
    return Answer("BackOff" in reasons, f"its events: {reasons}")


def test_evidence_shows_the_last_words_of_a_container_that_crashed(running: ScenarioNamespace, tmp_path: Path) -> None:
    running.apply(parse(CRASHING, "crashing.yaml"))
    judge(running).within(60, Condition("crashing backs off", ("Pod", "Event"), _backs_off))
    evidence = collect(running.api, running.recorder.history, running.namespace, tmp_path)
    (state,) = [line for line in evidence.containers if line.startswith("crashing/app: ")]
    assert "ended with code 3 (Error)" in state
    assert "cannot open the database\n" in evidence.logs.values()
    assert any("crashing: BackOff" in line for line in evidence.warnings)
    assert f"kubectl -n {running.namespace} describe pod crashing" in evidence.commands
    assert evidence.notes == ()
    assert (tmp_path / "objects/Pod/crashing.json").is_file()


def test_a_set_deleted_with_orphans_leaves_its_pods(running: ScenarioNamespace) -> None:
    done = delete_set(running, "app", propagation="Orphan")
    judge(running).within(30, conditions.gone("app", "StatefulSet"), since=done.seq)
    assert {"app-0", "app-1"} <= set(running.recorder.history.alive("Pod"))
