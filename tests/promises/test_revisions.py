"""Which revisions may stand beside each other."""

from __future__ import annotations

from harness.history.observation import Verb
from harness.promises.revisions import one_revision_each
from harness.promises.verdict import Outcome, Verdict, judge
from tests.promises.histories import SUBJECT, World, whole


def verdict(world: World) -> Verdict:
    record = world.close()
    return judge(one_revision_each, record, SUBJECT, whole(record))


def test_rollback_that_uses_the_former_revision_keeps_the_promise() -> None:
    """Its number rises above the other's, its name stays."""
    world = World(replicas=1).apply().settle().change(image="app:v2").settle().change(image="app:v1").settle()
    assert world.revisions["web-v1"]["revision"] == 3
    assert verdict(world).outcome is Outcome.KEPT


def test_revision_made_anew_after_it_was_dropped_is_no_second_one() -> None:
    """The limit of the history has taken the former one away."""
    world = World(replicas=1).apply().settle().change(image="app:v2").settle()
    former = world.revisions["web-v1"]
    world._put("ControllerRevision", Verb.DELETED, former)
    metadata = former["metadata"] | {"name": "web-other", "uid": "uid-other"}
    world._put("ControllerRevision", Verb.ADDED, former | {"metadata": metadata, "revision": 0})
    assert verdict(world).outcome is Outcome.KEPT


def test_second_revision_of_one_template_is_a_breach() -> None:
    """Whoever goes back by the old name would not arrive."""
    world = World(replicas=1).apply().settle().change(image="app:v2").settle()
    metadata = world.revisions["web-v1"]["metadata"] | {"name": "web-other", "uid": "uid-other"}
    world._put("ControllerRevision", Verb.ADDED, world.revisions["web-v1"] | {"metadata": metadata})
    found = verdict(world)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "again")
    assert found.observed == "revision web-other was made of the template that web-v1 stands for"


def test_revision_of_another_set_does_not_count() -> None:
    """Two sets may have the same template."""
    world = World(replicas=1).apply().settle().change(image="app:v2").settle()
    owner = {"kind": "StatefulSet", "name": "other", "uid": "uid-other-set", "controller": True}
    metadata = {"name": "other-v1", "uid": "uid-other", "ownerReferences": [owner]}
    world._put("ControllerRevision", Verb.ADDED, world.revisions["web-v1"] | {"metadata": metadata, "revision": 99})
    assert verdict(world).outcome is Outcome.KEPT


def test_set_that_updates_to_an_older_number_is_a_breach() -> None:
    """Tools that go back to the number before would go astray."""
    world = World(replicas=1).apply().settle().change(image="app:v2").settle()
    world.rest(5)
    world._put("ControllerRevision", Verb.MODIFIED, world.revisions["web-v1"] | {"revision": 7})
    world.rest(5).delete(0).settle()
    found = verdict(world)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "newest")


def test_set_of_one_version_has_nothing_to_show() -> None:
    """Nothing was rolled out."""
    assert verdict(World(replicas=1).apply().settle()).outcome is Outcome.NOT_APPLICABLE
