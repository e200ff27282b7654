"""Data are written where a claim is, or the step says why not; so no promise is judged by what was never kept."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import BadInput, EnvironmentUnfit, HarnessError
from harness.history.history import History
from harness.history.observation import Observation, Verb
from harness.model import Since
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions
from steps.claims import one_pod_wrote_at_a_time, read, write
from tests.promises.histories import history

SCRATCH = {"name": "scratch", "emptyDir": {}}
CLAIM = {"name": "db", "persistentVolumeClaim": {"claimName": "db-web-0"}}


class Look:
    """The actions of a scenario with one pod, whose commands all end so; `asked` are the names of its records."""

    def __init__(self, mounts: dict[str, str], **ended: Any) -> None:
        listed = [{"name": name, "mountPath": path} for name, path in mounts.items()]
        self._pod = {
            "metadata": {"name": "web-0"},
            "spec": {"containers": [{"name": "server", "volumeMounts": listed}], "volumes": [SCRATCH, CLAIM]},
        }
        self._ended = {"code": 0, "stdout": "", "stderr": "", "error": "", "container": "server"} | ended
        self.asked: list[str] = []
        self.run = SimpleNamespace(history=self._record())

    def _record(self) -> History:
        """Return what is known of the pod, its claim and a volume that is a folder of a node."""
        claim = {"metadata": {"name": "db-web-0", "uid": "c"}, "spec": {"volumeName": "pv"}}
        volume = {"metadata": {"name": "pv", "uid": "v"}, "spec": {"hostPath": {"path": "/var/db"}}}
        return history(
            ("Pod", Verb.ADDED, "web-0", self._pod | {"metadata": {"name": "web-0", "uid": "p"}}),
            ("PersistentVolumeClaim", Verb.ADDED, "db-web-0", claim),
            ("PersistentVolume", Verb.ADDED, "pv", volume),
        )

    @property
    def actions(self) -> ScenarioActions:
        return cast(ScenarioActions, self)

    def latest(self, kind: str, name: str) -> dict[str, Any]:
        assert (kind, name) == ("Pod", "web-0")
        return self._pod

    def query(self, topic: str, name: str, question: Callable[..., Observation]) -> SimpleNamespace:
        del topic, question
        self.asked.append(name)
        return SimpleNamespace(data=self._ended)


def test_data_are_written_and_read_where_the_claim_is_mounted() -> None:
    """R20: /data is an emptyDir, and the claim is elsewhere."""
    look = Look({"scratch": "/data", "db": "/var/lib/db"})
    write(look.actions, "web-0", "text")
    read(look.actions, "web-0")
    assert look.asked == ["web-0:/var/lib/db/written"] * 2


@pytest.mark.parametrize(
    ("mounts", "path", "said"),
    [
        ({"scratch": "/data"}, "", "mounts no claim"),
        ({"scratch": "/data", "db": "/db"}, "/data/written", r'is in no claim, but in volume "scratch" \(emptyDir\)'),
        ({"db": "/db"}, "/log/written", "in no claim, but in the container alone"),
    ],
)
def test_nothing_is_written_into_what_is_no_claim(mounts: dict[str, str], path: str, said: str) -> None:
    look = Look(mounts)
    with pytest.raises(BadInput, match=said):
        write(look.actions, "web-0", "text", path)
    assert look.asked == []


def test_a_claim_that_cannot_be_written_is_told_at_once() -> None:
    look = Look({"db": "/db"}, code=1, stderr="sh: can't create /db/written: Permission denied\n")
    with pytest.raises(
        EnvironmentUnfit, match=r"cannot write into its claim db-web-0[\s\S]*Permission denied"
    ) as caught:
        write(look.actions, "web-0", "text")
    assert "a folder of a node (hostPath), /var/db" in caught.value.observed


def test_a_full_claim_is_no_question_of_rights() -> None:
    look = Look({"db": "/db"}, code=1, stderr="sh: write error: No space left on device\n")
    with pytest.raises(EnvironmentUnfit, match="No space left") as caught:
        write(look.actions, "web-0", "text")
    assert "hostPath" not in caught.value.observed


@pytest.mark.parametrize(
    "ended", [{"code": 1, "stderr": "cat: can't open '/db/journal'"}, {"stdout": "\n"}, {"code": None, "error": "gone"}]
)
def test_no_verdict_rests_on_a_journal_that_nobody_keeps(ended: dict[str, Any]) -> None:
    look = Look({"db": "/db"}, **ended)
    with pytest.raises(HarnessError, match="web-0 keeps no journal in /db/journal"):
        one_pod_wrote_at_a_time(Since.SCENARIO, "web-0", look.actions, cast(Judge, None))
