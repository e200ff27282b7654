"""
Whatever befalls the objects and the connection, the record is true: nothing invented, nothing twice, no loss hidden.

A drawn script of changes, faults and pauses runs against the fake server; afterwards the record is compared with what
the server knows to have happened.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.history import reflector
from harness.history.history import History
from harness.history.object_tracker import ObjectTracker
from harness.history.observation import Observation, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from tests.fakes.apiserver import Body, FakeServer, Fault, kubeconfig, serving, status

NAMES = ("app-0", "app-1", "app-2")
GONE = status(410, "Expired", "too old resource version")
FAULTS = (
    Fault("close"),
    Fault("cut"),
    Fault("gone"),
    Fault("repeat"),
    Fault("raw", raw=b"\n"),
    Fault("raw", raw=b'{"type": "MODIFIED", "obj\n'),
    Fault("raw", raw=b'{"type": "ODD", "object": {"metadata": {}}}\n'),
    Fault("refuse", status=410, body=GONE),
    Fault("refuse", status=429),
    Fault("refuse", status=503),
)

changes = st.tuples(st.sampled_from(["put", "drop", "replace"]), st.sampled_from(NAMES))
faults = st.tuples(st.just("fault"), st.sampled_from(FAULTS))
pauses = st.tuples(st.sampled_from(["compact", "pause", "settle"]), st.none())
scripts = st.lists(changes | changes | changes | faults | pauses, max_size=25)

Truth = list[tuple[int, str, Body]]
Script = list[tuple[str, str | Fault | None]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeServer, Api]]:
    with serving() as server:
        server.bookmark_s = 0.1  # also lets the server notice soon that a client has gone
        yield server, Api.connect(kubeconfig(tmp_path_factory.mktemp("world"), server.url))


spaces = itertools.count()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reflector, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(reflector, "_LONGEST_PAUSE_S", 0.004)


@pytest.mark.row(1, 5, 10)
@given(st.sets(st.sampled_from(NAMES)), scripts)
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_record_is_true_whatever_happens(world: tuple[FakeServer, Api], before: set[str], script: Script) -> None:
    play(world, before, script)


note = ObjectTracker._note


def note_again(self: ObjectTracker, verb: Verb, uid: str, *given: Any, **options: Any) -> None:
    """Forget which states were seen before."""
    self._seen.pop(uid, None)
    note(self, verb, uid, *given, **options)


LOSSES: Script = [
    ("fault", Fault("cut")),
    ("fault", Fault("refuse", status=410, body=GONE)),
    ("put", "app-0"),
    ("drop", "app-1"),
    ("put", "app-2"),
    ("compact", None),
]
REPEATS: Script = [("put", "app-0"), ("settle", None), ("fault", Fault("repeat")), ("settle", None)]


@pytest.mark.parametrize(
    ("flaw", "script"),
    [
        pytest.param({"_gap": lambda *_given: None}, LOSSES, id="hides gaps"),
        pytest.param({"_lost": lambda *_given: None}, LOSSES, id="hides removals"),
        pytest.param({"_lost": lambda self, uid, _since: self.known.pop(uid)}, LOSSES, id="forgets silently"),
        pytest.param({"_note": note_again}, [*REPEATS, ("put", "app-0")], id="records twice"),
    ],
)
def test_a_tracker_with_a_flaw_is_found_out(
    world: tuple[FakeServer, Api], monkeypatch: pytest.MonkeyPatch, flaw: dict[str, object], script: Script
) -> None:
    for name, replacement in flaw.items():
        monkeypatch.setattr(ObjectTracker, name, replacement)
    with pytest.raises(AssertionError):
        play(world, {"app-0", "app-1"}, script, at_once=script is LOSSES)


def play(world: tuple[FakeServer, Api], before: set[str], script: Script, *, at_once: bool = False) -> None:
    """Run a script and hold the record against the truth; `at_once`: nothing of the watch is served meanwhile."""
    server, api = world
    namespace = f"ns-{next(spaces)}"
    truth = Scripted(server, namespace)
    for name in sorted(before):
        truth.act("put", name)
    beginning = server.version
    recorder = Recorder(api, namespace, ("Pod",))
    recorder.start(timeout_s=10)
    try:
        with server.changed if at_once else nullcontext():
            for what, which in script:
                truth.act(what, which)
        if at_once:
            server.await_strike(namespace)
        truth.heal()
        truth.act("put", "last")  # a list shows nothing of what came and went, but this comes after all that
        recorder.confirm_fresh(["Pod"], timeout_s=5)
    finally:
        recorder.stop()
    history = recorder.history
    assert history.of("Pod", Verb.SYNCED), recorder.notes
    assert_state(history, server, namespace)
    assert_order(history)
    assert_nothing_invented(history, truth.happened)
    assert_losses_lie_in_gaps(history, truth.happened, beginning)


class Scripted:
    """Runs a script against one namespace and keeps what truly happened: (version, type, object)."""

    def __init__(self, server: FakeServer, namespace: str) -> None:
        self.server, self.namespace = server, namespace
        self.happened: Truth = []

    def act(self, what: str, which: str | Fault | None) -> None:
        if isinstance(which, Fault):
            self.server.strike(self.namespace, which)
            return
        there = ("pods", which) in self.server.space(self.namespace).objects
        if what == "put" or (what == "replace" and not there):
            self._note("MODIFIED" if there else "ADDED", self.server.put(self.namespace, "pods", str(which)))
        elif what == "drop" and there:
            self._note("DELETED", self.server.drop(self.namespace, "pods", str(which)))
        elif what == "replace":  # the set's controller does this faster than anybody can look
            with self.server.changed:
                self.act("drop", which)
                self.act("put", which)
        elif what == "compact":
            self.server.compact(self.namespace)
        elif what in ("pause", "settle"):
            time.sleep(0.002 if what == "pause" else 0.02)  # lets the threads get out of step, waits for nothing

    def heal(self) -> None:
        """End all faults to come."""
        with self.server.changed:
            self.server.space(self.namespace).faults.clear()

    def _note(self, kind: str, item: Body) -> None:
        self.happened.append((int(item["metadata"]["resourceVersion"]), kind, item))


def states(history: History) -> list[Observation]:
    return [seen for seen in history.of("Pod") if seen.is_state]


def assert_state(history: History, server: FakeServer, namespace: str) -> None:
    """Pass if the record ends in the state that the server has."""
    real = {name: item["metadata"] for (_, name), item in server.space(namespace).objects.items()}
    shown = {name: life.last.data["metadata"] for name, life in history.alive("Pod").items()}
    assert real == shown


def assert_order(history: History) -> None:
    """Pass if each object's states come in the order of its versions, its removal last and once."""
    for life in history.incarnations("Pod"):
        versions = [int(seen.resource_version) for seen in life.seen if seen.verb is not Verb.DELETED]
        assert sorted(set(versions)) == versions
        assert [seen.verb is Verb.DELETED for seen in life.seen[:-1]] == [False] * (len(life.seen) - 1)
        assert Verb.ADDED not in [seen.verb for seen in life.seen[1:]]


def assert_nothing_invented(history: History, happened: Truth) -> None:
    """Pass if each state was a true one, each creation and removal did happen."""
    true_states = {version: item for version, _, item in happened}
    created = {item["metadata"]["uid"] for _, kind, item in happened if kind == "ADDED"}
    deleted = {item["metadata"]["uid"] for _, kind, item in happened if kind == "DELETED"}
    for seen in states(history):
        real = true_states[int(seen.resource_version)]["metadata"]
        assert (real["uid"], real["name"]) == (seen.uid, seen.name)
        assert seen.verb is not Verb.DELETED or seen.uid in deleted
        assert seen.verb is not Verb.ADDED or seen.uid in created


def assert_losses_lie_in_gaps(history: History, happened: Truth, beginning: int) -> None:
    """Pass if what the record lacks since the beginning lies in gaps: the object's own, or the stream's if unknown."""
    seen = states(history)
    observed = {(int(state.resource_version), state.verb is Verb.DELETED) for state in seen}
    met = {state.uid for state in seen}
    for version, kind, item in happened:
        if version <= beginning or (version, kind == "DELETED") in observed:
            continue
        uid = item["metadata"]["uid"]
        owner = uid if uid in met else ""
        former = [state.seq for state in seen if int(state.resource_version) < version and owner in ("", state.uid)]
        later = [
            state.seq
            for state in seen
            if int(state.resource_version) > version and owner in ("", state.uid) and state.verb is not Verb.LISTED
        ]
        gaps = [gap.seq for gap in history.of("Pod", Verb.GAP) if gap.uid == owner]
        fitting = [seq for seq in gaps if all(seq < other for other in later)]
        assert fitting, f"{kind} {version} of {uid} was lost without a gap"
        assert owner == "" or max(fitting) > min(former, default=-1)
