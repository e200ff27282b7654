"""A client's log in the record: every line once, through whatever befalls the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.errors import BadInput, Forbidden
from harness.history import log_tailer
from harness.history.observation import SAMPLE, Verb
from harness.history.recorder import Recorder
from harness.history.sampling import CLIENT_LABEL
from tests.fakes.apiserver import FakeServer, status

Start = Callable[..., Recorder]
START = datetime.now(UTC)


def line(at: float, text: str) -> str:
    """Return a line as the kubelet dates it, `at` seconds after the start of the tests."""
    return f"{(START + timedelta(seconds=at)).isoformat().replace('+00:00', '')}987Z {text}"


def run_client(server: FakeServer, *, restarts: int = 0, uid: str = "first") -> None:
    """Let the client's pod run."""
    container = {"name": "c", "state": {"running": {}}, "restartCount": restarts}
    content: dict[str, Any] = {
        "metadata": {"labels": {CLIENT_LABEL: "visitor"}},
        "spec": {"containers": [{"name": "c"}]},
        "status": {"phase": "Running", "containerStatuses": [container]},
    }
    server.put("ns", "pods", "visitor", content, uid=uid)


def told(recorder: Recorder) -> list[tuple[str, str]]:
    return [(seen.data["subject"], seen.data["outcome"]) for seen in recorder.history.of(SAMPLE, Verb.DONE)]


def await_told(recorder: Recorder, number: int) -> list[tuple[str, str]]:
    ends = time.monotonic() + 10
    while len(told(recorder)) < number:
        assert time.monotonic() < ends, told(recorder)
        recorder.wait(recorder.history.end, 0.05)
    return told(recorder)


def ask_until(server: FakeServer, ended: threading.Event) -> None:
    """Let the client have an answer every few milliseconds."""
    while not ended.wait(0.02):
        server.write_log("visitor", line((datetime.now(UTC) - START).total_seconds(), "answer web-0 ok"))


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tailer, "_PAUSE_S", 0.02)


def test_lines_are_recorded_with_the_clients_own_time(server: FakeServer, record: Start) -> None:
    recorder = record()
    recorder.follow("visitor")
    server.write_log("visitor", line(0, "answer web-0 ok"), line(0.25, "answer web-1 failed no answer"))
    run_client(server)
    assert await_told(recorder, 2) == [("web-0", "ok"), ("web-1", "failed")]
    first, second = recorder.history.of(SAMPLE)
    assert (first.name, first.data["kind"], second.data["detail"]) == ("visitor", "answer", "no answer")
    assert second.data["clock"] - first.data["clock"] == pytest.approx(0.25, abs=1e-5)


def test_a_broken_connection_loses_no_line_and_repeats_none(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(0, "write a ok"), line(0.1, "write b ok"), cut=True)
    run_client(server)
    recorder.follow("visitor")
    await_told(recorder, 2)
    server.write_log("visitor", line(0.2, "write c ok"))
    assert await_told(recorder, 3) == [("a", "ok"), ("b", "ok"), ("c", "ok")]
    assert len([call for call in server.asked() if call.path.endswith("/log")]) == 2
    assert [call.query.get("sinceTime", "") for call in server.asked() if call.path.endswith("/log")][1]


def test_what_a_container_said_last_before_its_restart_is_recorded(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(0, "write a ok"))
    run_client(server)
    recorder.follow("visitor")
    await_told(recorder, 1)
    run_client(server, restarts=1)
    recorder.wait(recorder.history.end - 1, 1)
    former = [line(0, "write a ok"), line(0.1, "write b ok")]
    server.logs["visitor"].lines = [line(1, "write c ok")]
    server.write_log("visitor", former=former, cut=True)
    assert await_told(recorder, 3) == [("a", "ok"), ("b", "ok"), ("c", "ok")]


def test_a_new_pod_of_the_client_is_followed(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(5, "write a ok"))
    run_client(server)
    recorder.follow("visitor")
    await_told(recorder, 1)
    server.drop("ns", "pods", "visitor")
    run_client(server, uid="second")
    server.logs["visitor"].lines = [line(1, "write b ok")]  # its node's clock is behind
    server.write_log("visitor", cut=True)
    assert await_told(recorder, 2) == [("a", "ok"), ("b", "ok")]


def test_a_hole_in_the_series_is_a_gap_of_the_client(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(0, "answer web-0 ok"), line(4, "answer web-0 ok"))
    run_client(server)
    recorder.follow("visitor")
    await_told(recorder, 2)
    gaps = recorder.history.gaps(SAMPLE, "visitor")
    assert [gap.seen.data["subject"] for gap in gaps] == ["web-0"]
    assert gaps[0].seen.at - gaps[0].since == pytest.approx(4, abs=0.5)
    assert recorder.history.gaps(SAMPLE, "another") == []


def test_silence_is_no_proof_and_a_later_line_is(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(0, "answer web-0 ok"))
    run_client(server)
    recorder.follow("visitor")
    await_told(recorder, 1)
    asked = recorder.confirm_fresh((SAMPLE,), timeout_s=0.2)
    assert recorder.history.synced(SAMPLE, asked) is None
    proved = threading.Event()
    asker = threading.Thread(target=ask_until, args=(server, proved))
    asker.start()
    asked = recorder.confirm_fresh((SAMPLE,), timeout_s=10)
    proved.set()
    asker.join()
    assert recorder.history.synced(SAMPLE, asked) is not None


def test_nonsense_is_told_to_whoever_waits(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.write_log("visitor", line(0, "Segmentation fault"))
    run_client(server)
    recorder.follow("visitor")
    with pytest.raises(BadInput, match="Segmentation fault"):
        await_told(recorder, 1)


def test_a_refusal_to_read_the_log_is_told_to_whoever_waits(server: FakeServer, record: Start) -> None:
    recorder = record()
    refusal = (403, status(403, "Forbidden", "no"))
    server.answers["GET", "/api/v1/namespaces/ns/pods/visitor/log"] = lambda _call: refusal
    run_client(server)
    recorder.follow("visitor")
    with pytest.raises(Forbidden, match="pods/log"):
        await_told(recorder, 1)


def test_a_server_that_starts_may_refuse_a_log_that_it_gave_before(server: FakeServer, record: Start) -> None:
    recorder, path = record(), "/api/v1/namespaces/ns/pods/visitor/log"
    recorder.follow("visitor")
    server.write_log("visitor", line(0, "answer web-0 ok"))
    run_client(server)
    await_told(recorder, 1)
    left, refused = iter((1, 0)), threading.Event()

    def refuse(_call: Any) -> tuple[int, dict[str, Any]]:
        if not next(left):
            del server.answers["GET", path]
            refused.set()
        return 403, status(403, "Forbidden", "no")

    server.answers["GET", "/readyz"] = lambda _call: (503, {})
    server.answers["GET", path] = refuse
    server.write_log("visitor", cut=True)
    assert refused.wait(5)
    server.write_log("visitor", line(0.25, "answer web-1 ok"))
    assert await_told(recorder, 2) == [("web-0", "ok"), ("web-1", "ok")]


def test_a_log_that_may_no_longer_be_read_is_told_by_a_server_that_is_ready(server: FakeServer, record: Start) -> None:
    recorder, path = record(), "/api/v1/namespaces/ns/pods/visitor/log"
    recorder.follow("visitor")
    server.write_log("visitor", line(0, "answer web-0 ok"))
    run_client(server)
    await_told(recorder, 1)
    server.answers["GET", "/readyz"] = lambda _call: (200, {})
    server.answers["GET", path] = lambda _call: (403, status(403, "Forbidden", "no"))
    server.write_log("visitor", cut=True)
    with pytest.raises(Forbidden, match="pods/log"):
        await_told(recorder, 2)
