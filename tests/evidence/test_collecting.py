"""What is kept of a failed scenario, and that nothing which goes wrong meanwhile gets out."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import NotFound, Unreachable
from harness.evidence import collecting
from harness.evidence.collecting import Evidence, collect
from harness.history.history import History
from harness.history.observation import Observation, Verb
from harness.kube.api import Api, Listing

RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
CRASHED = {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": "2026-01-01T00:00:05Z"}}
BACKING_OFF = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}


class FakeApi:
    """Serves logs: text, or an error to raise, by (pod, container, previous)."""

    def __init__(self, logs: dict[tuple[str, str, bool], str | Exception]) -> None:
        self._logs = logs
        self.asked: list[tuple[str, str, bool]] = []

    def logs(self, pod: str, namespace: str, container: str, *, tail: int, previous: bool) -> str:
        assert (namespace, tail) == ("demo", 20)
        self.asked.append((pod, container, previous))
        found = self._logs[pod, container, previous]
        if isinstance(found, Exception):
            raise found
        return found


def pod(name: str, *containers: dict[str, Any], **status: Any) -> Observation:
    metadata = {"name": name, "uid": f"uid-{name}", "namespace": "demo"}
    env = [{"name": "DB_PASSWORD", "value": "canary-env"}]
    spec = {"containers": [{"name": "app", "env": env}]}
    data = {
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": {"containerStatuses": list(containers)} | status,
    }
    return Observation(0, 0.0, "2026-01-01T00:00:00Z", "Pod", Verb.ADDED, name, f"uid-{name}", data)


def container(state: dict[str, Any], *, ready: bool = False, last: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": "app", "ready": ready, "state": state, "lastState": last or {}, "restartCount": 2 if last else 0}


def event(number: int, **more: Any) -> Observation:
    about = {"kind": "Pod", "name": "myapp-1"}
    name = f"myapp-1.{number}"
    data = {"type": "Warning", "reason": "BackOff", "message": f"refused {number}", "involvedObject": about} | more
    return Observation(0, 0.0, "2026-01-01T00:00:07Z", "Event", Verb.ADDED, name, f"uid-{name}", data)


def recorded(*observations: Observation) -> History:
    return History(
        Observation(seq, float(seq), seen.wall, seen.topic, seen.verb, seen.name, seen.uid, seen.data)
        for seq, seen in enumerate(observations)
    )


FAILED = recorded(
    pod("myapp-0", container(RUNNING, ready=True)),
    pod("myapp-1", container(BACKING_OFF, last=CRASHED)),
    pod(
        "myapp-2",
        phase="Pending",
        conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node fits"}],
    ),
    event(1),
    event(2, count=4, message="back-off\n\x1b[31mrestarting\x1b[0m"),
    event(3, type="Normal", message="pulled"),
)
LOGS: dict[tuple[str, str, bool], str | Exception] = {
    ("myapp-0", "app", False): "started\n",
    ("myapp-1", "app", True): "::error::boom\npassword=canary-log\n",
    ("myapp-1", "app", False): "",
}

TEXT = """\
last warnings:
  2026-01-01T00:00:07Z Pod myapp-1: BackOff: refused 1
  2026-01-01T00:00:07Z Pod myapp-1: BackOff: back-off restarting (4 times)
containers:
  myapp-0/app: running since 2026-01-01T00:00:00Z, ready
  myapp-1/app: waiting, CrashLoopBackOff: back-off 10s, not ready, restarted 2 times, before that ended with code 3 \
(Error) at 2026-01-01T00:00:05Z
  myapp-2: Pending, no container yet (Unschedulable: no node fits)
log of myapp-0/app:
  | started
log of myapp-1/app (its former run):
  | : :error::boom
  | password=[redacted]
look further, while the namespace stands:
  kubectl --context kind-a -n demo get statefulsets,pods,persistentvolumeclaims,services -o wide
  kubectl --context kind-a -n demo get events --sort-by=.lastTimestamp
  kubectl --context kind-a -n demo describe pod myapp-1
  kubectl --context kind-a -n demo describe pod myapp-2
"""


def gather(folder: Path, logs: dict[tuple[str, str, bool], str | Exception] | None = None) -> tuple[Evidence, FakeApi]:
    api = FakeApi(LOGS if logs is None else logs)
    return collect(cast(Api, api), FAILED, "demo", folder, kubectl="kubectl --context kind-a"), api


def test_a_reader_sees_warnings_states_logs_and_the_next_commands(tmp_path: Path) -> None:
    evidence, _ = gather(tmp_path / "a scenario, größer")
    assert evidence.text == TEXT
    assert (evidence.folder / "evidence.txt").read_text() == TEXT
    assert evidence.notes == ()


def test_objects_and_logs_are_kept_as_files_without_credentials(tmp_path: Path) -> None:
    gather(tmp_path)
    files = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*.*") if path.is_file()}
    pods = [f"objects/Pod/myapp-{number}.json" for number in range(3)]
    logs = ["logs/myapp-0-app.log", "logs/myapp-1-app-its-former-run.log"]
    assert sorted(files) == sorted(["evidence.txt", *logs, *pods])
    assert json.loads(files["objects/Pod/myapp-1.json"])["metadata"]["name"] == "myapp-1"
    assert not [name for name, text in files.items() if "canary" in text]


def test_a_container_that_never_ran_is_not_asked_for_a_log(tmp_path: Path) -> None:
    _, api = gather(tmp_path)
    assert api.asked == [("myapp-0", "app", False), ("myapp-1", "app", True), ("myapp-1", "app", False)]


def test_one_log_that_cannot_be_read_is_noted_and_the_others_are_kept(tmp_path: Path) -> None:
    gone = NotFound("container is gone", 404, "NotFound", "get", "pods/log", "demo", "myapp-0")
    evidence, _ = gather(tmp_path, LOGS | {("myapp-0", "app", False): gone})
    assert list(evidence.logs) == ["myapp-1/app (its former run)"]
    assert evidence.notes == (f"log of myapp-0/app: {gone}",)
    assert evidence.text.endswith(f"not in this evidence:\n  log of myapp-0/app: {gone}\n")


def test_a_server_that_cannot_be_reached_is_not_asked_again(tmp_path: Path) -> None:
    evidence, api = gather(tmp_path, LOGS | {("myapp-0", "app", False): Unreachable("refuses connections")})
    assert len(api.asked) == 1
    assert evidence.notes == ("3 logs: refuses connections",)
    assert (tmp_path / "objects/Pod/myapp-0.json").is_file()


def test_logs_have_a_budget_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "BUDGET_S", -1.0)
    evidence, api = gather(tmp_path)
    assert api.asked == []
    assert evidence.notes == ("3 logs: reading the others took more than -1 s",)


@pytest.mark.row(46)
def test_a_folder_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file")
    evidence, _ = gather(tmp_path / "occupied" / "evidence")
    assert evidence.containers[0].startswith("myapp-0/app: running")
    assert len(evidence.notes) == 1
    assert evidence.notes[0].startswith(f"{tmp_path}/occupied/evidence cannot be written: NotADirectoryError")


def test_an_object_of_no_known_shape_is_a_note(tmp_path: Path) -> None:
    broken = Observation(0, 0.0, "", "Pod", Verb.ADDED, "myapp-0", "u", {"status": "odd"})
    evidence = collect(cast(Api, FakeApi({})), recorded(broken), "demo", tmp_path)
    assert [note.split(":")[0] for note in evidence.notes] == ["containers", "logs", "commands"]
    assert (tmp_path / "objects/Pod/myapp-0.json").is_file()


def test_only_the_last_warnings_are_shown(tmp_path: Path) -> None:
    history = recorded(*(event(number) for number in range(30)))
    evidence = collect(cast(Api, FakeApi({})), history, "demo", tmp_path)
    assert len(evidence.warnings) == 20
    assert evidence.warnings[-1].endswith("refused 29")


def test_warnings_that_say_the_same_count_as_one(tmp_path: Path) -> None:
    same = [event(number, message="no node fits", count=number) for number in (1, 2)]
    history = recorded(same[0], event(3, message="other"), same[1])
    assert collect(cast(Api, FakeApi({})), history, "demo", tmp_path).warnings == (
        "2026-01-01T00:00:07Z Pod myapp-1: BackOff: other",
        "2026-01-01T00:00:07Z Pod myapp-1: BackOff: no node fits (3 times)",
    )


def test_a_pod_that_has_just_come_up_again_is_to_be_described(tmp_path: Path) -> None:
    history = recorded(pod("myapp-0", container(RUNNING, ready=True, last=CRASHED)))
    api = FakeApi({("myapp-0", "app", True): "", ("myapp-0", "app", False): ""})
    evidence = collect(cast(Api, api), history, "demo", tmp_path)
    assert evidence.commands[-1] == "kubectl -n demo describe pod myapp-0"


def test_what_is_said_of_volumes_is_looked_up_where_it_is_said(tmp_path):
    """A volume has no namespace: its events, and the pod that empties it, are in `default`."""

    def told(kind: str, name: str, reason: str, message: str, at: str) -> dict[str, Any]:
        about = {"kind": kind, "name": name}
        return {"metadata": {}, "lastTimestamp": at, "reason": reason, "message": message, "involvedObject": about}

    events = [
        told("PersistentVolume", "pv-x1", "RecyclerPod", "Failed to pull image debian-base", "2026-01-01T00:00:09Z"),
        told("Pod", "recycler-for-pv-x1", "Scheduled", "assigned to node-1", "2026-01-01T00:00:08Z"),
        told("PersistentVolume", "pv-other", "RecyclerPod", "not ours", "2026-01-01T00:00:08Z"),
    ]
    api = SimpleNamespace(list=lambda _, namespace: Listing(tuple(events), "1") if namespace == "default" else None)
    volume = Observation(0, 0.0, "", "PersistentVolume", Verb.ADDED, "pv-x1", "uid-1", {"metadata": {"name": "pv-x1"}})

    found = collect(cast(Api, api), recorded(volume), "demo", tmp_path / "evidence")

    assert found.volumes == (
        "2026-01-01T00:00:08Z Pod recycler-for-pv-x1: Scheduled: assigned to node-1",
        "2026-01-01T00:00:09Z PersistentVolume pv-x1: RecyclerPod: Failed to pull image debian-base",
    )
    assert "said of its volumes:\n  2026-01-01T00:00:08Z Pod" in found.text
    assert found.notes == ()
