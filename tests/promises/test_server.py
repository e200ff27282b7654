"""A record tells which Kubernetes it was made on, also one during which the server was upgraded."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import SERVER, Observation, Verb
from harness.promises.server import server_of


def told(seq: int, version: str, on: list[str] | None) -> Observation:
    return Observation(seq, float(seq), "2026-01-01T00:00:00.000+00:00", SERVER, Verb.DONE, version, data={"on": on})


def test_newest_word_counts_and_the_one_of_a_moment_is_found():
    history = History([told(0, "v1.36.3", ["Old"]), told(1, "v1.37.2-gke.100", ["New"])])

    now, former = server_of(history), server_of(history, before=1)

    assert now is not None
    assert former is not None
    assert (former.version, former.minor, former.is_on("Old"), former.is_on("New")) == ("v1.36.3", (1, 36), True, False)
    assert (now.version, now.minor, now.is_on("Old"), now.is_on("New")) == ("v1.37.2-gke.100", (1, 37), False, True)


def test_record_that_does_not_tell_is_of_no_version():
    assert server_of(History()) is None


def test_gates_that_nobody_was_told_of_are_unknown():
    server = server_of(History([told(0, "v1.36.3", None)]))

    assert server is not None
    assert server.gates is None
