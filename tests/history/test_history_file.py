"""A stored history is the very same history, and a file that is none says so."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.history.history import History
from harness.history.history_file import SCHEMA, load, save
from harness.history.observation import Observation, Verb

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
texts = st.text(max_size=10)


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History()
    for at in sorted(draw(st.lists(st.floats(0, 1e6), max_size=8))):
        verb = draw(st.sampled_from(Verb))
        data = draw(st.dictionaries(texts, json_values, max_size=3))
        name, uid = draw(texts), draw(texts)
        history.append(Observation(history.end, at, "2026-01-01T00:00:00.000+00:00", "Pod", verb, name, uid, data))
    return history


@given(histories(), st.dictionaries(texts, json_values, max_size=3), st.sampled_from(["a.jsonl", "a.jsonl.gz"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_what_is_read_is_what_was_written(
    tmp_path: Path, history: History, header: dict[str, object], name: str
) -> None:
    save(history, tmp_path / name, header)
    read_header, read = load(tmp_path / name)
    assert (header, list(history)) == (read_header, list(read))


def stored(tmp_path: Path, name: str = "run.jsonl") -> Path:
    seen = [Observation(seq, float(seq), "", "Pod", Verb.ADDED, f"app-{seq}", f"u{seq}") for seq in range(3)]
    save(History(seen), tmp_path / name, {"scenario": "x"})
    return tmp_path / name


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_recording_cut_short_anywhere_is_refused(tmp_path: Path, cut: int) -> None:
    path = stored(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * cut // 8])
    with pytest.raises(BadInput, match=r"run\.jsonl:\d+: (the recording is cut short|this is no recording)"):
        load(path)


def test_a_recording_that_lacks_its_last_observation_says_how_many_there_are(tmp_path: Path) -> None:
    path = stored(tmp_path)
    path.write_text("\n".join(lines(path)[:-1]) + "\n")
    with pytest.raises(BadInput, match=r"run\.jsonl:3: the recording is cut short: it has 2 of 3 observations"):
        load(path)


def test_a_compressed_recording_cut_short_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, "run.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match="cut short or damaged"):
        load(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "run.jsonl:1: this is no recording", id="empty"),
        pytest.param(b"hello\n", "run.jsonl:1: this is no recording", id="text"),
        pytest.param(b"[1]\n", "run.jsonl:1: this is no recording", id="JSON"),
        pytest.param(b'{"a": 1}\n', "names no statefulspec-history", id="foreign"),
        pytest.param(b'{"schema": "statefulspec-history/2"}\n', "another version, statefulspec-history/2", id="newer"),
        pytest.param(b"\xff\xfe\x00", "it is not text", id="binary"),
        pytest.param(gzip.compress(b"x"), "it is not text", id="compressed without suffix"),
    ],
)
def test_a_file_that_is_no_recording_says_so(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        load(path)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "change", [{"seq": 5}, {"verb": "seen"}, {"data": None}, {"at": "soon"}, {"uid": 7}, {"strange": 1}]
)
def test_a_line_that_is_no_observation_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = stored(tmp_path)
    kept = lines(path)
    kept[2] = json.dumps(json.loads(kept[2]) | change)
    path.write_text("\n".join(kept) + "\n")
    with pytest.raises(BadInput, match=r"run\.jsonl:3: "):
        load(path)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl: there is no such recording"):
        load(tmp_path / "nowhere.jsonl")


def test_the_first_line_names_the_schema(tmp_path: Path) -> None:
    assert json.loads(lines(stored(tmp_path))[0])["schema"] == SCHEMA
