"""What the recorder takes down when the server behaves, and when it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

import pytest

from harness.errors import Forbidden, Unauthorized, Unreachable
from harness.history.observation import STEP, Observation, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from tests.fakes.apiserver import Body, Call, FakeServer, Fault, status

Start = Callable[..., Recorder]


def await_(recorder: Recorder, wanted: Callable[[], bool], timeout_s: float = 5.0) -> None:
    """Return once `wanted` holds of the history; fail after `timeout_s`."""
    ends = time.monotonic() + timeout_s
    seen = recorder.history.end
    while not wanted():
        left = ends - time.monotonic()
        assert left > 0, f"not seen within {timeout_s} s: {spell(recorder)}"
        seen = recorder.wait(seen, min(left, 0.05))


def spell(recorder: Recorder, topic: str = "Pod") -> list[tuple[str, str]]:
    return [(seen.verb.value, seen.name) for seen in recorder.history.of(topic)]


def pods(recorder: Recorder, *verbs: Verb) -> list[Observation]:
    return recorder.history.of("Pod", *verbs)


def test_what_is_there_is_listed_and_what_happens_follows_in_order(server: FakeServer, record: Start) -> None:
    server.put("ns", "pods", "app-0")
    server.put("other", "pods", "stranger")
    recorder = record()
    server.put("ns", "pods", "app-1")
    server.put("ns", "pods", "app-0", {"status": {"phase": "Running"}})
    server.drop("ns", "pods", "app-1")
    await_(recorder, lambda: len(pods(recorder)) == 4)
    expected = [("listed", "app-0"), ("added", "app-1"), ("modified", "app-0"), ("deleted", "app-1")]
    assert expected == spell(recorder)
    assert pods(recorder)[2].data["status"] == {"phase": "Running"}
    assert sorted(seen.at for seen in recorder.history) == [seen.at for seen in recorder.history]


def test_a_listed_object_says_its_kind_though_lists_leave_it_out(server: FakeServer, record: Start) -> None:
    server.put("ns", "statefulsets", "app")
    recorder = record(("StatefulSet",))
    seen = recorder.history.of("StatefulSet")[0]
    assert (seen.data["apiVersion"], seen.data["kind"]) == ("apps/v1", "StatefulSet")


@pytest.mark.row(5)
def test_a_cut_stream_resumes_without_gap_loss_or_repetition(server: FakeServer, record: Start) -> None:
    server.put("ns", "pods", "app-0")
    recorder = record()
    server.strike("ns", Fault("cut"))
    for phase in ("a", "b", "c"):
        server.put("ns", "pods", "app-0", {"phase": phase})
    await_(recorder, lambda: len(pods(recorder)) == 4)
    assert [verb for verb, _ in spell(recorder)] == ["listed", "modified", "modified", "modified"]
    assert [seen.data["phase"] for seen in pods(recorder, Verb.MODIFIED)] == ["a", "b", "c"]


@pytest.mark.row(4)
def test_a_stream_that_the_server_ends_normally_is_taken_up_again(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.strike("ns", Fault("close"))
    server.strike("ns", Fault("close"))
    server.put("ns", "pods", "app-0")
    await_(recorder, lambda: len(pods(recorder)) == 1)
    assert spell(recorder) == [("added", "app-0")]
    assert len([call for call in server.asked(watch=False) if call.path.endswith("pods")]) == 1


@pytest.mark.row(1, 2)
@pytest.mark.parametrize("how", ["event", "status"])
def test_an_expired_version_leaves_gaps_exactly_where_something_happened(
    server: FakeServer, record: Start, how: str
) -> None:
    """app-0 stays as it is, app-1 changes, app-2 goes and app-3 comes while nobody watches."""
    for name in ("app-0", "app-1", "app-2"):
        server.put("ns", "pods", name)
    recorder = record()
    with server.changed:
        server.strike("ns", Fault("cut"))
        refusal = Fault("refuse", status=410, body=status(410, "Expired", "too old resource version"))
        server.strike("ns", Fault("gone") if how == "event" else refusal)
        server.put("ns", "pods", "app-1", {"phase": "x"})
        server.drop("ns", "pods", "app-2")
        server.put("ns", "pods", "app-3")
        server.compact("ns")
        server.changed.notify_all()
    await_(recorder, lambda: bool(recorder.history.of("Pod", name="app-3")))
    expected = [
        ("gap", ""),
        ("gap", "app-2"),
        ("deleted", "app-2"),
        ("gap", "app-1"),
        ("modified", "app-1"),
        ("gap", "app-3"),
        ("added", "app-3"),
    ]
    await_(recorder, lambda: len(spell(recorder)) >= 10)
    assert expected == [entry for entry in spell(recorder) if entry[0] != "listed"]
    assert not recorder.history.gaps("Pod", "app-0")
    assert [gap.spanned for gap in recorder.history.gaps("Pod", "app-1")] == [True, True]
    assert not any(gap.spanned for gap in recorder.history.gaps("Pod", "app-2"))
    assert not any(gap.spanned for gap in recorder.history.gaps("Pod", "app-3"))
    assert recorder.history.gaps("Pod", "never-seen")
    stream_gap = pods(recorder, Verb.GAP)[0]
    assert pods(recorder, Verb.LISTED)[-1].at <= stream_gap.data["since"] <= stream_gap.at


def test_only_the_first_list_may_come_from_the_cache_of_the_server(server: FakeServer, record: Start) -> None:
    """A relist must show what the watch has lost, and a proof all there is."""
    recorder = record()
    with server.changed:
        server.strike("ns", Fault("gone"))
        server.put("ns", "pods", "app-0")
        server.compact("ns")
        server.changed.notify_all()
    await_(recorder, lambda: bool(recorder.history.of("Pod", name="app-0")))
    recorder.confirm_fresh(["Pod"])
    lists = [call for call in server.asked(watch=False, method="GET") if call.path.endswith("/ns/pods")]
    assert [call.query.get("resourceVersion") for call in lists] == ["0", None, None]


def test_a_gap_begins_with_the_last_proof_where_nothing_happened_since(server: FakeServer, record: Start) -> None:
    server.put("ns", "pods", "app-0")
    recorder = record()
    proof = recorder.history.synced("Pod", recorder.confirm_fresh(recorder.kinds))
    assert proof is not None
    with server.changed:
        server.strike("ns", Fault("cut"))
        server.strike("ns", Fault("gone"))
        server.put("ns", "pods", "app-1")
        server.compact("ns")
        server.changed.notify_all()
    await_(recorder, lambda: bool(recorder.history.of("Pod", name="app-1")))
    assert {gap.data["since"] for gap in pods(recorder, Verb.GAP)} == {proof.data["asked"]}


@pytest.mark.row(3)
def test_a_version_that_expires_for_ever_is_no_hot_loop_and_is_told(
    server: FakeServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(api, "ns", ("Pod",))
    recorder.start(timeout_s=5)
    for _ in range(100):
        server.strike("ns", Fault("gone"))
    recorder.wait(10**6, timeout_s=3)
    recorder.stop()
    assert len(server.calls) < 10
    assert "410 Expired" in recorder.notes[0]
    assert "times in a row" in recorder.notes[0]


@pytest.mark.row(6)
def test_silence_beyond_the_limit_is_a_broken_connection(
    server: FakeServer, record: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Api.watch
    monkeypatch.setattr(Api, "watch", lambda *given, **options: watch(*given, **options, read_timeout_s=0.2))
    recorder = record()
    server.strike("ns", Fault("hang"))
    server.await_strike("ns")
    server.put("ns", "pods", "app-0")
    await_(recorder, lambda: spell(recorder) == [("added", "app-0")], timeout_s=3)
    assert len(server.asked(watch=True)) >= 2


@pytest.mark.row(7, 9)
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\n", id="blank line"),
        pytest.param(b'{"type": "MODIFIED", "object": {"metadata"\n', id="truncated"),
        pytest.param(b'{"type": "MODIFIED", "object": {"a": "\xff\xfe"}}\n', id="not UTF-8"),
        pytest.param(b'{"type": "MODIFIED", "object": null}\n', id="no object"),
        pytest.param(b'{"type": "BOOKMARK", "object": {}}\n', id="bookmark without version"),
        pytest.param(b'{"type": "ADDED", "object": {"metadata": {"name": "x"}}}\n', id="object without uid"),
        pytest.param(b'{"type": "STRANGE", "object": {"metadata": {}}}\n', id="unknown type"),
        pytest.param(b"[1, 2]\n", id="no event"),
    ],
)
def test_what_is_no_event_is_never_recorded_and_nothing_is_lost_by_it(
    server: FakeServer, record: Start, raw: bytes
) -> None:
    recorder = record()
    server.strike("ns", Fault("raw", raw=raw))
    server.await_strike("ns")
    server.put("ns", "pods", "app-0")
    await_(recorder, lambda: bool(spell(recorder)))
    server.put("ns", "pods", "app-1")
    await_(recorder, lambda: len(spell(recorder)) >= 2)
    assert spell(recorder) == [("added", "app-0"), ("added", "app-1")]


@pytest.mark.row(8)
def test_bookmarks_advance_the_version_and_change_nothing(server: FakeServer, record: Start) -> None:
    server.bookmark_s = 0.02
    recorder = record()
    server.put("ns", "services", "elsewhere")  # another kind: only a bookmark tells this stream how far the server is
    reached = str(server.version)
    ends = time.monotonic() + 5
    while recorder._streams["Pod"]._version != reached and time.monotonic() < ends:
        recorder.wait(recorder.history.end, 0.02)
    assert reached == recorder._streams["Pod"]._version
    assert spell(recorder) == []


@pytest.mark.row(10)
def test_repeated_events_are_recorded_once(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.put("ns", "pods", "app-0")
    server.put("ns", "pods", "app-0", {"phase": "x"})
    server.drop("ns", "pods", "app-0")
    await_(recorder, lambda: len(spell(recorder)) == 3)
    server.strike("ns", Fault("repeat"))
    server.put("ns", "pods", "app-1")
    await_(recorder, lambda: ("added", "app-1") in spell(recorder))
    expected = [("added", "app-0"), ("modified", "app-0"), ("deleted", "app-0"), ("added", "app-1")]
    assert expected == spell(recorder)


@pytest.mark.row(11)
def test_a_name_that_comes_back_with_another_uid_ended_unseen(server: FakeServer, record: Start) -> None:
    server.put("ns", "pods", "app-0", uid="first")
    recorder = record()
    with server.changed:
        server.space("ns").objects.clear()
        server.put("ns", "pods", "app-0", uid="second")
    await_(recorder, lambda: len(spell(recorder)) == 4)
    found = [(seen.verb.value, seen.uid) for seen in pods(recorder)]
    assert found == [("listed", "first"), ("gap", "first"), ("deleted", "first"), ("added", "second")]


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [(401, Unauthorized, "cannot list pods in namespace ns"), (403, Forbidden, 'resources: ["pods"], verbs: ["list"]')],
)
def test_a_refused_list_of_a_required_kind_fails_the_start(
    server: FakeServer, record: Start, code: int, error: type[Exception], says: str
) -> None:
    server.space("ns").list_faults.append(Fault("refuse", status=code))
    with pytest.raises(error) as caught:
        record()
    assert says in str(caught.value)
    assert len(server.calls) == 1


@pytest.mark.row(13)
@pytest.mark.parametrize(("code", "error"), [(401, Unauthorized), (403, Forbidden)])
def test_credentials_that_end_meanwhile_are_raised_to_who_waits_at_once(
    server: FakeServer, record: Start, code: int, error: type[Exception]
) -> None:
    recorder = record()
    server.answers["GET", "/readyz"] = lambda _call: (200, {})
    server.strike("ns", Fault("cut"))
    for _ in range(2):  # the second time by a server that was ready
        server.strike("ns", Fault("refuse", status=code))
    began = time.monotonic()
    with pytest.raises(error):
        recorder.wait(recorder.history.end, timeout_s=10)
    with pytest.raises(error):
        recorder.confirm_fresh(["Pod"])
    assert time.monotonic() - began < 3
    assert len(server.asked(watch=True)) == 3


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_starts_may_refuse_what_it_allowed_before(server: FakeServer, record: Start, code: int) -> None:
    """Its authorizer knows nobody's rights before it has read them: a kind cluster's user is no system:masters."""
    recorder = record()
    ready = iter((503, 503))
    server.answers["GET", "/readyz"] = lambda _call: (next(ready), {})
    server.strike("ns", Fault("cut"))
    for _ in range(2):
        server.strike("ns", Fault("refuse", status=code))
    server.await_strike("ns")
    server.put("ns", "pods", "app-0")
    await_(recorder, lambda: bool(spell(recorder)))
    assert spell(recorder) == [("added", "app-0")]


def test_a_refused_optional_kind_is_noted_and_the_others_go_on(server: FakeServer, record: Start) -> None:
    refusal = status(403, "Forbidden", "nodes is forbidden")
    server.answers["GET", "/api/v1/nodes"] = lambda _call: (403, refusal)
    recorder = record(("Pod",), ("Node",))
    server.put("ns", "pods", "app-0")
    await_(recorder, lambda: bool(spell(recorder)))
    assert len(recorder.notes) == 1
    assert recorder.notes[0].startswith("Node: cannot list nodes: nodes is forbidden (403 Forbidden)")


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again_after_a_pause(server: FakeServer, record: Start, code: int) -> None:
    server.space("ns").list_faults.append(Fault("refuse", status=code))
    server.put("ns", "pods", "app-0")
    recorder = record()
    assert spell(recorder) == [("listed", "app-0")]


@pytest.mark.row(15)
def test_retry_after_is_waited_for_but_no_longer_than_the_longest_pause_and_a_stop_ends_it(
    server: FakeServer, api: Api
) -> None:
    recorder = Recorder(api, "ns", ("Pod",))
    recorder.start(timeout_s=5)
    server.strike("ns", Fault("cut"))
    server.strike("ns", Fault("refuse", status=503, headers=(("Retry-After", "60"),)))
    recorder.wait(10**6, timeout_s=3)
    assert len(server.asked(watch=True)) == 2
    began = time.monotonic()
    recorder.stop()
    assert time.monotonic() - began < 1
    assert not watchers()


@pytest.mark.parametrize("fault", ["hang", "mute"])
def test_a_stop_ends_threads_that_wait_for_a_silent_server(server: FakeServer, record: Start, fault: str) -> None:
    recorder = record(("Pod", "Service", "StatefulSet"))
    server.strike("ns", Fault("close"))
    for _ in range(3):
        server.strike("ns", Fault(fault))
    recorder.wait(10**6, timeout_s=0.3)
    began = time.monotonic()
    recorder.stop()
    assert time.monotonic() - began < 1
    assert not watchers()


def test_a_start_that_gets_no_answer_ends_with_the_reason(server: FakeServer, api: Api) -> None:
    for _ in range(9):
        server.space("ns").list_faults.append(Fault("refuse", status=500))
    with pytest.raises(Unreachable, match=r"watching did not begin within 0.3 s: Pod: .*500"):
        Recorder(api, "ns", ("Pod",)).start(timeout_s=0.3)
    assert not watchers()


def test_an_error_of_our_own_in_a_watching_thread_is_raised_to_who_waits(server: FakeServer, record: Start) -> None:
    def stumble(_item: object) -> bool:
        raise ZeroDivisionError

    recorder = record(keep={"Pod": stumble})
    server.put("ns", "pods", "app-0")
    with pytest.raises(ZeroDivisionError):
        recorder.wait(recorder.history.end, timeout_s=5)


@pytest.mark.row(45)
def test_a_clock_that_is_set_back_changes_no_duration(
    server: FakeServer, record: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall clock is for readers: `at` goes on, and so do waits."""

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> SetBack:
            return cls(2001, 1, 1, tzinfo=tz)

    recorder = record()
    before = recorder.record("note", Verb.DONE, name="before")
    monkeypatch.setattr("harness.history.recorder.datetime", SetBack)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    after = recorder.record("note", Verb.DONE, name="after")
    assert before.wall > after.wall
    assert 0 <= after.at - before.at < 5
    began = time.monotonic()
    assert recorder.wait(recorder.history.end, 0.2) == recorder.history.end
    assert 0.2 <= time.monotonic() - began < 5


def test_a_waiter_is_woken_by_what_others_record(record: Start) -> None:
    recorder = record()
    end = recorder.history.end
    threading.Timer(0.1, recorder.record, (STEP, Verb.BEGAN), {"data": {"text": "a step"}}).start()
    began = time.monotonic()
    assert end + 1 == recorder.wait(end, timeout_s=5)
    assert time.monotonic() - began < 1
    assert recorder.history[end].data["text"] == "a step"


def test_a_wait_ends_with_the_same_end_when_its_time_is_over(record: Start) -> None:
    recorder = record()
    assert recorder.history.end == recorder.wait(recorder.history.end, timeout_s=0.05)


def test_volumes_count_only_where_a_claim_of_the_namespace_has_them(server: FakeServer, record: Start) -> None:
    claimed = {"spec": {"claimRef": {"namespace": "ns", "name": "data"}}}
    server.put("", "persistentvolumes", "ours", claimed)
    server.put("", "persistentvolumes", "theirs", {"spec": {"claimRef": {"namespace": "other"}}})
    server.put("", "persistentvolumes", "free")
    recorder = record(("PersistentVolume",))
    server.put("", "persistentvolumes", "free", claimed)
    server.put("", "persistentvolumes", "ours", {"spec": {}})
    topic = "PersistentVolume"
    await_(recorder, lambda: len(spell(recorder, topic)) == 3)
    assert spell(recorder, topic) == [("listed", "ours"), ("modified", "free"), ("modified", "ours")]
    recorder.confirm_fresh([topic])
    assert recorder.history.of(topic, Verb.SYNCED)


def test_a_window_is_proved_by_a_list_that_the_stream_has_caught_up_with(server: FakeServer, record: Start) -> None:
    server.put("ns", "pods", "app-0")
    recorder = record(("Pod", "Service"))
    server.drop("ns", "pods", "app-0")
    server.put("ns", "pods", "app-1")
    asked = recorder.confirm_fresh(["Pod", "Service"])
    assert spell(recorder)[:3] == [("listed", "app-0"), ("deleted", "app-0"), ("added", "app-1")]
    for kind in ("Pod", "Service"):
        proof = recorder.history.synced(kind, asked)
        assert proof is not None
        assert asked <= proof.data["asked"] <= proof.at
        assert 0 <= proof.data["lag"] < 1
    assert recorder.history.synced("Pod", recorder.now) is None


@pytest.mark.parametrize("what", ["put", "drop", "add"])
def test_a_stream_that_cannot_catch_up_proves_nothing(server: FakeServer, record: Start, what: str) -> None:
    """The watch falls silent before a change, so that only the list knows of it."""
    server.put("ns", "pods", "app-0")
    recorder = record()
    server.strike("ns", Fault("hang"))
    server.await_strike("ns")
    if what == "drop":
        server.drop("ns", "pods", "app-0")
    else:
        server.put("ns", "pods", "app-0" if what == "put" else "app-1")
    began = time.monotonic()
    asked = recorder.confirm_fresh(["Pod"], timeout_s=0.3)
    assert 0.25 < time.monotonic() - began < 2
    assert recorder.history.synced("Pod", asked) is None


def test_a_list_that_is_not_answered_proves_nothing(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.space("ns").list_faults.append(Fault("mute"))
    began = time.monotonic()
    asked = recorder.confirm_fresh(["Pod"], timeout_s=0.3)
    assert time.monotonic() - began < 2
    assert recorder.history.synced("Pod", asked) is None
    assert recorder.history.synced("Pod", recorder.confirm_fresh(["Pod"])) is not None


def test_a_proof_is_asked_for_again_while_the_server_is_away(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.space("ns").list_faults.extend([Fault("cut"), Fault("refuse", status=503), Fault("refuse", status=429)])
    asked = recorder.confirm_fresh(["Pod"], timeout_s=5)
    proof = recorder.history.synced("Pod", asked)
    assert proof is not None
    assert proof.data["asked"] > asked


def test_kinds_are_proved_at_the_same_time(server: FakeServer, record: Start) -> None:
    """Neither list is answered before both were asked for."""
    recorder, both = record(("Pod", "Service")), threading.Barrier(2, timeout=5)

    def answer(_call: Call) -> tuple[int, Body]:
        both.wait()
        return 200, {"metadata": {"resourceVersion": str(server.version)}, "items": []}

    server.answers["GET", "/api/v1/namespaces/ns/pods"] = answer
    server.answers["GET", "/api/v1/namespaces/ns/services"] = answer
    asked = recorder.confirm_fresh(["Pod", "Service"])
    assert recorder.history.synced("Pod", asked)
    assert recorder.history.synced("Service", asked)


@pytest.mark.parametrize(("code", "error"), [(401, Unauthorized), (403, Forbidden)])
def test_a_proof_that_may_not_be_taken_is_raised(
    server: FakeServer, record: Start, code: int, error: type[Exception]
) -> None:
    recorder = record()
    server.space("ns").list_faults.append(Fault("refuse", status=code))
    with pytest.raises(error):
        recorder.confirm_fresh(["Pod"])


def test_a_proof_waits_for_a_change_on_its_way(server: FakeServer, record: Start) -> None:
    recorder = record()
    server.delay_s = 0.2
    server.put("ns", "pods", "app-0")
    asked = recorder.confirm_fresh(["Pod"])
    proof = recorder.history.synced("Pod", asked)
    assert proof is not None
    assert 0.1 < proof.data["lag"] < 1
    assert recorder.history.of("Pod", Verb.ADDED)[0].seq < proof.seq
    assert recorder.history.lag == proof.data["lag"]


def watchers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("watch ")]


def test_a_kind_can_be_recorded_from_later_on(server: FakeServer, record: Start) -> None:
    server.put("ns", "replicasets", "app")
    recorder = record()
    recorder.watch(["ReplicaSet", "Pod"], timeout_s=5)
    server.put("ns", "replicasets", "app", {"status": {"replicas": 1}})
    await_(recorder, lambda: len(recorder.history.of("ReplicaSet")) == 2)
    assert spell(recorder, "ReplicaSet") == [("listed", "app"), ("modified", "app")]
    assert recorder.kinds == ("Pod", "ReplicaSet")


def test_a_kind_that_is_refused_later_on_is_said_at_once(server: FakeServer, record: Start) -> None:
    recorder = record()
    refusal = status(403, "Forbidden", "replicasets is forbidden")
    server.answers["GET", "/apis/apps/v1/namespaces/ns/replicasets"] = lambda _call: (403, refusal)
    with pytest.raises(Forbidden):
        recorder.watch(["ReplicaSet"], timeout_s=5)
