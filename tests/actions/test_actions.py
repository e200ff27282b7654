"""Each event asks the server for exactly what it says, and leaves the record that judges rely on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.actions.budgets import delete_budgets, record_disruption
from harness.actions.claims import ask_for_attributes, ask_for_size, delete_claim
from harness.actions.commands import read_file, run_command, write_file
from harness.actions.commons import our_mark
from harness.actions.healing import Healing
from harness.actions.metadata import add_finalizer, label, remove_owner, set_controller, unlabel
from harness.actions.nodes import cordon, uncordon
from harness.actions.pods import delete_pods, fail_pod
from harness.actions.requests import ask_evictions
from harness.actions.statefulsets import GROUP, delete_group, delete_set, patch_set, scale_set, set_status_condition
from harness.actions.target import Target
from harness.actions.volumes import delete_volume, restore_default_class, withdraw_default_class
from harness.errors import BadInput, Conflict, EnvironmentUnfit, NotFound, TooManyRequests
from harness.history.history import History
from harness.history.observation import ACTION, ANSWER, OUTPUT, Observation, Verb
from harness.kube.exec import CommandResult


class FakeRecorder:
    def __init__(self) -> None:
        self.history = History()
        self.now = 7.5
        self.kinds = ("Pod", "StatefulSet")
        self.proved: list[tuple[str, ...]] = []
        self._lock = threading.Lock()

    def record(self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: dict[str, Any]) -> Observation:
        with self._lock:
            seen = Observation(self.history.end, self.now, "", topic, verb, name, uid, data)
            self.history.append(seen)
        return seen

    def confirm_fresh(self, kinds: tuple[str, ...]) -> None:
        self.proved.append(kinds)


@dataclass
class FakeApi:
    """Knows objects by (kind, name) and takes down every request; `answer` may refuse a write by raising."""

    objects: dict[tuple[str, str], dict[str, Any]]
    answer: Callable[[str, str], None] = lambda _verb, _name: None
    ran: CommandResult = field(default_factory=lambda: CommandResult(0, "", ""))
    requests: list[tuple[Any, ...]] = field(default_factory=list)
    patience_s: float = 0

    def read(self, kind: Any, name: str, namespace: str | None = None) -> dict[str, Any]:
        if (kind.name, name) not in self.objects:
            raise NotFound("not found", 404, "NotFound", "get", kind.plural, namespace or "", name)
        return self.objects[kind.name, name]

    def delete(self, kind: Any, name: str, namespace: str | None = None, **options: Any) -> None:
        self._ask("delete", kind.name, name, namespace, options)

    def create(self, kind: Any, body: dict[str, Any], namespace: str) -> dict[str, Any]:
        self._ask("create", kind.name, body["metadata"]["name"], namespace, {})
        return {"metadata": {**body["metadata"], "uid": "new"}}

    def list(self, kind: Any, _namespace: str | None = None, *, selector: str = "") -> SimpleNamespace:
        wanted = dict([selector.split("=")]) if selector else {}
        found = [one for (name, _), one in self.objects.items() if name == kind.name]
        chosen = [one for one in found if wanted.items() <= one["metadata"].get("labels", {}).items()]
        return SimpleNamespace(items=chosen)

    def delete_all(self, kind: Any, namespace: str, selector: str) -> None:
        self._ask("delete all", kind.name, "", namespace, {"selector": selector})

    def evict(self, pod: str, namespace: str) -> None:
        self._ask("evict", "Pod", pod, namespace, {})

    def patch(self, kind: Any, name: str, namespace: str | None, body: Any, *, subresource: str = "") -> dict[str, Any]:
        self._ask("patch", kind.name, name, namespace, {"body": body, "subresource": subresource})
        found = self.objects[kind.name, name]
        found["metadata"]["generation"] += 1
        if namespace is None:
            marks = found["metadata"].setdefault("annotations", {}) | body["metadata"]["annotations"]
            found["metadata"]["annotations"] = {key: value for key, value in marks.items() if value is not None}
            found["spec"] = found.get("spec", {}) | body.get("spec", {})
        return {"metadata": {"name": name, "uid": found["metadata"]["uid"]}} if subresource == "scale" else found

    def exec(
        self, pod: str, namespace: str, argv: list[str], *, container: str, timeout_s: float = 30
    ) -> CommandResult:
        self.patience_s = timeout_s
        self._ask("exec", "Pod", pod, namespace, {"argv": list(argv), "container": container})
        return self.ran

    def _ask(self, verb: str, kind: str, name: str, namespace: str | None, facts: dict[str, Any]) -> None:
        self.requests.append((verb, kind, name, namespace, facts))
        self.answer(verb, name)


@dataclass
class FakeTarget:
    api: FakeApi
    recorder: FakeRecorder = field(default_factory=FakeRecorder)
    namespace: str = "demo"
    healing: Healing = field(default_factory=Healing)

    @property
    def target(self) -> Target:
        return cast(Target, self)

    def recorded(self, topic: str = ACTION) -> list[tuple[str, str, dict[str, Any]]]:
        return [(seen.name, seen.uid, dict(seen.data)) for seen in self.recorder.history.of(topic, Verb.DONE)]


def thing(kind: str, name: str) -> dict[tuple[str, str], dict[str, Any]]:
    body: dict[str, Any] = {"kind": kind, "metadata": {"name": name, "uid": f"uid-{name}", "generation": 4}}
    if kind in ("Node", "StorageClass"):
        body |= {"spec": {}, "metadata": body["metadata"] | {"resourceVersion": "7"}}
    if kind == "Pod":
        body["spec"] = {"containers": [{"name": "proxy"}, {"name": "myapp"}]}
    return {(kind, name): body}


@pytest.fixture
def target() -> FakeTarget:
    pods = thing("Pod", "myapp-0") | thing("Pod", "myapp-1") | thing("Pod", "myapp-2")
    return FakeTarget(FakeApi(pods | thing("StatefulSet", "myapp") | thing("Node", "node-1")))


def test_a_pod_is_deleted_by_its_uid(target: FakeTarget) -> None:
    delete_pods(target.target, ["myapp-1"], grace=0)
    assert target.api.requests == [("delete", "Pod", "myapp-1", "demo", {"uid": "uid-myapp-1", "grace": 0})]
    facts = {"verb": "delete", "kind": "Pod", "uid": "uid-myapp-1", "grace": 0}
    assert target.recorded() == [("myapp-1", "uid-myapp-1", facts)]


def test_a_deletion_without_grace_records_none(target: FakeTarget) -> None:
    delete_pods(target.target, ["myapp-1"])
    assert target.recorded()[0][2] == {"verb": "delete", "kind": "Pod", "uid": "uid-myapp-1"}


def test_several_pods_are_deleted_at_the_same_time(target: FakeTarget) -> None:
    """Each deletion waits for the others: one after another they would never pass the barrier."""
    barrier = threading.Barrier(3, timeout=10)
    target.api.answer = lambda _verb, _name: cast(None, barrier.wait())
    done = delete_pods(target.target, ["myapp-0", "myapp-1", "myapp-2"])
    assert [seen.name for seen in done] == ["myapp-0", "myapp-1", "myapp-2"]
    assert sorted(name for name, _, _ in target.recorded()) == ["myapp-0", "myapp-1", "myapp-2"]


def test_no_pod_is_deleted_where_one_is_missing(target: FakeTarget) -> None:
    with pytest.raises(NotFound):
        delete_pods(target.target, ["myapp-0", "myapp-9"])
    assert target.api.requests == []
    assert target.recorded() == []


def test_a_pod_that_was_replaced_meanwhile_is_left_alone_and_not_recorded(target: FakeTarget) -> None:
    def refuse(_verb: str, name: str) -> None:
        if name == "myapp-0":
            raise Conflict("the uid in the precondition is another", 409)

    target.api.answer = refuse
    with pytest.raises(Conflict):
        delete_pods(target.target, ["myapp-0", "myapp-1"])
    assert [name for name, _, _ in target.recorded()] == ["myapp-1"]


def test_scaling_goes_through_the_subresource_and_records_the_sets_generation(target: FakeTarget) -> None:
    scale_set(target.target, "myapp", 5)
    facts = {"body": {"spec": {"replicas": 5}}, "subresource": "scale"}
    assert target.api.requests == [("patch", "StatefulSet", "myapp", "demo", facts)]
    recorded = {"verb": "scale", "kind": "StatefulSet", "uid": "uid-myapp", "generation": 5}
    assert target.recorded() == [("myapp", "uid-myapp", recorded)]


def test_a_patch_records_the_sets_generation(target: FakeTarget) -> None:
    patch_set(target.target, "myapp", {"spec": {"minReadySeconds": 3}})
    recorded = {"verb": "patch", "kind": "StatefulSet", "uid": "uid-myapp", "generation": 5}
    assert target.recorded() == [("myapp", "uid-myapp", recorded)]


def test_a_set_is_deleted_by_its_uid_and_may_leave_its_pods(target: FakeTarget) -> None:
    delete_set(target.target, "myapp")
    delete_set(target.target, "myapp", propagation="Orphan")
    asked = [facts for _, _, _, _, facts in target.api.requests]
    assert asked == [{"uid": "uid-myapp", "propagation": mode} for mode in ("Background", "Orphan")]
    assert target.recorded()[0] == ("myapp", "uid-myapp", {"verb": "delete", "kind": "StatefulSet", "uid": "uid-myapp"})


def test_a_closed_node_is_opened_again_at_the_end(target: FakeTarget) -> None:
    cordon(target.target, "node-1")
    target.healing.heal()
    closed, seen = "statefulspec.dev/closed", {"resourceVersion": "7"}
    asked = [facts["body"] for _, _, _, _, facts in target.api.requests]
    assert asked == [
        {"metadata": {"annotations": {closed: our_mark()}, **seen}, "spec": {"unschedulable": True}},
        {"metadata": {"annotations": {closed: None}, **seen}, "spec": {"unschedulable": None}},
    ]
    assert [data["verb"] for _, _, data in target.recorded()] == ["cordon", "uncordon"]


def test_a_node_that_somebody_else_has_closed_stays_closed(target: FakeTarget) -> None:
    target.api.objects["Node", "node-1"]["spec"]["unschedulable"] = True
    cordon(target.target, "node-1")
    uncordon(target.target, "node-1")
    target.healing.heal()
    assert target.api.requests == []
    assert [data["verb"] for _, _, data in target.recorded()] == ["cordon", "uncordon"]


def test_a_node_that_another_run_has_closed_is_opened_by_that_run_alone(target: FakeTarget) -> None:
    theirs = target.api.objects["Node", "node-1"]
    theirs["spec"]["unschedulable"] = True
    theirs["metadata"]["annotations"] = {"statefulspec.dev/closed": f"elsewhere.{our_mark().partition('.')[2]}"}
    cordon(target.target, "node-1")
    target.healing.heal()
    assert target.api.requests == []


def test_a_node_that_its_kubelet_has_changed_meanwhile_is_closed_all_the_same(target: FakeTarget) -> None:
    def refuse(_verb: str, _name: str) -> None:
        target.api.answer = lambda _verb, _name: None
        raise Conflict("changed meanwhile", 409)

    target.api.answer = refuse
    cordon(target.target, "node-1")
    assert len(target.api.requests) == 2


def test_a_node_whose_closing_was_not_answered_is_opened_all_the_same(target: FakeTarget) -> None:
    def refuse(_verb: str, _name: str) -> None:
        target.api.answer = lambda _verb, _name: None
        raise EnvironmentUnfit("no answer")

    target.api.answer = refuse
    with pytest.raises(EnvironmentUnfit):
        cordon(target.target, "node-1")
    target.healing.heal()
    assert [data["verb"] for _, _, data in target.recorded()] == ["uncordon"]
    uncordon(target.target, "node-1")
    assert len(target.recorded()) == 2


def test_healings_run_once_newest_first_and_all_of_them() -> None:
    healing, done = Healing(), list[str]()

    def fail() -> None:
        done.append("failing")
        raise NotFound("not found", 404, verb="patch", resource="nodes", name="node-1")

    healing.add("open node node-0 again", lambda: done.append("first"))
    healing.add("open node node-1 again", fail)
    healing.add("open node node-2 again", lambda: done.append("last"))
    with pytest.raises(EnvironmentUnfit) as raised:
        healing.heal()
    assert done == ["last", "failing", "first"]
    told = "observed: could not open node node-1 again: cannot patch nodes node-1: not found (404)"
    assert told in str(raised.value)
    healing.heal()
    assert len(done) == 3


def test_a_command_is_recorded_with_its_output(target: FakeTarget) -> None:
    target.api.ran = CommandResult(42, "out", "err")
    run_command(target.target, "myapp-0", ["hostname", "-f"], timeout_s=5, purpose="asked")
    assert target.api.patience_s == 5
    facts = {"pod": "myapp-0", "pod_uid": "uid-myapp-0", "container": "myapp", "argv": ["hostname", "-f"], "began": 7.5}
    facts |= {"code": 42, "stdout": "out", "stderr": "err", "error": "", "purpose": "asked"}
    assert target.recorded(OUTPUT) == [("myapp-0", "", facts)]


def test_a_file_written_and_read_is_recorded_under_its_place(target: FakeTarget) -> None:
    write_file(target.target, "myapp-0", "/data/seed", "$(reboot) 'x'\n")
    target.api.ran = CommandResult(0, "$(reboot) 'x'\n", "")
    read_file(target.target, "myapp-0", "/data/seed")
    (wrote_name, _, wrote), (read_name, _, read) = target.recorded(OUTPUT)
    assert (wrote_name, read_name) == ("myapp-0:/data/seed", "myapp-0:/data/seed")
    assert (wrote["purpose"], wrote["file"], wrote["content"]) == ("wrote", "/data/seed", "$(reboot) 'x'\n")
    assert (read["purpose"], read["file"], read["content"], read["code"]) == (
        "read",
        "/data/seed",
        "$(reboot) 'x'\n",
        0,
    )
    script = target.api.requests[0][4]["argv"]
    assert script[-2:] == ["$(reboot) 'x'\n", "/data/seed"]
    assert "reboot" not in script[2]


def test_a_file_that_cannot_be_read_has_no_content(target: FakeTarget) -> None:
    target.api.ran = CommandResult(1, "half", "cat: can't open")
    read_file(target.target, "myapp-0", "/data/seed")
    facts = target.recorded(OUTPUT)[0][2]
    assert (facts["content"], facts["code"], facts["stderr"]) == ("", 1, "cat: can't open")


def test_the_place_of_a_scenario_is_a_target() -> None:
    """A ScenarioNamespace has what a Target needs; a missing attribute would show only on a cluster."""
    from harness.scenario.namespace import ScenarioNamespace

    fake = SimpleNamespace()
    made = ScenarioNamespace(cast(Any, fake), cast(Any, fake), "demo", "x1")
    assert [name for name in ("api", "recorder", "namespace", "healing") if not hasattr(made, name)] == []


def test_owners_labels_and_finalizers_are_taken_and_given_back(target: FakeTarget) -> None:
    """Labels are those by which the set of the pod's name selects; a pinned pod is let go at the end."""
    target.api.objects["StatefulSet", "myapp"]["spec"] = {"selector": {"matchLabels": {"app": "myapp"}}}
    remove_owner(target.target, "myapp-0")
    unlabel(target.target, "myapp-0")
    label(target.target, "myapp-0")
    add_finalizer(target.target, "myapp-0")
    target.api.objects["Pod", "myapp-0"]["metadata"]["finalizers"] = ["statefulspec.dev/pinned"]
    target.healing.heal()
    assert [facts["body"]["metadata"] for verb, *_, facts in target.api.requests if verb == "patch"] == [
        {"ownerReferences": None},
        {"labels": {"app": None}},
        {"labels": {"app": "myapp"}},
        {"finalizers": ["statefulspec.dev/pinned"]},
        {"finalizers": None},
    ]
    assert [data["verb"] for _, _, data in target.recorded()] == ["disown", "unlabel", "label", "pin", "unpin"]


def test_a_pinned_pod_that_is_gone_needs_no_healing(target: FakeTarget) -> None:
    add_finalizer(target.target, "myapp-0")
    del target.api.objects["Pod", "myapp-0"]
    target.healing.heal()
    assert [data["verb"] for _, _, data in target.recorded()] == ["pin"]


def test_a_claim_is_entrusted_to_a_controller_of_its_own(target: FakeTarget) -> None:
    target.api.objects |= thing("PersistentVolumeClaim", "www-web-0")
    set_controller(target.target, "www-web-0")
    (owner,) = target.api.requests[-1][-1]["body"]["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("ConfigMap", "owner-of-www-web-0", True)


def test_a_claim_is_deleted_by_its_uid(target: FakeTarget) -> None:
    target.api.objects |= thing("PersistentVolumeClaim", "www-web-0")
    delete_claim(target.target, "www-web-0")
    facts = {"uid": "uid-www-web-0"}
    assert target.api.requests == [("delete", "PersistentVolumeClaim", "www-web-0", "demo", facts)]
    assert target.recorded()[0][2]["kind"] == "PersistentVolumeClaim"


def test_what_a_claim_asks_for_is_patched_and_told_with_the_action(target: FakeTarget) -> None:
    target.api.objects |= thing("PersistentVolumeClaim", "www-web-0")
    ask_for_size(target.target, "www-web-0", "2Gi")
    ask_for_attributes(target.target, "www-web-0", "gold")
    asked = [request[-1]["body"]["spec"] for request in target.api.requests]
    assert asked == [{"resources": {"requests": {"storage": "2Gi"}}}, {"volumeAttributesClassName": "gold"}]
    told = [(name, data["verb"], data["asked"]) for name, _, data in target.recorded()]
    assert told == [("www-web-0", "grow", "2Gi"), ("www-web-0", "modify", "gold")]


def test_answers_to_evictions_are_recorded_and_only_what_was_granted_as_done(target: FakeTarget) -> None:
    def answer(verb: str, name: str) -> None:
        if verb == "evict" and name == "myapp-1":
            raise TooManyRequests("the budget says no", 429)

    target.api.answer = answer
    ask_evictions(target.target, ["myapp-0", "myapp-1"])
    told = {data["question"]: (data["rcode"], data["records"]) for _, _, data in target.recorded(ANSWER)}
    assert told == {"myapp-0": ("granted", []), "myapp-1": ("refused", ["the budget says no"])}
    assert [(name, data["verb"]) for name, _, data in target.recorded()] == [("myapp-0", "evict")]


@pytest.mark.parametrize(("changes", "outcome", "asked"), [(1, "granted", 2), (0, "refused", 1), (99, "refused", 6)])
def test_an_eviction_in_whose_course_the_pod_changed_is_asked_for_again(
    target: FakeTarget, changes: int, outcome: str, asked: int
) -> None:
    """What is refused although the pod was the same throughout is refused by its budget."""
    versions = iter(range(1, changes + 1))

    def answer(verb: str, name: str) -> None:
        if verb != "evict":
            return
        pod = target.api.objects["Pod", name]
        asks.append(name)
        changed = next(versions, None)
        if changed:
            metadata = pod["metadata"] | {"resourceVersion": str(changed)}
            target.api.objects["Pod", name] = pod | {"metadata": metadata}
        if changed or not changes:
            raise TooManyRequests("come again", 429)

    asks: list[str] = []
    target.api.answer = answer
    ask_evictions(target.target, ["myapp-0"])
    assert [data["rcode"] for _, _, data in target.recorded(ANSWER)] == [outcome]
    assert len(asks) == asked


def test_a_pod_fails_by_its_status(target: FakeTarget) -> None:
    fail_pod(target.target, "myapp-0")
    facts = target.api.requests[0][-1]
    assert (facts["subresource"], facts["body"]["status"]["phase"]) == ("status", "Failed")


def test_a_group_of_sets_is_deleted_in_one_request(target: FakeTarget) -> None:
    target.api.objects["StatefulSet", "myapp"]["metadata"]["labels"] = {GROUP: "old"}
    delete_group(target.target, "old")
    assert target.api.requests == [("delete all", "StatefulSet", "", "demo", {"selector": f"{GROUP}=old"})]
    assert [(name, data["verb"]) for name, _, data in target.recorded()] == [("myapp", "delete")]


def test_a_condition_is_told_to_the_status(target: FakeTarget) -> None:
    set_status_condition(target.target, "myapp", "Seen")
    facts = target.api.requests[0][-1]
    assert facts["subresource"] == "status"
    assert facts["body"]["status"]["conditions"][0]["type"] == "Seen"


def test_a_budget_is_told_which_pod_is_about_to_go(target: FakeTarget) -> None:
    target.api.objects |= thing("PodDisruptionBudget", "budget")
    record_disruption(target.target, "budget", "myapp-1")
    facts = target.api.requests[0][-1]
    assert (facts["subresource"], list(facts["body"]["status"]["disruptedPods"])) == ("status", ["myapp-1"])


def test_a_group_of_budgets_is_deleted_in_one_request(target: FakeTarget) -> None:
    target.api.objects |= thing("PodDisruptionBudget", "budget")
    target.api.objects["PodDisruptionBudget", "budget"]["metadata"]["labels"] = {GROUP: "drill"}
    delete_budgets(target.target, "drill")
    assert target.api.requests == [("delete all", "PodDisruptionBudget", "", "demo", {"selector": f"{GROUP}=drill"})]
    assert [(name, data["verb"]) for name, _, data in target.recorded()] == [("budget", "delete")]


def test_a_volume_is_deleted_by_its_uid() -> None:
    """A volume belongs to no namespace."""
    target = FakeTarget(FakeApi(thing("PersistentVolume", "v")))
    delete_volume(target.target, "v")
    assert target.api.requests == [("delete", "PersistentVolume", "v", None, {"uid": "uid-v"})]
    assert target.recorded()[0][2] == {"verb": "delete", "kind": "PersistentVolume", "uid": "uid-v"}


DEFAULT, WITHDRAWN = "storageclass.kubernetes.io/is-default-class", "statefulspec.dev/withdrawn"


def classes(**marks: str) -> FakeApi:
    found = {key: value for name in marks for key, value in thing("StorageClass", name).items()}
    for name, default in marks.items():
        found["StorageClass", name]["metadata"]["annotations"] = {DEFAULT: default}
    return FakeApi(found)


def test_default_class_is_withdrawn_until_the_end() -> None:
    """Only the class that is the default is touched; the mark says which one, and the record how long."""
    target = FakeTarget(classes(standard="true", slow="false"))
    withdraw_default_class(target.target)
    seen = {"resourceVersion": "7"}
    withdrawn = {"metadata": {"annotations": {DEFAULT: "false", WITHDRAWN: our_mark()}, **seen}}
    assert target.api.requests == [("patch", "StorageClass", "standard", None, {"body": withdrawn, "subresource": ""})]
    assert target.recorded()[0][2] == {
        "verb": "withdraw",
        "kind": "StorageClass",
        "uid": "uid-standard",
        "until": "restore",
    }
    target.healing.heal()
    restored = {"metadata": {"annotations": {DEFAULT: "true", WITHDRAWN: None}, **seen}}
    assert target.api.requests[1:] == [
        ("patch", "StorageClass", "standard", None, {"body": restored, "subresource": ""})
    ]


def test_nothing_is_restored_twice() -> None:
    """A class that a step has made the default again is left alone at the end."""
    target = FakeTarget(classes(standard="true"))
    assert restore_default_class(target.target) == []
    assert target.api.requests == []


def test_cluster_without_a_default_class_is_told() -> None:
    """There is nothing to withdraw."""
    with pytest.raises(BadInput, match="no default storage class"):
        withdraw_default_class(FakeTarget(classes(slow="false")).target)
