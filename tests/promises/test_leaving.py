"""Which pods count as being on their way out, and whom their services may still list."""

from __future__ import annotations

from harness.history.observation import Verb
from harness.promises.leaving import LEAVING_S, leaves_its_services
from harness.promises.verdict import Outcome, Verdict, judge
from tests.promises.histories import SUBJECT, World, whole

NAME = "web-1.web-svc.ns.svc.cluster.local"


def verdict(world: World) -> Verdict:
    record = world.close()
    return judge(leaves_its_services, record, SUBJECT, whole(record))


def test_slow_pod_that_left_its_service_at_once_keeps_the_promise() -> None:
    """It may take its time to stop, as long as nobody is sent to it."""
    world = World(replicas=2).apply().settle()
    world.delete(1).rest(3 * LEAVING_S).ask(NAME, rcode="NXDOMAIN")
    assert verdict(world).outcome is Outcome.KEPT


def test_answer_during_the_lag_is_no_breach() -> None:
    """The service needs a moment to follow."""
    world = World(replicas=2).apply().settle()
    world.delete(1).ask(NAME, "A", world.address(1)).rest(3 * LEAVING_S)
    assert verdict(world).outcome is Outcome.KEPT


def test_name_of_a_pod_that_still_stops_is_a_breach() -> None:
    """Its address was given away though its end was near."""
    world = World(replicas=2).apply().settle()
    world.delete(1).rest(3 * LEAVING_S).ask(NAME, "A", world.address(1)).rest(1)
    found = verdict(world)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "named")
    assert "was answered with web-1, 9." in found.observed


def test_service_that_leads_to_a_pod_that_still_stops_is_a_breach() -> None:
    """The service's own name is no better than the pod's."""
    world = World(replicas=2).apply().settle()
    world.delete(1).rest(3 * LEAVING_S)
    world.ask("web-svc.ns.svc.cluster.local", "A", world.address(0), world.address(1)).rest(1)
    assert verdict(world).clause == "listed"


def test_service_that_publishes_unready_pods_may_list_them() -> None:
    """Members that need each other's names early also have them late."""
    world = World(replicas=2).apply().settle()
    service = {"metadata": {"name": "web-svc", "uid": "uid-0001"}, "spec": {"publishNotReadyAddresses": True}}
    world._put("Service", Verb.MODIFIED, service)
    world.delete(1).rest(3 * LEAVING_S).ask(NAME, "A", world.address(1)).rest(1)
    assert verdict(world).outcome is Outcome.KEPT


def test_window_without_a_deletion_says_nothing() -> None:
    """Nobody left."""
    assert verdict(World(replicas=2).apply().settle()).outcome is Outcome.NOT_APPLICABLE
