"""Programs are the pinned ones, or those the user gives; where they come from is one interface."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ci.offline_kind.sources import KIND
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import (
    DEFAULT,
    Family,
    families,
    family_of,
    kubernetes_versions,
    program_names,
    release_of,
)
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.toolchain import installed_toolchain
from harness.errors import BadInput, EnvironmentUnfit

ETCD = family_of("etcd")


class Known:
    """A source that has everything in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def ensure(self, family: Family) -> Path:
        self.asked.append(family.name)
        return self.folder


def program(folder: Path, name: str, says: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return folder


ALL = dict.fromkeys(family.folder for minor in kubernetes_versions() for family in families(minor))
"""The folder of every family of every version, once."""


@pytest.mark.parametrize(
    "family",
    [
        *(
            next(one for minor in kubernetes_versions() for one in families(minor) if one.folder == each)
            for each in ALL
        ),
        KIND,
    ],
    ids=lambda family: f"{family.name}-{family.version}",
)
def test_a_family_says_what_its_go_mod_pins(family: Family) -> None:
    text = (family.folder / "go.mod").read_text()
    assert re.search(rf"^(require )?\s*{re.escape(family.module)} {re.escape(family.version)}\b", text, re.MULTILINE)
    tools = set(re.findall(r"^(?:tool )?\s*([a-z0-9.]+/\S+)$", text, re.MULTILINE))
    assert tools == {each.package for each in family.programs} - {"."}  # a main of ours is beside its go.mod
    assert f"{family.module} {family.version} h1:" in (family.folder / "go.sum").read_text()


def test_a_given_path_wins_and_may_be_any_build(path_folder: Path, tmp_path: Path) -> None:
    mine = program(tmp_path, "my-kcm", "Kubernetes v1.99.0")
    source = Known(tmp_path)
    found = Programs(source, {"kube-controller-manager": mine}).find(["kube-controller-manager"])
    assert found == {"kube-controller-manager": mine}
    assert source.asked == []


def test_what_the_machine_has_under_a_program_s_name_is_not_even_asked(path_folder: Path, tmp_path: Path) -> None:
    there = program(path_folder, "etcd", "etcd Version: 3.6.8")
    there.write_text(f"#!/bin/sh\necho called >{tmp_path}/trace\necho etcd Version: 3.6.8\n")
    assert Programs(Known(tmp_path)).find(["etcd"]) == {"etcd": tmp_path / "etcd"}
    assert not (tmp_path / "trace").exists()


def test_a_program_that_no_cluster_has_is_refused_with_the_names(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        Programs(Known(tmp_path), {"kubelet2": tmp_path})
    assert all(name in refusal.value.remedy for name in program_names())


def test_a_path_that_is_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x")
    with pytest.raises(BadInput, match="is not a program"):
        Programs(Known(tmp_path), {"etcd": tmp_path / "text"})


GO = """#!/bin/sh
case "$1" in
  env)
    if [ "$2" = -json ]; then
      printf '{"GOPROXY": "%s", "GOCACHE": "/kept"}' "$GOPROXY"
    else
      echo go1.99.0
    fi ;;
  list) if [ "$2" = -m ]; then echo "$GOPROXY"; else printf 'a\nb\n'; fi ;;
  build)
    test ! -e "$GOPROXY/failure" || { cat "$GOPROXY/failure" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    for name in server etcdctl; do env | sort > "$2/$name"; done ;;
esac
"""


@pytest.fixture
def go(path_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command = path_folder / "go"
    command.write_text(GO)
    command.chmod(0o755)
    monkeypatch.setenv("GOPROXY", str(tmp_path))
    return command


def test_a_family_is_built_once_with_pinned_flags_and_progress(go: Path, tmp_path: Path) -> None:
    said: list[str] = []
    source = GoModules(Cache(tmp_path / "cache"), said.append)
    folder = source.ensure(ETCD)
    told = (folder / "etcd").read_text()
    assert "GOFLAGS=-mod=readonly -trimpath -buildvcs=false\n" in told
    assert "CGO_ENABLED=0\n" in told
    assert said[:2] == ["building etcd v3.6.8 from its Go module", "… etcd: fetching its modules"]
    assert re.fullmatch(r"built etcd in \d+ m?s", said[-1])
    told_before = len(said)
    assert source.ensure(ETCD) == folder
    assert len(said) == told_before


def test_a_folder_of_the_module_comes_as_files_that_can_be_removed_again(go: Path, tmp_path: Path) -> None:
    module = tmp_path / "base" / "etc"
    module.mkdir(parents=True)
    (module / "settings").write_text("x")
    (module / "settings").chmod(0o444)
    module.chmod(0o555)
    family = Family("tool", "example.org/tool", "v1", (), files={"files": "base"}, home=tmp_path / "families")
    family.folder.mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (family.folder / name).touch()
    copied = GoModules(Cache(tmp_path / "cache"), lambda _: None).ensure(family) / "files" / "etc"
    assert (copied / "settings").read_text() == "x"
    assert copied.stat().st_mode & 0o200
    module.chmod(0o755)


def test_a_build_takes_from_the_user_where_modules_come_from_and_nothing_else(
    go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {"GOFLAGS": "-mod=vendor", "GOOS": "plan9", "GOARCH": "arm", "GOEXPERIMENT": "none", "CGO_ENABLED": "1"}
    for name, value in {**others, "https_proxy": "http://proxy.example.org:3128"}.items():
        monkeypatch.setenv(name, value)
    told = (GoModules(Cache(tmp_path / "cache"), lambda _: None).ensure(ETCD) / "etcd").read_text()
    assert f"GOPROXY={tmp_path}\n" in told
    assert "GOCACHE=/kept\n" in told
    assert "https_proxy=http://proxy.example.org:3128\n" in told
    assert [name for name, value in others.items() if f"{name}={value}\n" in told] == []
    assert "GOENV=off\n" in told  # or `go env -w GOOS=plan9` would count


def test_a_go_that_does_not_say_its_version_is_none(path_folder: Path) -> None:
    program(path_folder, "go").write_text("#!/bin/sh\nexit 3\n")
    assert installed_toolchain() is None


def test_a_build_that_fails_says_what_the_compiler_said(go: Path, tmp_path: Path) -> None:
    (tmp_path / "failure").write_text("no such module")
    with pytest.raises(EnvironmentUnfit) as refusal:
        GoModules(Cache(tmp_path / "cache"), lambda _: None).ensure(ETCD)
    assert refusal.value.observed == "no such module"
    assert "could not be built" in refusal.value.title


def test_versions_stand_in_the_order_of_their_numbers_and_the_default_is_one_of_them() -> None:
    known = [tuple(map(int, minor.split("."))) for minor in kubernetes_versions()]
    assert known == sorted(known)
    assert DEFAULT in kubernetes_versions()


@pytest.mark.parametrize("minor", kubernetes_versions())
def test_a_version_is_built_as_itself(minor: str) -> None:
    """Its stamps are its own, all modules of it are of one release, and runtime defaults are those of its time."""
    family = family_of("kubelet", minor)
    release, number = release_of(minor), minor.partition(".")[2]
    assert family.version == release
    assert f".gitVersion={release} " in family.link_flags
    assert family.link_flags.endswith(f".gitMinor={number}")
    text = (family.folder / "go.mod").read_text()
    staging = re.findall(r"^\t(k8s\.io/\S+) => (\S+) v0\.(\S+)$", text, re.MULTILINE)
    assert len(staging) > 30
    assert all(old == new and patch == release.removeprefix("v1.") for old, new, patch in staging)
    go = re.search(r"^go (\d+\.\d+)", text, re.MULTILINE)
    told = re.search(r"^godebug default=go(\S+)$", text, re.MULTILINE)
    assert go is not None
    assert told is None or told[1] == go[1]


def test_a_version_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInput) as refusal:
        families("1.33")
    assert all(f"{minor} ({release_of(minor)})" in refusal.value.remedy for minor in kubernetes_versions())


def test_a_version_has_of_its_own_what_lies_in_its_folder_and_shares_the_rest() -> None:
    older, newer = ({family.name: family.folder for family in families(minor)} for minor in ("1.36", "1.37"))
    assert {name for name in older if older[name] != newer[name]} == {"etcd", "kubernetes"}


def test_chosen_programs_tell_their_versions_or_where_they_lie(tmp_path: Path) -> None:
    newer, silent = program(tmp_path, "kcm", "Kubernetes v1.37.2"), program(tmp_path, "dns", "flag unknown")
    given = Programs(Known(tmp_path), {"kube-controller-manager": newer, "coredns": silent}).given
    assert given == {"kube-controller-manager": "v1.37.2", "coredns": str(silent)}
