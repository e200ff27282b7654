"""An entry of the cache is complete or absent, whoever makes it and whatever happens meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from harness.cluster.embedded.cache import Cache, key_of


def _build(root: Path, gate: Path) -> None:
    def make(folder: Path) -> None:
        with gate.open("a") as file:
            file.write(f"{os.getpid()}\n")
        (folder / "result").write_text("done")

    Cache(root).ensure("room", "thing", "key", make)


def _die_half_way(root: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)

    Cache(root).ensure("room", "thing", "key", make)


def test_an_entry_is_made_once(tmp_path: Path) -> None:
    cache, calls = Cache(tmp_path), []

    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "result").write_text("done")

    first = cache.ensure("room", "thing", "key", make)
    assert cache.ensure("room", "thing", "key", make) == first
    assert len(calls) == 1
    assert (first / "result").read_text() == "done"


def test_of_several_builders_one_builds_and_all_get_the_result(tmp_path: Path) -> None:
    gate = tmp_path / "builders"
    context = multiprocessing.get_context("spawn")
    builders = [context.Process(target=_build, args=(tmp_path / "cache", gate)) for _ in range(3)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(60)
    assert [builder.exitcode for builder in builders] == [0, 0, 0]
    assert len(gate.read_text().splitlines()) == 1


def test_a_builder_that_is_killed_leaves_no_entry_and_the_next_one_builds(tmp_path: Path) -> None:
    builder = multiprocessing.get_context("spawn").Process(target=_die_half_way, args=(tmp_path,))
    builder.start()
    builder.join(60)
    assert builder.exitcode == -signal.SIGKILL
    cache = Cache(tmp_path)
    assert not cache.entry("room", "thing", "key").exists()
    entry = cache.ensure("room", "thing", "key", lambda folder: (folder / "result").touch())
    assert [path.name for path in entry.iterdir()] == ["result"]
    assert [path for path in entry.parent.iterdir() if path.name.startswith(".")] == []


def test_a_builder_that_raises_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Cache(tmp_path).ensure("room", "thing", "key", fail)
    assert [path.suffix for path in (tmp_path / "room").iterdir()] == [".lock"]


def test_the_environment_says_where_the_cache_is(tmp_path: Path) -> None:
    assert Cache.of_user({"HARNESS_CACHE": str(tmp_path), "XDG_CACHE_HOME": "/x"}).root == tmp_path
    assert Cache.of_user({"XDG_CACHE_HOME": "/x"}).root == Path("/x/statefulspec")
    assert Cache.of_user({}).root == Path.home() / ".cache" / "statefulspec"


def test_a_key_knows_where_one_part_ends() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("ab", "c") == key_of(b"ab", b"c")
