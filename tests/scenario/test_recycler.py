"""Whether volumes are emptied is tried out on one of our own; the reason comes from where it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import timeouts
from harness.scenario.recycler import why_no_recycler
from tests.fakes.apiserver import Body, Call, FakeServer, serving, status

SPACE = "/api/v1/namespaces"
VOLUMES = "/api/v1/persistentvolumes"
NAME = "scrubbed-statefulspec-abc123"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.setattr("secrets.token_hex", lambda _: "abc123")
    monkeypatch.setattr(timeouts, "HELPERS", timeouts.Timeout(0.6))
    with serving() as served:
        yield served


class Cluster:
    """A cluster without nodes whose volumes are bound at once; `freed` is the phase of one whose claim has gone."""

    def __init__(self, server: FakeServer, freed: str) -> None:
        self.phase, self.freed = "", freed
        self.there: set[str] = set()
        claims = f"{SPACE}/statefulspec-abc123/persistentvolumeclaims"
        server.answers["POST", SPACE] = self.make
        server.answers["POST", VOLUMES] = self.make
        server.answers["POST", claims] = lambda call: self.become("Bound", call)
        server.answers["DELETE", f"{claims}/owner"] = lambda call: self.become(self.freed, call)
        server.answers["GET", f"{VOLUMES}/{NAME}"] = lambda _: (200, {"status": {"phase": self.phase}})
        for name in ("statefulspec-abc123", "statefulspec-folders-abc123"):
            server.answers["GET", f"{SPACE}/{name}"] = self.read
            server.answers["DELETE", f"{SPACE}/{name}"] = self.remove
        server.answers["DELETE", f"{VOLUMES}/{NAME}"] = self.remove

    def make(self, call: Call) -> tuple[int, Body]:
        self.there.add(call.body["metadata"]["name"])
        assert call.body["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "statefulspec"
        return 201, call.body

    def become(self, phase: str, call: Call) -> tuple[int, Body]:
        self.phase = phase
        return 200, call.body or {}

    def read(self, call: Call) -> tuple[int, Body]:
        name = call.path.rpartition("/")[2]
        return (200, {"metadata": {"name": name}}) if name in self.there else (404, status(404, "NotFound", "gone"))

    def remove(self, call: Call) -> tuple[int, Body]:
        self.there.discard(call.path.rpartition("/")[2])
        return 200, {}


def test_volume_that_is_emptied_shows_it(server, api):
    cluster = Cluster(server, "Available")

    assert why_no_recycler(api) == ""
    assert cluster.there == set()


@pytest.mark.parametrize("freed", ["Released", "Failed"])
def test_volume_that_is_not_is_explained_by_what_is_said_of_it(server, api, freed):
    cluster = Cluster(server, freed)
    about = {"kind": "PersistentVolume", "name": NAME}
    message = "Recycler pod: Failed to pull image debian-base"
    told = {"involvedObject": about, "lastTimestamp": "T", "reason": "RecyclerPod", "message": message}
    server.put("default", "events", "one", told)

    assert why_no_recycler(api) == (
        f"a volume of policy Recycle was {freed} and not Available: T PersistentVolume {NAME}: RecyclerPod: {message}"
    )
    assert cluster.there == set()
