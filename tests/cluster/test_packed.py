"""Programs that come packed in a package are those that would be built, whole, and looked at before each start."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.checksums import check_sums, write_sums
from harness.cluster.embedded.families import DEFAULT, Family, Program
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.packed import PACKAGE, pack
from harness.errors import EnvironmentUnfit

CONTENT = b"#!/bin/sh\necho here\n" * 1000


@pytest.fixture
def family(tmp_path: Path) -> Family:
    made = Family("tool", "example.org/tool", "v1.2.3", (Program("tool", "."),), home=tmp_path / "families")
    made.folder.mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (made.folder / name).write_text("module tool\n")
    return made


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "files").mkdir(parents=True)
    (folder / "tool").write_bytes(CONTENT)
    (folder / "tool").chmod(0o755)
    (folder / "files" / "settings").write_text("x")
    write_sums(folder)
    return folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the package that has archives, as if it were installed."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    folder = tmp_path / "site" / PACKAGE
    folder.mkdir(parents=True)
    return folder


def entry_of(family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the entry of the family is called in the cache: the archive bears its name."""
    monkeypatch.setattr(GoModules, "_build", lambda *_: None)
    return GoModules(Cache(tmp_path / "other"), print).ensure(family).name


def test_what_a_package_has_is_not_built(
    family: Family, built: Path, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(built, installed / f"{entry_of(family, tmp_path, monkeypatch)}.tar.xz")
    monkeypatch.delattr(GoModules, "_build")
    said: list[str] = []
    folder = GoModules(Cache(tmp_path / "cache"), said.append).ensure(family)
    assert said == ["unpacking tool v1.2.3"]
    assert (folder / "tool").read_bytes() == CONTENT
    assert (folder / "tool").stat().st_mode & 0o777 == 0o755
    assert (folder / "files" / "settings").read_text() == "x"
    check_sums([folder / "tool"])


def test_what_a_package_has_of_other_pins_is_not_taken(
    family: Family, built: Path, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(built, installed / f"{entry_of(family, tmp_path, monkeypatch)}.tar.xz")
    (family.folder / "go.sum").write_text("another\n")
    folder = GoModules(Cache(tmp_path / "cache"), print).ensure(family)
    assert not (folder / "tool").exists()  # a build of ours would have put it there: here nothing is compiled


def test_the_same_content_is_packed_into_the_same_bytes(built: Path, tmp_path: Path) -> None:
    pack(built, tmp_path / "one")
    for path in (built / "tool", built / "files"):
        path.touch()
    pack(built, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_archive_that_ends_early_is_refused_by_name_and_leaves_no_entry(
    family: Family, built: Path, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = installed / f"{entry_of(family, tmp_path, monkeypatch)}.tar.xz"
    pack(built, archive)
    archive.write_bytes(archive.read_bytes()[:-60])
    with pytest.raises(EnvironmentUnfit, match="cannot be unpacked") as refusal:
        GoModules(Cache(tmp_path / "cache"), print).ensure(family)
    assert str(archive) in refusal.value.look_at[0]
    assert not [entry for entry in (tmp_path / "cache" / "programs").iterdir() if entry.is_dir()]


def test_a_program_that_has_changed_since_it_was_made_is_told_before_it_runs(built: Path) -> None:
    check_sums([built / "tool"])
    (built / "tool").write_bytes(CONTENT[:-1])
    with pytest.raises(EnvironmentUnfit, match="tool of the cache cannot be trusted") as refusal:
        check_sums([built / "tool"])
    assert f"`rm -r {built}`" in refusal.value.look_at[0]


def test_a_program_that_nobody_wrote_down_is_told_as_well(built: Path) -> None:
    (built / "other").write_bytes(CONTENT)
    with pytest.raises(EnvironmentUnfit, match="other of the cache"):
        check_sums([built / "other"])


def test_a_program_of_the_user_s_own_is_not_ours_to_doubt(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(CONTENT)
    check_sums([tmp_path / "mine", Path(sys.executable)])


def test_the_extra_asks_for_the_packages_of_this_version() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    version = project["version"]
    packages = ("statefulspec-programs", f"statefulspec-kubernetes-{DEFAULT}")
    assert project["optional-dependencies"]["embedded"] == [f"{name}=={version}" for name in packages]
