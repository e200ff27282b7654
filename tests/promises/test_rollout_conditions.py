"""What is seen of rollouts that replace several pods at once, by hand, or not at all."""

from __future__ import annotations

from harness.history.observation import STEP, Verb
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from tests.promises.histories import World


def mark(world: World) -> World:
    world._emit(STEP, Verb.BEGAN, "something happens", "", {})
    return world


def ask(condition: Condition, world: World) -> Answer:
    record = world.close()
    return condition.ask(record, record.of(STEP)[-1].seq)


def say(world: World, **condition: str) -> World:
    """Write a condition into the set's status."""
    assert world.set is not None
    world.set["status"] = world.set["status"] | {"conditions": [condition]}
    world._put("StatefulSet", Verb.MODIFIED, world.set)
    return world


def test_pods_are_replaced_together_only_while_none_is_ready_again() -> None:
    """One that is back before the next one goes was replaced in its turn."""
    world = mark(World(parallel=True).apply().settle())
    pair = conditions.replaced_together("web-2", "web-1")
    assert not ask(pair, world).met
    world.delete(2)
    assert ask(pair, world).observed == "deleted: web-2; ready: web-1"
    world.delete(1)
    assert ask(pair, world).met
    assert not ask(pair, world.settle()).met


def test_two_versions_meet_while_one_of_them_is_on_its_way_out() -> None:
    """A pod that is being deleted still runs."""
    world = mark(World(replicas=2).apply().settle())
    assert not ask(conditions.two_versions("web"), world).met
    world.change(image="app:v2").observe().sync().run(1).run(1).observe().sync()
    found = ask(conditions.two_versions("web"), world)
    assert (found.met, found.observed) == (True, "web-0 of web-v1, web-1 of web-v2")
    assert not ask(conditions.two_versions("web"), world.settle()).met
    assert ask(conditions.two_versions("other"), world).observed == "no pod"


def test_status_names_two_revisions_until_it_is_done() -> None:
    """A status of an older spec says nothing."""
    world = mark(World(replicas=1).apply().settle())
    assert ask(conditions.names_revisions("web", 1), world).met
    world.change(image="app:v2")
    assert not ask(conditions.names_revisions("web", 1), world).met
    world.observe().sync()
    assert ask(conditions.names_revisions("web", 2), world).met
    assert ask(conditions.names_revisions("web", 1), world.settle()).observed == "its status goes from web-v2 to web-v2"
    assert not ask(conditions.names_revisions("other", 1), world).met


def test_condition_counts_with_its_reason_and_since_the_event() -> None:
    """What the status said before tells nothing of the event."""
    done = conditions.condition_because("web", "Progressing", "RecreateCompleted")
    world = mark(World(replicas=1).apply().settle())
    assert ask(done, world).observed == "there is no Progressing"
    say(world, type="Progressing", status="True", reason="RecreateInProgress")
    assert ask(done, world).observed == "Progressing is True, RecreateInProgress"
    say(world, type="Progressing", status="False", reason="RecreateCompleted")
    assert ask(done, world).met
    assert not ask(done, mark(world)).met
    assert not ask(conditions.condition_because("other", "Progressing", "RecreateCompleted"), world).met


def test_claim_is_unused_since_its_pod_was_gone() -> None:
    """A time before the end of the pod, or none, is not what a person can go by."""
    idle = conditions.unused("www-web-1")
    world = mark(World(replicas=2).apply().settle()).rest(60)
    told = {"type": "Unused", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    world.change(replicas=1).settle()
    assert "does not say anew" in ask(idle, world).observed
    world.claims["www-web-1"]["status"] |= {"conditions": [told]}
    world._put("PersistentVolumeClaim", Verb.MODIFIED, world.claims["www-web-1"])
    assert not ask(idle, world).met
    told["lastTransitionTime"] = "2026-01-01T00:02:00Z"
    world._put("PersistentVolumeClaim", Verb.MODIFIED, world.claims["www-web-1"])
    assert ask(idle, world).met
    told["status"] = "False"
    world._put("PersistentVolumeClaim", Verb.MODIFIED, world.claims["www-web-1"])
    assert not ask(idle, world).met
    assert ask(conditions.unused("www-web-9"), world).observed == "claim www-web-9 does not exist"


def test_replicas_are_created_as_the_one_before_becomes_available() -> None:
    """Too early counts as too late: it is minReadySeconds that says when."""
    in_time = conditions.created_once_available("web", 2)
    world = mark(World(replicas=3, min_ready_s=1)).apply()
    assert ask(in_time, world).observed == "0 pods of web were created"
    found = ask(in_time, world.settle())
    assert found.met
    assert "web-2 was created 2.0 s after web-1 was ready" in found.observed
    assert not ask(conditions.created_once_available("web", 0), world).met
    late = mark(World(replicas=1, min_ready_s=1)).apply().settle().rest(9).change(replicas=2).settle()
    assert not ask(in_time, late).met
    early = mark(World(replicas=2, min_ready_s=1, parallel=True)).apply().settle()
    assert ask(in_time, early).observed == "web-1 was created before web-0 was ready"


def test_terminating_replica_is_unready_only_while_its_server_runs() -> None:
    """What is not ready because it has ended shows nothing of its probe."""
    unready = conditions.unready_while_terminating("web-0")
    world = mark(World(replicas=1).apply().settle())
    assert not ask(unready, world.break_pod(0)).met
    world.delete(0)
    assert ask(unready, world).met
    assert not ask(unready, mark(World(replicas=1).apply().settle()).delete(0)).met
    assert ask(conditions.unready_while_terminating("web-9"), world).observed == "web-9 does not exist"
