"""When two failures are the same failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.reports.signature import signature


@pytest.mark.parametrize(
    ("once", "again"),
    [
        ("pod web-6f66f6b747 is gone", "pod web-7d9c5b8f4d is gone"),
        (
            "namespace statefulspec-a5b1c9 is not removed after 12.4 s",
            "namespace statefulspec-ff0342 is not removed after 800 ms",
        ),
        ("uid 6dbb7ea1-a576-403a-b5de-547927bd9c41", "uid 00000000-a576-403a-b5de-547927bd9c41"),
        ("10.1.0.5:53 has not answered", "10.244.1.17:53 has not answered"),
        ("at 2026-11-21T10:49:01.300+00:00", "at 2027-01-02T00:00:00Z"),
        ("<function found at 0x7f40f1ccf880>", "<function found at 0x7e00a1ccf88f>"),
    ],
)
def test_ids_and_times_make_no_difference(failed, once, again):
    assert signature(replace(failed, message=once)) == signature(replace(failed, message=again))


@pytest.mark.parametrize("other", ["pod web-1 is gone", "claim web-0 is gone"])
def test_what_failed_makes_a_difference(failed, other):
    assert signature(replace(failed, message="pod web-0 is gone")) != signature(replace(failed, message=other))


def test_the_kind_of_failure_and_its_clause_make_a_difference(failed):
    found = {
        signature(failed),
        signature(replace(failed, outcome="inconclusive")),
        signature(replace(failed, facts={"clause": "order"})),
    }

    assert len(found) == 3


def test_what_did_not_fail_has_no_signature(failed):
    assert signature(replace(failed, outcome="passed")) == ""
