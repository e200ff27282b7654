"""Whom pods and claims belong to, and what controllers report of them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from harness.history.observation import ANSWER, STEP, Verb
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from harness.promises.ownership import ADOPTION_S, ownership
from harness.promises.verdict import Outcome, Verdict, judge
from tests.promises.histories import SUBJECT, World, history, whole

OWNERS = {"metadata": {"name": "c", "uid": "c1", "ownerReferences": [{"kind": "StatefulSet", "name": "web"}]}}


def mark(world: World) -> World:
    world._emit(STEP, Verb.BEGAN, "something happens", "", {})
    return world


def ask(condition: Condition, world: World) -> Answer:
    record = world.close()
    marks = record.of(STEP)
    return condition.ask(record, marks[-1].seq if marks else 0)


def relabel(world: World, ordinal: int, **metadata: Any) -> World:
    """Change the metadata of a pod."""
    pod = world.pods[ordinal]
    pod["metadata"] |= deepcopy(metadata)
    world._put("Pod", Verb.MODIFIED, pod)
    return world


def verdict(world: World) -> Verdict:
    record = world.close()
    return judge(ownership, record, SUBJECT, whole(record))


def test_pod_is_adopted_only_after_it_was_without_owner() -> None:
    """A pod that has its owner all along was not adopted; one that has none is not yet."""
    world = mark(World().apply().settle())
    owners = world.pods[1]["metadata"]["ownerReferences"]
    assert not ask(conditions.adopted("web-1", "web"), world).met
    relabel(world, 1, ownerReferences=[])
    assert ask(conditions.adopted("web-1", "web"), world).observed.startswith("web-1 is controlled by nothing")
    assert ask(conditions.released("web-1"), world).met
    relabel(world, 1, ownerReferences=owners)
    assert ask(conditions.adopted("web-1", "web"), world).met
    assert not ask(conditions.released("web-1"), world).met
    assert not ask(conditions.adopted("web-9", "web"), world).met


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"ownerReferences": []}, "adopted"),
        ({"labels": {}}, "released"),
    ],
)
def test_controller_may_take_its_time_and_no_more(change: dict[str, Any], clause: str) -> None:
    """What is put right in time was no breach; what stands for longer is one."""
    world = World().apply().settle()
    before = {key: world.pods[1]["metadata"][key] for key in change}
    in_time = relabel(relabel(world, 1, **change).rest(ADOPTION_S - 1), 1, **before)
    assert verdict(in_time).outcome is Outcome.KEPT
    late = relabel(relabel(world, 1, **change).rest(ADOPTION_S + 1), 1, **before)
    assert (verdict(late).outcome, verdict(late).clause) == (Outcome.BROKEN, clause)


@pytest.mark.parametrize(("allowed_s", "outcome"), [(ADOPTION_S - 2, Outcome.BROKEN), (ADOPTION_S, Outcome.KEPT)])
def test_the_sentence_says_how_long_it_may_take(allowed_s: float, outcome: Outcome) -> None:
    world = World().apply().settle()
    owners = world.pods[1]["metadata"]["ownerReferences"]
    record = relabel(relabel(world, 1, ownerReferences=[]).rest(ADOPTION_S - 1), 1, ownerReferences=owners).close()
    assert judge(ownership, record, SUBJECT, replace(whole(record), allowed_s=allowed_s)).outcome is outcome


def test_pod_of_another_set_breaks_at_once() -> None:
    owner = {"kind": "StatefulSet", "name": "twin", "uid": "t", "controller": True}
    world = relabel(World().apply().settle(), 1, ownerReferences=[owner])
    assert verdict(world).clause == "own"


def test_pods_that_outlive_their_set_are_nobodys() -> None:
    """While there is no set, nobody has to adopt."""
    world = World().apply().settle()
    world._put("StatefulSet", Verb.DELETED, world.set or {})
    assert verdict(relabel(world, 1, ownerReferences=[]).rest(60)).outcome is Outcome.KEPT


def test_ownership_needs_pods() -> None:
    assert verdict(World(replicas=0).apply().settle()).outcome is Outcome.NOT_APPLICABLE


def test_claim_belongs_to_its_owners() -> None:
    record = history(("PersistentVolumeClaim", Verb.ADDED, "c", OWNERS))
    assert conditions.belongs("c", "web").ask(record, 0).met
    assert conditions.belongs("c", "web-0").ask(record, 0).observed == "c belongs to web"
    assert not conditions.belongs("d", "web").ask(record, 0).met


@pytest.mark.parametrize(
    ("owner", "left"),
    [
        ({"kind": "Pod", "name": "web-1", "uid": "first"}, True),
        ({"kind": "Pod", "name": "web-1", "uid": "second"}, False),
        ({"kind": "Pod", "name": "twin-1", "uid": "first"}, False),
        ({"kind": "StatefulSet", "name": "web", "uid": "first"}, False),
    ],
)
def test_claim_is_left_behind_by_a_pod_that_is_gone(owner: dict[str, str], left: bool) -> None:
    claim = {"metadata": {"name": "data-web-1", "uid": "c", "ownerReferences": [owner]}}
    pods = [{"metadata": {"name": "web-1", "uid": uid}} for uid in ("first", "second")]
    seen = [
        ("PersistentVolumeClaim", Verb.ADDED, "data-web-1", claim),
        ("Pod", Verb.ADDED, "web-1", pods[0]),
        ("Pod", Verb.DELETED, "web-1", pods[0]),
        ("Pod", Verb.ADDED, "web-1", pods[1]),
        ("PersistentVolumeClaim", Verb.DELETED, "data-web-1", claim),
    ]
    condition = conditions.no_claim_left_behind("web")
    told = condition.ask(history(*seen[:4]), 0)
    assert (told.met, "data-web-1" in told.observed) == (not left, left)
    assert condition.ask(history(*seen), 0).met


def test_report_counts_only_for_the_newest_spec() -> None:
    world = mark(World().apply().settle())
    assert ask(conditions.reports("web", "ready", 3), world).met
    assert ask(conditions.reports("web", "available", 2), world).observed == "its status says 3 available"
    world.change(replicas=2)
    told = ask(conditions.reports("web", "ready", 3), world)
    assert (told.met, told.observed) == (False, "its status says 3 ready, of an older generation")
    assert not conditions.reports("web", "ready", 0).ask(history(), 0).met


def test_revisions_of_a_set_are_counted() -> None:
    record = history(("ControllerRevision", Verb.ADDED, "c", OWNERS))
    assert conditions.revisions("web", 1).ask(record, 0).met
    assert conditions.revisions("twin", 1).ask(record, 0).observed == "0 exist: none"


def test_condition_of_a_set_must_be_true() -> None:
    told = [{"type": "Seen", "status": "True"}, {"type": "Lost", "status": "False"}]
    record = history(("StatefulSet", Verb.ADDED, "web", {"metadata": {"uid": "s"}, "status": {"conditions": told}}))
    assert conditions.has_condition("web", "Seen").ask(record, 0).met
    assert conditions.has_condition("web", "Lost").ask(record, 0).observed == "its conditions are Seen"
    assert not conditions.has_condition("twin", "Seen").ask(record, 0).met


def test_budget_knows_the_pods_as_they_are() -> None:
    """A budget that has not seen the newest spec, or another number of pods, knows nothing yet."""
    world = World().apply().settle()

    def budget(observed: int, expected: int, healthy: int) -> Answer:
        status = {"observedGeneration": observed, "expectedPods": expected, "currentHealthy": healthy}
        found = {"metadata": {"name": "budget", "uid": "b", "generation": 1}, "status": status}
        world._put("PodDisruptionBudget", Verb.MODIFIED, found)
        return ask(conditions.budget_known("budget", "web"), world)

    assert not ask(conditions.budget_known("budget", "web"), world).met
    assert budget(1, 3, 3).met
    assert budget(1, 3, 2).observed == "it counts 3 pods, 2 healthy; there are 3, 3 healthy"
    assert not budget(0, 3, 3).met


def test_budget_allows_what_its_newest_status_says() -> None:
    """A status of an older spec says nothing, nor does one that the event found there where it must be new."""
    world = World().apply().settle()

    def budget(observed: int, allowed: int) -> World:
        status = {"observedGeneration": observed, "disruptionsAllowed": allowed}
        found = {"metadata": {"name": "budget", "uid": "b", "generation": 1}, "status": status}
        world._put("PodDisruptionBudget", Verb.MODIFIED, found)
        return world

    assert ask(conditions.budget_allows("budget", 1), world).observed == "disruption budget budget does not exist"
    assert ask(conditions.budget_allows("budget", 1), budget(1, 1)).met
    assert ask(conditions.budget_allows("budget", 2), world).observed == "it allows 1"
    before = world.close()
    told = conditions.budget_allows("budget", 1, anew=True).ask(before, before.end - 1)
    assert (told.met, told.observed) == (False, "it allows 1, as it did before")
    assert not ask(conditions.budget_allows("budget", 1), budget(0, 1)).met


def test_answers_are_compared_in_any_order() -> None:
    def answer(pod: str, code: str, *records: str) -> tuple[str, Verb, str, dict[str, Any]]:
        return (ANSWER, Verb.DONE, "eviction", {"question": pod, "rcode": code, "records": list(records)})

    record = history(answer("web-1", "granted"), answer("web-2", "refused", "the budget says no"))
    assert conditions.answered("eviction", "refused", "granted").ask(record, 0).met
    told = conditions.answered("eviction", "granted").ask(record, 0)
    assert (told.met, told.observed) == (False, "web-1: granted; web-2: refused (the budget says no)")
    assert conditions.answered("eviction", "granted").ask(record, 2).observed == "nothing was asked"


def test_a_refusal_for_another_reason_is_not_the_one() -> None:
    """Each answer must give the reason that is asked for; one without a reason gives none."""
    told = {"question": "web", "rcode": "refused", "records": ["field is immutable"]}
    record = history((ANSWER, Verb.DONE, "proposal", told))
    assert conditions.answered("proposal", "refused", because="immutable").ask(record, 0).met
    assert not conditions.answered("proposal", "refused", because="resize").ask(record, 0).met
    silent = history((ANSWER, Verb.DONE, "proposal", {**told, "records": []}))
    assert conditions.answered("proposal", "refused").ask(silent, 0).met
    assert not conditions.answered("proposal", "refused", because="immutable").ask(silent, 0).met


def test_object_is_made_anew_once_its_former_self_is_gone() -> None:
    world = World().apply().settle()
    assert ask(conditions.remade("web-1", "Pod"), world).observed == "Pod web-1 is the one it was"
    assert "its deletion was asked for" in ask(conditions.remade("web-1", "Pod"), world.delete(1)).observed
    assert not ask(conditions.remade("web-9", "Pod"), world).met
    assert ask(conditions.remade("web-1", "Pod"), world.settle()).met


def test_pods_that_were_there_before_are_not_replaced() -> None:
    world = mark(World().apply().settle())
    assert ask(conditions.unreplaced("web-0", "web-1"), world).met
    assert ask(conditions.unreplaced("web-0", "web-1"), world.delete(1)).observed == "replaced: web-1"
    assert ask(conditions.unreplaced("web-0"), world.settle()).met


def test_scheduler_has_looked_at_a_pod_that_says_so() -> None:
    def pod(*told: dict[str, str]) -> Answer:
        status = {"phase": "Pending", "conditions": list(told)}
        record = history(("Pod", Verb.ADDED, "web-0", {"metadata": {"uid": "p"}, "spec": {}, "status": status}))
        return conditions.scheduled_or_not("web-0").ask(record, 0)

    assert not pod().met
    assert pod({"type": "PodScheduled", "status": "False"}).met
    assert not conditions.scheduled_or_not("web-1").ask(history(), 0).met


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        pytest.param(["spec"], True, id="the field itself"),
        pytest.param(["spec.volumeClaimTemplates", "spec.serviceName"], True, id="fields in it"),
        pytest.param(["spec", "metadata.name"], False, id="another one beside it"),
        pytest.param(["specification"], False, id="a longer name"),
        pytest.param([], False, id="none"),
    ],
)
def test_refusal_for_a_field(fields: list[str], met: bool) -> None:
    """Versions name a field more or less exactly; another field is another reason."""
    told = {"question": "proposal", "rcode": "refused", "records": ["no"], "fields": fields}
    record = history((ANSWER, Verb.DONE, "proposal", told))
    assert conditions.refused_field("proposal", "spec").ask(record, 0).met is met
    assert not conditions.refused_field("proposal", "spec").ask(record, 1).met
