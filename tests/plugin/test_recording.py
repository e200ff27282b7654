"""Where a scenario's recording lies: its name, and how it is found again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.history.history import History
from harness.history.history_file import save
from harness.plugin.recording import find_recording, recording_name

BOOKS = "features/shelves/books.feature::test_no_more_is_lost[at most 0 missing]"
SHARE = "features/shelves/books.feature::test_no_more_is_lost[at most 0% missing]"


def stored(node_id: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{recording_name(node_id)}.jsonl.gz"
    save(History(), path, {"scenario": node_id})
    return path


def found(node_id: str, replay: Path) -> Path:
    return find_recording(SimpleNamespace(nodeid=node_id), replay)  # type: ignore[arg-type]


def test_examples_that_read_alike_have_recordings_of_their_own(tmp_path):
    count, share = stored(BOOKS, tmp_path), stored(SHARE, tmp_path)

    assert count != share
    assert (found(BOOKS, tmp_path), found(SHARE, tmp_path)) == (count, share)


def test_a_name_is_the_same_in_every_run_and_begins_with_what_a_person_looks_for():
    assert recording_name(BOOKS) == "shelves-books-no_more_is_lost-at-most-0-missing-6d2b1542"


@given(st.text("a %/é", max_size=400), st.text("a %/é", max_size=400))
def test_names_are_short_and_no_two_scenarios_share_one(one, other):
    names = {recording_name(f"books.feature::test_{title}") for title in (one, other)}

    assert len(names) == len({one, other})
    assert all(len(f"{name}.jsonl.gz".encode()) <= 143 and "/" not in name for name in names)


def test_a_recording_is_found_where_its_features_lay_elsewhere(tmp_path):
    made = stored(f"../elsewhere/{BOOKS}", tmp_path / "recordings")

    assert found(BOOKS, tmp_path) == made


def test_a_recording_of_another_example_is_not_taken_for_it(tmp_path):
    stored(f"../elsewhere/{SHARE}", tmp_path)

    with pytest.raises(BadInput, match="there is no recording of this scenario"):
        found(BOOKS, tmp_path)
