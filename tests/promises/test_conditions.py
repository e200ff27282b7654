"""Conditions accept only what the event brought about, and say precisely what they saw."""

from __future__ import annotations

from importlib import import_module
from math import inf
from pkgutil import iter_modules

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, STEP, Observation, Verb
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from harness.promises.conditions.combined import opposite
from tests.promises.histories import World, history


def mark(world: World) -> World:
    """Leave the mark of an event."""
    world._emit(STEP, Verb.BEGAN, "something happens", "", {"text": "something happens"})
    return world


def since(record: History) -> int:
    return record.of(STEP)[-1].seq if record.of(STEP) else 0


def ask(condition: Condition, world: World) -> Answer:
    record = world.close()
    return condition.ask(record, since(record))


def first_met(condition: Condition, record: History) -> Observation | None:
    """Return the observation with which the condition is met first after the deed that the event is about."""
    event = since(record)
    deeds = record.of(ACTION, since=event)
    ends = range((deeds[-1].seq if deeds else event) + 1, record.end + 1)
    return next((record[end - 1] for end in ends if condition.ask(record.upto(end), event).met), None)


def test_answer_is_neither_true_nor_false() -> None:
    """An answer taken for a truth value would always be one."""
    with pytest.raises(TypeError):
        bool(ask(conditions.count("web", 0), World()))


def test_no_condition_hides_another() -> None:
    """All are had from the room, so a name that two of its modules have would be one of them without a word."""
    modules = [import_module(f"{conditions.__name__}.{found.name}") for found in iter_modules(conditions.__path__)]
    names = [name for module in modules for name in module.__all__] + [
        module.__name__.rpartition(".")[2] for module in modules
    ]
    assert len(modules) > 20
    assert sorted(names) == sorted(set(names))


def test_what_does_not_exist_says_since_when() -> None:
    """An object that has gone is told from one that never was."""
    world = World(replicas=2).apply().settle()
    world.change(replicas=1).settle()
    assert ask(conditions.released("web-1"), world).observed.startswith("web-1 does not exist since ")
    assert ask(conditions.released("web-7"), world).observed == "web-7 does not exist"
    assert not ask(conditions.released("web-7"), world).met


def test_a_state_that_is_new_says_no_duration() -> None:
    record = World(replicas=1).break_pod(0).apply().settle().close()
    new = next(seen for seen in record.of("Pod") if seen.data["status"].get("phase") == "Running")
    assert " for " not in conditions.all_ready("web", 1).ask(record.upto(new.seq + 1), 0).observed
    assert "web-0 Running, not ready for " in conditions.all_ready("web", 1).ask(record, 0).observed


def test_all_ready_names_what_is_missing() -> None:
    """Each pod that is not ready, and each that is not there, is named with its state."""
    world = World(replicas=3).break_pod(1).apply().settle()
    answer = ask(conditions.all_ready("web", 3), world)
    assert not answer.met
    assert answer.observed.startswith("1 of 3 ready; web-2 does not exist; web-1 Running, not ready for ")
    assert answer.observed.endswith("status.replicas is 2; status.readyReplicas is 1")
    assert ask(conditions.all_ready("web", 3), world.mend_pod(1).settle()).met


def test_all_ready_asks_for_the_number() -> None:
    """A set that wants another number than the sentence is not what was meant."""
    answer = ask(conditions.all_ready("web", 2), World(replicas=3).apply().settle())
    assert (answer.met, answer.observed) == (False, "3 of 3 ready; the spec asks for 3 replicas")


def test_all_ready_asks_for_the_version() -> None:
    """Image, tag and label all name a version."""
    world = World(replicas=1).apply().settle()
    for version in ("v1", "app:v1"):
        assert ask(conditions.all_ready("web", 1, version), world).met
    answer = ask(conditions.all_ready("web", 1, "v2"), world)
    assert (answer.met, answer.observed) == (False, "1 of 1 ready; web-0 runs app:v1")


def test_all_ready_does_not_take_the_old_pods_for_the_new() -> None:
    """After a deletion the pod that is about to go does not count, though it is ready still."""
    world = mark(World().apply().settle()).delete(1)
    answer = ask(conditions.all_ready("web", 3), world)
    assert "web-1 is still the pod that was deleted, ready" in answer.observed
    record = world.settle().close()
    met = first_met(conditions.all_ready("web", 3), record)
    lives = record.incarnations("Pod", "web-1")
    assert met is not None
    assert met.seq > lives[1].last.seq


@pytest.mark.row(44)
def test_all_ready_does_not_take_the_old_generation_for_the_new() -> None:
    """After a change the status must speak of the generation that the server gave for it, seen already or not."""
    world = mark(World().apply().settle())
    world._emit(ACTION, Verb.DONE, "web", "", {"verb": "patch", "kind": "StatefulSet", "generation": 2})
    answer = ask(conditions.all_ready("web", 3), world)
    assert "the controller has seen generation 1 of 2" in answer.observed
    world.set["metadata"]["generation"] = 2  # type: ignore[index]
    assert ask(conditions.all_ready("web", 3), world.settle()).met


def test_all_ready_does_not_take_the_deleted_set_for_the_new() -> None:
    """A set that was deleted and is still there is not the one that is awaited."""
    world = mark(World().apply().settle())
    world._act("delete", "StatefulSet", world.set)  # type: ignore[arg-type]
    assert "still the set that was deleted" in ask(conditions.all_ready("web"), world).observed


def test_settled_waits_for_the_rollout() -> None:
    """While all pods are ready and old a rollout is not done; with a partition it ends there."""
    late = World(partition=1, delay=lambda topic: 0.04 if topic == "Pod" else 0.0, step_s=0.005)
    record = mark(late.apply().settle().rest(1)).change(image="app:v2").settle().close()
    ready, rest = first_met(conditions.all_ready("web"), record), first_met(conditions.settled("web"), record)
    new = record.incarnations("Pod", "web-1")[1]
    assert ready is not None
    assert rest is not None
    assert ready.seq < new.first.seq < new.last.seq <= rest.seq
    assert conditions.runs_version("v2", "web-1", "web-2").ask(record, 0).met
    assert not conditions.runs_version("v2", "web-0").ask(record, 0).met


def test_settled_with_partition_zero_waits_for_the_status() -> None:
    """Without a partition the rollout is done when the set's status says so."""
    record = mark(World().apply().settle()).change(image="app:v2").settle().close()
    answers = [conditions.settled("web").ask(record.upto(end), since(record)) for end in range(1, record.end + 1)]
    assert answers[-1].met
    assert any("not yet web-v2" in answer.observed for answer in answers)


def test_replaced_wants_another_pod() -> None:
    """The same pod, ready again, is not a new one; a new one counts from its creation, or from its readiness."""
    world = mark(World().apply().settle())
    assert "still the same pod as before" in ask(conditions.replaced("web-1"), world).observed
    record = world.delete(1).settle().close()
    created, ready = (
        first_met(condition, record)
        for condition in (conditions.replaced("web-1"), conditions.replaced("web-1", "v1", and_ready=True))
    )
    assert created == record.incarnations("Pod", "web-1")[1].first
    assert ready is not None
    assert ready.seq > created.seq
    assert not conditions.replaced("web-1", "v2").ask(record, since(record)).met
    assert ask(conditions.replaced("web-7"), world).observed == "there was no web-7 to replace"


def test_one_pod() -> None:
    """A pod is ready, not ready, there, or gone; each answer tells for how long."""
    world = World(replicas=2).apply().settle().break_pod(1).settle()
    assert ask(conditions.is_ready("web-0"), world).met
    assert ask(conditions.not_ready("web-1"), world).met
    assert not ask(conditions.is_ready("web-1"), world).met
    assert not ask(conditions.not_ready("web-0"), world).met
    assert not ask(conditions.gone("web-0"), world).met
    world.mend_pod(1).settle().change(replicas=1).settle()
    assert ask(conditions.gone("web-1"), world).met
    for condition in (conditions.is_ready("web-1"), conditions.not_ready("web-1")):
        assert ask(condition, world).observed.startswith("web-1 does not exist since ")


def test_deleted_pod_is_not_ready_for_the_event() -> None:
    """The pod that the event deletes is not the one whose readiness is awaited."""
    world = mark(World().apply().settle()).delete(0)
    assert "still the pod that was deleted" in ask(conditions.is_ready("web-0"), world).observed


def test_numbers_of_pods() -> None:
    """How many exist, which ordinals exist, how many are ready."""
    world = World(replicas=3).apply().settle().break_pod(1).settle()
    assert ask(conditions.count("web", 3), world).met
    assert ask(conditions.count("web", 2), world).observed == "3 exist: web-0, web-1, web-2"
    assert ask(conditions.only_ordinals("web", {0, 1, 2}), world).met
    assert not ask(conditions.only_ordinals("web", {0, 1}), world).met
    assert ask(conditions.only_ordinals("web", ()), World()).met
    assert ask(conditions.at_least_ready("web", 2), world).met
    fewer = ask(conditions.at_least_ready("web", 3), world)
    assert fewer.observed.startswith("2 ready; web-1 Running, not ready for ")
    assert ask(conditions.reported("web"), world).met
    world.mend_pod(1).run(1)
    assert ask(conditions.reported("web"), world).observed == "its status says 2 ready, there are 3"


def test_combinations() -> None:
    """All, any and none: the answer tells of those that decide."""
    world = World(replicas=1).apply().settle()
    one, two = conditions.count("web", 1), conditions.count("web", 2)
    assert ask(conditions.all_of(one, conditions.is_ready("web-0")), world).met
    assert ask(conditions.all_of(one, two), world).observed == "1 exist: web-0"
    assert ask(conditions.any_of(two, one), world).met
    assert not ask(conditions.any_of(two, two), world).met
    assert ask(opposite(two, "not two"), world).met
    assert opposite(two, "not two").expected == "not two"
    assert conditions.all_of(one, two).expected == f"{one.expected} and {two.expected}"
    assert conditions.any_of(one, conditions.settled("web")).kinds == ("Pod", "StatefulSet")


def test_order_since_an_event() -> None:
    """Order is asked whatever the policy of the set is."""
    orderly = mark(World()).apply().settle()
    burst = mark(World(parallel=True)).apply().settle()
    names = ("web-0", "web-1", "web-2")
    assert ask(conditions.created_in_order(*names), orderly).met
    assert ask(conditions.created_in_order(*names), burst).observed.endswith(", web-1 before web-0 was ready")
    assert not ask(conditions.created_in_order("web-2", "web-1"), orderly).met
    assert not ask(conditions.created_in_order(*names, "web-3"), orderly).met
    assert not ask(conditions.created_in_order("web-7"), orderly).met
    mark(orderly).change(replicas=0).settle()
    mark(burst).change(replicas=0).settle()
    assert ask(conditions.deleted_in_order(*reversed(names)), orderly).met
    assert not ask(conditions.deleted_in_order(*names), orderly).met
    assert ask(conditions.deleted_in_order("web-2", "web-1"), burst).observed.endswith("web-1 before web-2 was gone")
    assert not ask(conditions.created_in_order(*names), orderly).met


def test_claims_and_volumes() -> None:
    """A claim is bound, to this volume, or pending; a volume is in a phase."""
    world = World(replicas=1).apply().settle()
    assert ask(conditions.claim_bound("www-web-0"), world).met
    assert ask(conditions.claim_bound("www-web-0", "pv-www-web-0"), world).met
    other = ask(conditions.claim_bound("www-web-0", "pv-7"), world)
    assert (other.met, other.observed) == (False, "www-web-0 is Bound, with pv-www-web-0")
    assert not ask(conditions.claim_pending("www-web-0"), world).met
    assert ask(conditions.claim_pending("www-web-9"), world).observed == "claim www-web-9 does not exist"
    assert ask(conditions.volume_phase("pv-www-web-0", "Bound"), world).met
    assert not ask(conditions.volume_phase("pv-www-web-0", "Released"), world).met


def test_service_lists_exactly_the_ready_pods() -> None:
    """A slice that lists one pod too few or too many does not list exactly the ready ones."""
    ready = {"type": "Ready", "status": "True"}

    def pod(name: str, *found: object) -> tuple[str, Verb, str, dict[str, object]]:
        status = {"phase": "Running", "podIP": "10.0.0.1", "conditions": list(found)}
        return ("Pod", Verb.LISTED, name, {"metadata": {"name": name, "uid": name}, "status": status})

    def endpoints(*names: str) -> tuple[str, Verb, str, dict[str, object]]:
        listed = [{"targetRef": {"name": name}, "conditions": {"ready": True}} for name in names]
        labels = {"kubernetes.io/service-name": "web-svc"}
        data = {"metadata": {"name": "web-svc-1", "uid": "slice", "labels": labels}, "endpoints": listed}
        return ("EndpointSlice", Verb.LISTED, "web-svc-1", data)

    lists = conditions.service_lists("web-svc", "web")
    pods = (pod("web-0", ready), pod("web-1"), pod("web-10", ready))
    assert lists.ask(history(*pods, endpoints("web-0", "web-10")), 0).met
    few = lists.ask(history(*pods, endpoints("web-0")), 0)
    assert (few.met, few.observed) == (False, "web-svc lists web-0; ready: web-0, web-10")
    assert not lists.ask(history(*pods, endpoints("web-0", "web-1", "web-10")), 0).met


def placed(node: str, uid: str, restarts: int, *, ready: bool = True) -> dict[str, object]:
    condition = {"type": "Ready", "status": str(ready)}
    status = {"conditions": [condition], "containerStatuses": [{"name": "app", "restartCount": restarts}]}
    return {
        "metadata": {"name": "web-0", "uid": uid},
        "spec": {"nodeName": node, "containers": [{"name": "app"}]},
        "status": status | {"phase": "Running"},
    }


def after_outage(*later: tuple[str, Verb, str, dict[str, object]]) -> History:
    began = (STEP, Verb.BEGAN, "the node fails", {"text": "the node fails"})
    return history(("Pod", Verb.LISTED, "web-0", placed("node-1", "a", 0)), began, *later)


def test_a_pod_is_started_again_only_in_its_own_place() -> None:
    """A pod that was started again has its uid, a higher count of restarts, and is ready."""
    condition = conditions.restarted("web-0")
    for pod, met in (
        (placed("node-1", "a", 0), False),
        (placed("node-1", "a", 1, ready=False), False),
        (placed("node-1", "a", 1), True),
    ):
        record = after_outage(("Pod", Verb.MODIFIED, "web-0", pod))
        assert condition.ask(record, since(record)).met is met
    gone = ("Pod", Verb.DELETED, "web-0", placed("node-1", "a", 0))
    record = after_outage(gone, ("Pod", Verb.ADDED, "web-0", placed("node-1", "b", 1)))
    answer = condition.ask(record, since(record))
    assert not answer.met
    assert "another pod than before" in answer.observed


def test_a_pod_that_another_one_has_supplanted_is_not_waited_for() -> None:
    """Nobody else can be what the wait is for, not even one that is about to be ready."""
    gone = ("Pod", Verb.DELETED, "web-0", placed("node-1", "a", 0))
    record = after_outage(gone, ("Pod", Verb.ADDED, "web-0", placed("node-1", "b", 0, ready=False)))
    [cause] = conditions.supplanted("web-0", since(record))(record)
    assert (cause.text, cause.events) == ("web-0 is another pod than before", (record[record.end - 1],))
    assert cause.heals == inf
    for waiting in (after_outage(), after_outage(("Pod", Verb.MODIFIED, "web-0", placed("node-1", "a", 1)))):
        assert conditions.supplanted("web-0", since(waiting))(waiting) == []
    assert conditions.supplanted("web-0", since(record))(after_outage(gone)) == []


def test_a_pod_has_moved_once_another_one_is_ready_on_another_node() -> None:
    gone = ("Pod", Verb.DELETED, "web-0", placed("node-1", "a", 0))
    for pod, met in (
        (placed("node-1", "b", 0), False),
        (placed("node-2", "b", 0, ready=False), False),
        (placed("node-2", "b", 0), True),
    ):
        record = after_outage(gone, ("Pod", Verb.ADDED, "web-0", pod))
        assert conditions.moved("web-0").ask(record, since(record)).met is met
    assert not conditions.moved("web-0").ask(after_outage(), since(after_outage())).met
