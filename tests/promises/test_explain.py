"""A counterexample in words that a reader understands."""

from __future__ import annotations

from dataclasses import replace

from harness.history.observation import ACTION, ANSWER, OUTPUT
from harness.promises.explain import explain, spell_events
from harness.promises.mutations import mutate
from harness.promises.verdict import PROMISES, judge
from tests.promises.histories import SUBJECT, World, rich, whole


def test_table_tells_what_happened_when() -> None:
    """One line per event: when, to what, and what it means."""
    record = mutate("ordered start: terminating", rich())
    verdict = judge(PROMISES["ordered start"], record, SUBJECT, whole(record))
    assert spell_events(record, verdict.events, 0).splitlines() == [
        "    +52.600 s  web-0            deletion asked for [web-v1]",
        "    +52.600 s  StatefulSet web  wants 3, partition 0, reports 1 ready",
        "    +54.600 s  web-1            created [web-v2]",
    ]


def test_times_count_from_the_window() -> None:
    """A verdict's rows count from where its window begins, and come in order of arrival."""
    record = mutate("ordered start: terminating", rich())
    late = next(seen for seen in record if seen.at > 50)
    verdict = judge(PROMISES["ordered start"], record, SUBJECT, replace(whole(record), start=late.seq))
    rows = explain(record, verdict.events[::-1], late.seq)
    assert [round(row.after_s, 3) for row in rows] == [round(row.observation.at - late.at, 3) for row in rows]
    assert [row.observation.seq for row in rows] == sorted(row.observation.seq for row in rows)


def test_life_of_a_pod_in_words() -> None:
    """Creation, readiness, deletion by whom, removal."""
    record = World(replicas=1).apply().settle().delete(0).settle().close()
    life = record.incarnations("Pod", "web-0")[0]
    rows = spell_events(record, life.seen, 0).splitlines()
    assert [row.split("web-0 ", 1)[1].strip() for row in rows] == [
        "created [web-v1]",
        "Running, not ready [web-v1]",
        "became ready [web-v1]",
        "deletion asked for by the scenario [web-v1]",
        "stopped being ready: Running, not ready, terminating [web-v1]",
        "removed by the scenario [web-v1]",
    ]


def test_what_is_not_an_object_in_words() -> None:
    """Actions, answers and outputs are told as what they are."""
    record = rich()
    told = {topic: spell_events(record, record.of(topic)[-1:], 0).split("  ")[-1] for topic in (ACTION, ANSWER, OUTPUT)}
    assert told[ACTION] == "patch by the scenario"
    assert told[ANSWER].startswith("SRV answered NOERROR: 0 33 80 web-0")
    assert told[OUTPUT] == "journal /data/f"


def test_no_events_no_table() -> None:
    """A verdict without events has no table."""
    assert spell_events(rich(), (), 0) == ""
