"""What a comparison sees of volumes, services and clients, and what it does not take for a difference."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, SAMPLE, Observation, Verb
from harness.history.sampling import Sample
from harness.reports.comparison import Recorded, compare

VOLUME = {
    "metadata": {"name": "pvc-5514bb48-51a0-443d-b8dc-65c5003ad159"},
    "spec": {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": "slow-abc123",
        "claimRef": {"name": "data-web-0"},
    },
    "status": {"phase": "Bound"},
}
SERVICE = {
    "metadata": {"name": "web"},
    "spec": {"type": "ClusterIP", "clusterIP": "None", "ports": [{"port": 80}], "selector": {"app": "web"}},
}
SLICE = {
    "metadata": {"name": "web-x7k2p", "labels": {"kubernetes.io/service-name": "web"}},
    "endpoints": [{"addresses": ["10.0.0.7"], "conditions": {"ready": True}, "targetRef": {"name": "web-0"}}],
}
POD = {"metadata": {"name": "web-0"}, "spec": {"containers": []}, "status": {"podIP": "10.0.0.7"}}
KINDS = ("PersistentVolume", "Service", "EndpointSlice", "Pod")
SAMPLES = [
    Sample("answer", "web-0", "ok").facts(),
    Sample("answer", "web-0", "failed", "refused").facts(),
    Sample("answer", "web-0", "ok").facts(),
    Sample("name", "web", "10.0.0.7").facts(),
    Sample("write", "k1", "began").facts(),
    Sample("write", "k1", "ok").facts(),
]


def recorded(change: Callable[[list[Any]], object] = lambda _: None, token: str = "abc123") -> Recorded:
    """Return a record of one of each, after a change to their list."""
    found: list[Any] = copy.deepcopy([VOLUME, SERVICE, SLICE, POD, *SAMPLES])
    change(found)
    history = History()
    for place, data in enumerate(found):
        seen = Observation(place, float(place), "", SAMPLE, Verb.DONE, "visitor", "", data)
        if place < len(KINDS):
            name = data["metadata"]["name"]
            seen = replace(seen, topic=KINDS[place], verb=Verb.LISTED, name=name, uid=f"uid-{name}")
        history.append(seen)
    deed = {"verb": "apply", "kind": "StorageClass"}
    history.append(Observation(len(history), 99.0, "", ACTION, Verb.DONE, f"slow-{token}", "", deed))
    return Recorded({"namespace": f"statefulspec-{token}"}, history)


@pytest.mark.parametrize(
    ("change", "what", "one", "other"),
    [
        pytest.param(
            lambda found: found[0]["status"].update(phase="Released"),
            "volume of claim data-web-0 was",
            "Bound",
            "Released",
            id="phase",
        ),
        pytest.param(
            lambda found: found[0]["spec"].update(persistentVolumeReclaimPolicy="Retain"),
            "volume of claim data-web-0 is",
            "1Gi ReadWriteOnce Delete class slow",
            "1Gi ReadWriteOnce Retain class slow",
            id="policy",
        ),
        pytest.param(
            lambda found: found[1]["spec"].update(clusterIP="10.96.0.4"),
            "service web is",
            "ClusterIP headless ports TCP 80 for app=web",
            "ClusterIP ports TCP 80 for app=web",
            id="service",
        ),
        pytest.param(
            lambda found: found[2]["endpoints"][0]["conditions"].update(ready=False),
            "service web has led to",
            "web-0",
            "nobody",
            id="endpoints",
        ),
        pytest.param(
            lambda found: found.pop(5),
            "for client visitor member web-0",
            "failed; ok",
            "ok",
            id="answers",
        ),
        pytest.param(
            lambda found: found.append(Sample("name", "web", "none").facts()),
            "for client visitor name web",
            "web-0",
            "none; web-0",
            id="names",
        ),
        pytest.param(
            lambda found: found.append(Sample("write", "k2", "unknown").facts()),
            "writes of client visitor",
            "ok",
            "ok; unknown",
            id="writes",
        ),
    ],
)
def test_a_difference_is_told(change, what, one, other):
    found = compare(recorded(), recorded(change))

    assert [(row.what, row.one, row.other) for row in found.rows] == [(what, one, other)]


def again(found: list[Any]) -> None:
    """Change what no two runs have in common."""
    found[0]["spec"]["storageClassName"] = "slow-def456"
    found[2]["endpoints"][0]["addresses"] = ["10.0.0.9"]
    found[3]["status"]["podIP"] = "10.0.0.9"
    found[7]["outcome"], found[7]["records"] = "10.0.0.9", ["10.0.0.9"]
    found.insert(5, Sample("answer", "web-0", "ok").facts())


def test_names_addresses_and_how_often_somebody_asked_are_no_difference():
    assert not compare(recorded(), recorded(again, token="def456"))


def test_a_volume_is_known_by_its_claim_whatever_its_name():
    ours, theirs = recorded(), recorded()
    other = (
        replace(seen, name="pvc-0", data={**seen.data, "metadata": {"name": "pvc-0"}})
        if seen.topic == "PersistentVolume"
        else seen
        for seen in theirs.history
    )
    assert not compare(ours, Recorded(theirs.header, History(other)))


def test_which_of_several_volumes_alike_nobody_took_is_chance():
    def unclaimed(name: str) -> Callable[[list[Any]], None]:
        def change(found: list[Any]) -> None:
            found[0]["metadata"]["name"] = name
            del found[0]["spec"]["claimRef"]

        return change

    assert not compare(recorded(unclaimed("shelf-1")), recorded(unclaimed("shelf-2")))
    assert compare(recorded(unclaimed("shelf-1")), recorded()).rows[0].what == "volumes that no claim has had"


def copies(*told: tuple[str, Verb, bool]) -> Recorded:
    """Return a record of a deployment's pods: the end of each name, what came of it, and whether it was ready."""
    history = History()
    for place, (end, verb, ready) in enumerate(told):
        name = f"shared-59c8d7b6f5-{end}"
        owner = {"kind": "ReplicaSet", "name": "shared-59c8d7b6f5", "controller": True, "uid": "uid-set"}
        labels = {"app": "shared", "pod-template-hash": "59c8d7b6f5"}
        metadata = {"name": name, "labels": labels, "ownerReferences": [owner]}
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready)}]}
        data = {"metadata": metadata, "spec": {"containers": []}, "status": status}
        history.append(Observation(place, float(place), "", "Pod", verb, name, f"uid-{end}", data))
    return Recorded({"namespace": "sharing-abc123"}, history)


def test_pods_without_an_identity_are_compared_as_many_of_one_name():
    """Which of them has which name, and which comes first, is chance; how many there are is not."""
    ours = copies(
        ("x7k2p", Verb.ADDED, False),
        ("b4m9q", Verb.ADDED, False),
        ("x7k2p", Verb.MODIFIED, True),
        ("b4m9q", Verb.MODIFIED, True),
    )
    theirs = copies(
        ("c2v8n", Verb.ADDED, False),
        ("t5w6z", Verb.ADDED, False),
        ("t5w6z", Verb.MODIFIED, True),
        ("c2v8n", Verb.MODIFIED, True),
    )
    assert not compare(ours, theirs)

    fewer = copies(("c2v8n", Verb.ADDED, False), ("t5w6z", Verb.ADDED, False), ("t5w6z", Verb.MODIFIED, True))
    found = compare(ours, fewer)
    assert found.sentence == "only in A: pod of shared was ready for the second time"
