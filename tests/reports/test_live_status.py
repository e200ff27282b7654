"""What can be seen of a scenario that runs."""

from __future__ import annotations

from harness.reports.live_status import COLUMNS, LiveStatus, live_status_of


def test_a_replica_is_a_line_with_a_sign_for_each_second(recorded):
    glimpse = live_status_of("a set", recorded, recorded.now, "all are ready")
    lanes = dict(glimpse.lanes)

    assert set(lanes) == {"web-0", "web-1", "web-2", "web-3", "web-4"}
    assert {len(signs) for signs in lanes.values()} == {COLUMNS}
    assert lanes["web-0"][-1] == "█"
    assert lanes["web-4"][-1] == "·"


def test_what_is_seen_early_is_what_there_was_then(recorded):
    born = recorded.incarnations("Pod", "web-1")[0].first
    [(name, signs)] = live_status_of("a set", recorded.upto(born.seq), born.at, "").lanes

    assert name == "web-0"
    assert signs.endswith("█")


def test_lines_tell_scenario_step_and_what_it_waits_for_and_are_never_too_long(recorded):
    lines = live_status_of("a set", recorded, recorded.now, "all are ready").lines(50)

    assert lines[:3] == ["… a set", "    step 3: it is as it was", "    waiting: all are ready"]
    assert lines[3].startswith("    web-0 ")
    assert max(map(len, live_status_of("a" * 90, recorded, recorded.now, "").lines(20))) == 20


def test_a_glimpse_travels_as_text(recorded):
    glimpse = live_status_of("a set", recorded, recorded.now, "all are ready")

    assert LiveStatus.from_json(glimpse.to_json()) == glimpse
