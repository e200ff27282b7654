"""Images of real servers: which files they take, how they are made once, who may have them."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from harness.cluster.embedded import packages, servers
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import Family, family_of
from harness.cluster.embedded.images import Layer
from harness.cluster.embedded.packages import Packages, Unpacked, unpack
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths
from harness.errors import EnvironmentUnfit

WANTED = Packages("bookworm", ("server",), ("/usr/sbin/server", "/usr/share/server/*.sql"))
SYSTEM = {
    "./usr/sbin/server": "program",
    "./usr/share/server/tables.sql": "tables",
    "./usr/share/server/more/help.sql": "help",
    "./usr/share/doc/server/changelog.gz": "changes",
    "./lib/x86_64-linux-gnu/libc.so.6": "library",
    "./usr/lib/x86_64-linux-gnu/gconv/BIG5.so": "rare",
    "./lib64/ld-linux-x86-64.so.2": "loader",
    "./etc/packages": "server_1.0_amd64.deb\n",
}
TOOL = """\
#!/usr/bin/env python3
# Writes the system that the test left beside it, as mmdebstrap would, and counts how often it was asked.
import pathlib, shutil, sys
here = pathlib.Path(__file__).parent
with (here / "asked").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
shutil.copy(here / "system.tar", sys.argv[-1])
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a program in place of mmdebstrap, whose system is SYSTEM."""
    program = tmp_path / "tool" / "mmdebstrap"
    program.parent.mkdir()
    program.write_text(TOOL)
    program.chmod(0o755)
    with tarfile.open(program.with_name("system.tar"), "w") as system:
        for name, text in SYSTEM.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(text), 1700000000
            system.addfile(member, io.BytesIO(text.encode()))
    monkeypatch.setattr(packages, "distribution_program", lambda _: program)
    return program.parent


def fetch(cache: Path, wanted: Packages = WANTED) -> Unpacked:
    return unpack(wanted, Cache(cache), lambda _: None)


def test_a_layer_takes_the_files_asked_for_and_the_libraries_and_nothing_else(tool: Path, tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(fetch(tmp_path / "cache").tar())) as layer:
        found = {member.name: member for member in layer}

    assert set(found) == {
        *("lib", "lib64", "usr/sbin/server", "usr/share/server/tables.sql", "etc/packages"),
        *("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib64/ld-linux-x86-64.so.2"),
    }
    assert (found["lib"].linkname, found["lib64"].linkname) == ("usr/lib", "usr/lib64")
    assert {member.mtime for member in found.values()} == {0}


def test_packages_are_fetched_once_and_give_the_same_bytes(tool: Path, tmp_path: Path) -> None:
    first, again, elsewhere = (fetch(tmp_path / name) for name in ("one", "one", "two"))

    assert first == again
    assert first.tar() == elsewhere.tar()
    assert len((tool / "asked").read_text().splitlines()) == 2


def test_another_release_or_file_is_another_layer(tool: Path, tmp_path: Path) -> None:
    others = (Packages("trixie", WANTED.names, WANTED.files), Packages("bookworm", WANTED.names, ("/etc/*",)))

    assert len({fetch(tmp_path, each).key() for each in (WANTED, *others)}) == 3


def test_packages_that_cannot_be_fetched_are_told_with_the_tools_words(tool: Path, tmp_path: Path) -> None:
    (tool / "mmdebstrap").write_text("#!/bin/sh\necho E: no such release >&2\nexit 1\n")

    with pytest.raises(EnvironmentUnfit, match="E: no such release"):
        fetch(tmp_path)


def test_without_the_tool_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "distribution_program", lambda _: None)

    with pytest.raises(EnvironmentUnfit, match="apt-get install mmdebstrap"):
        fetch(tmp_path)


class NoPrograms:
    def ensure(self, family: object) -> Path:
        raise AssertionError(f"a recipe asked for {family}")


def test_each_server_has_two_versions_its_user_and_what_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "unpack", lambda wanted, *_: Layer(texts={"etc/packages": wanted.release}))
    monkeypatch.setattr(servers, "_RECIPES", {name: servers._RECIPES[name] for name in ("nginx", "mariadb")})
    (tmp_path / "busybox").write_text("busybox")
    monkeypatch.setattr(servers, "distribution_program", lambda name: tmp_path / name)

    found = list(servers.archives(Programs(NoPrograms()), Cache(tmp_path / "cache"), lambda _: None))

    images = {name: config for path in found for name, config in configurations(path)}
    assert {name.removeprefix("docker.io/library/") for name in images} == {
        *("nginx:1.22", "nginx:1.26", "mariadb:10.11", "mariadb:11.8"),
    }
    assert images["docker.io/library/mariadb:11.8"]["Entrypoint"] == ["docker-entrypoint.sh"]
    assert images["docker.io/library/nginx:1.26"]["StopSignal"] == "SIGQUIT"
    members = layers(next(path for path in found if "mariadb" in path.parent.name))
    assert stat.S_IMODE(members["usr/local/bin/docker-entrypoint.sh"].mode) == 0o755


class Pinned:
    """A source that has the programs of every family in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ensure(self, family: Family) -> Path:
        for program in family.programs:
            (self.folder / program.name).write_text(program.name)
        return self.folder


def test_members_of_etcd_are_the_pinned_program_beside_a_shell_and_no_other_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_RECIPES", {"etcd": servers._RECIPES["etcd"]})
    (tmp_path / "busybox").write_text("busybox")
    monkeypatch.setattr(servers, "distribution_program", lambda name: tmp_path / name)
    monkeypatch.setenv("PATH", "")

    (path,) = servers.archives(Programs(Pinned(tmp_path)), Cache(tmp_path / "cache"), lambda _: None)

    ((name, _),) = configurations(path)
    assert name == f"registry.k8s.io/etcd:{family_of('etcd').version.removeprefix('v')}-0"
    assert {each for each, member in layers(path).items() if member.isfile()} == {
        *("bin/sh", "usr/local/bin/etcd", "usr/local/bin/etcdctl"),
    }


def configurations(path: Path) -> list[tuple[str, dict[str, object]]]:
    with tarfile.open(path) as image:
        manifest = json.load(image.extractfile("manifest.json"))  # type: ignore[arg-type]
        return [
            (entry["RepoTags"][0], json.load(image.extractfile(entry["Config"]))["config"])  # type: ignore[arg-type]
            for entry in manifest
        ]


def layers(path: Path) -> dict[str, tarfile.TarInfo]:
    found = {}
    with tarfile.open(path) as image:
        for name in image.getnames():
            if name.endswith(".tar"):
                with tarfile.open(fileobj=image.extractfile(name)) as layer:
                    found.update({member.name: member for member in layer})
    return found


@pytest.fixture
def paths(tmp_path: Path) -> ClusterPaths:
    found = ClusterPaths("mine", tmp_path / "state", tmp_path / "data", tmp_path / "lock")
    found.state.mkdir()
    return found


def test_an_archive_is_loaded_once_into_a_cluster(paths: ClusterPaths, tmp_path: Path) -> None:
    loaded: list[Path] = []
    archive = tmp_path / "nginx-1234" / "images.tar"
    for _ in range(2):
        servers.load_once(paths, archive, loaded.append)

    assert loaded == [archive]


def test_an_archive_that_could_not_be_loaded_is_tried_again(paths: ClusterPaths, tmp_path: Path) -> None:
    def fail(_: Path) -> None:
        raise EnvironmentUnfit("no room")

    loaded: list[Path] = []
    archive = tmp_path / "nginx-1234" / "images.tar"
    with pytest.raises(EnvironmentUnfit):
        servers.load_once(paths, archive, fail)
    servers.load_once(paths, archive, loaded.append)

    assert loaded == [archive]


def test_without_the_tool_a_cluster_lacks_servers_unless_they_were_loaded(
    paths: ClusterPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "distribution_program", lambda _: None)

    assert "apt-get install mmdebstrap" in servers.missing_reason(paths)
    for name in servers._RECIPES:
        servers.load_once(paths, tmp_path / f"{name}-1234" / "images.tar", lambda _: None)
    assert servers.missing_reason(paths) == ""


def test_who_may_not_change_a_cluster_is_told_who_can_load_servers(
    paths: ClusterPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers.os, "access", lambda *_: False)

    assert "statefulspec cluster up --name mine --servers" in servers.missing_reason(paths)
