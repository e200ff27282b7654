"""What a client's lines mean, and which of them are recorded."""

from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.history.sampling import HOLE_S, Sample, SampleFilter, read_sample


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ("answer web-0 ok", Sample("answer", "web-0", "ok")),
        ("answer web-0 failed no route  to host", Sample("answer", "web-0", "failed", "no route to host")),
        ("name web-0.web 10.0.0.1", Sample("name", "web-0.web", "10.0.0.1")),
        ("write k1 unknown", Sample("write", "k1", "unknown")),
        ("write k1 began", Sample("write", "k1", "began")),
        ("", None),
        ("# a word to people", None),
    ],
)
def test_lines(line: str, sample: Sample | None) -> None:
    assert read_sample(line, "visitor") == sample


@pytest.mark.parametrize("line", ["answer web-0", "answer web-0 maybe", "write k1 lost", "hello", "name web-0.web"])
def test_what_is_no_sample_is_named_with_its_client_and_the_known_forms(line: str) -> None:
    with pytest.raises(BadInput, match="visitor") as caught:
        read_sample(line, "visitor")
    assert line in str(caught.value)
    assert "answer MEMBER ok|failed" in str(caught.value)


def test_a_name_is_recorded_as_an_answer_is() -> None:
    """The promise about names reads both."""
    two, none = read_sample("name web 10.0.0.1,10.0.0.2", "v"), read_sample("name web none", "v")
    failed = read_sample("name web failed", "v")
    assert two is not None
    assert none is not None
    assert failed is not None
    assert (two.facts()["rcode"], two.facts()["records"]) == ("NOERROR", ["10.0.0.1", "10.0.0.2"])
    assert (none.facts()["rcode"], none.facts()["records"]) == ("NXDOMAIN", [])
    assert "rcode" not in failed.facts()


OK, FAILED = Sample("answer", "web-0", "ok"), Sample("answer", "web-0", "failed")


def test_equal_answers_are_left_out_for_a_second_and_counted() -> None:
    fold = SampleFilter()
    taken = [fold.take(OK, clock) for clock in (0.0, 0.3, 0.6, 0.9, 1.2, 1.5)]
    assert taken == [0, None, None, None, 3, None]
    assert fold.flush() == [(OK, 1.5, 0)]
    assert fold.flush() == []


def test_changes_and_failures_are_never_left_out() -> None:
    fold = SampleFilter()
    assert [fold.take(each, clock / 10) for clock, each in enumerate([OK, FAILED, FAILED, OK])] == [0, 0, 0, 0]


def test_writes_are_never_left_out() -> None:
    fold = SampleFilter()
    assert [fold.take(Sample("write", "k", "began"), clock) for clock in (0.0, 0.1)] == [0, 0]


def test_a_hole_is_known_for_each_subject_and_never_for_writes() -> None:
    fold, other = SampleFilter(), Sample("answer", "web-1", "ok")
    fold.take(OK, 1.0)
    fold.take(other, 1.0 + HOLE_S)
    assert fold.hole(OK, 1.0 + HOLE_S) is None
    assert fold.hole(OK, 1.1 + HOLE_S) == 1.0
    assert fold.hole(other, 1.1 + HOLE_S) is None
    fold.take(Sample("write", "k", "ok"), 0.0)
    assert fold.hole(Sample("write", "k", "ok"), 60.0) is None
