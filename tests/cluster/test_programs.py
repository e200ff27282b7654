"""Programs are the pinned ones, or those the user gives; where they come from is one interface."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import FAMILIES, PROGRAMS, Family, Program, family_of
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.release_archives import Archive, ReleaseArchives
from harness.cluster.embedded.sources import Programs
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


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.name))
def test_a_family_says_what_its_go_mod_pins(family: Family) -> None:
    text = (family.folder / "go.mod").read_text()
    assert re.search(rf"^(require )?\s*{re.escape(family.module)} {re.escape(family.version)}\b", text, re.MULTILINE)
    tools = set(re.findall(r"^(?:tool )?\s*([a-z0-9.]+/\S+)$", text, re.MULTILINE))
    assert tools == {each.package for each in family.programs}
    assert f"{family.module} {family.version} h1:" in (family.folder / "go.sum").read_text()


def test_a_given_path_wins_and_may_be_any_build(path_folder: Path, tmp_path: Path) -> None:
    mine = program(tmp_path, "my-kcm", "Kubernetes v1.99.0")
    source = Known(tmp_path)
    found = Programs(source, {"kube-controller-manager": mine}).find(["kube-controller-manager"])
    assert found == {"kube-controller-manager": mine}
    assert source.asked == []


@pytest.mark.parametrize("says", ["etcd Version: 3.6.8", "v3.6.8"])
def test_path_counts_where_it_has_the_pinned_version(path_folder: Path, tmp_path: Path, says: str) -> None:
    there = program(path_folder, "etcd", says)
    assert Programs(Known(tmp_path)).find(["etcd"]) == {"etcd": there}


@pytest.mark.parametrize("says", ["etcd Version: 3.6.81", "etcd Version: 13.6.8", "etcd Version: 3.5.0", ""])
def test_path_does_not_count_with_another_version(path_folder: Path, tmp_path: Path, says: str) -> None:
    program(path_folder, "etcd", says)
    assert Programs(Known(tmp_path)).find(["etcd"]) == {"etcd": tmp_path / "etcd"}


def test_a_name_that_is_too_common_is_never_looked_for_on_path(path_folder: Path, tmp_path: Path) -> None:
    program(path_folder, "loopback", "v1.9.1")
    assert Programs(Known(tmp_path)).find(["loopback"]) == {"loopback": tmp_path / "loopback"}


def test_a_program_that_no_cluster_has_is_refused_with_the_names(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        Programs(Known(tmp_path), {"kubelet2": tmp_path})
    assert all(name in refusal.value.remedy for name in PROGRAMS)


def test_a_path_that_is_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x")
    with pytest.raises(BadInput, match="is not a program"):
        Programs(Known(tmp_path), {"etcd": tmp_path / "text"})


GO = """#!/bin/sh
case "$1" in
  env) echo go1.99.0 ;;
  list) echo "$FAKE_MODULE" ;;
  build)
    test -z "$FAKE_FAILURE" || { echo "$FAKE_FAILURE" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    echo "$GOFLAGS $CGO_ENABLED" > "$2" ;;
esac
"""


@pytest.fixture
def go(path_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command = path_folder / "go"
    command.write_text(GO)
    command.chmod(0o755)
    monkeypatch.setenv("FAKE_MODULE", str(tmp_path))
    return command


def test_a_family_is_built_once_with_pinned_flags_and_progress(go: Path, tmp_path: Path) -> None:
    said: list[str] = []
    source = GoModules(Cache(tmp_path / "cache"), said.append)
    folder = source.ensure(ETCD)
    assert (folder / "etcd").read_text() == "-mod=readonly -trimpath -buildvcs=false 0\n"
    assert re.fullmatch(r"building etcd v3\.6\.8 from its Go module\|built etcd in \d+ ms", "|".join(said))
    assert source.ensure(ETCD) == folder
    assert len(said) == 2


def test_a_build_that_fails_says_what_the_compiler_said(
    go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_FAILURE", "no such module")
    with pytest.raises(EnvironmentUnfit) as refusal:
        GoModules(Cache(tmp_path / "cache"), lambda _: None).ensure(ETCD)
    assert refusal.value.observed == "no such module"
    assert "could not be built" in refusal.value.title


class Releases(BaseHTTPRequestHandler):
    """Serves one archive."""

    content: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/etcd.tar.gz" else 404)
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


@pytest.fixture
def releases() -> Iterator[str]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        programs = [(f"etcd-v3.6.8/{member.name}", b"program") for member in ETCD.programs]
        for name, text in (*programs, ("../escape", b"no"), ("etcd-v3.6.8/README", b"no")):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    Releases.content = buffer.getvalue()
    with HTTPServer(("127.0.0.1", 0), Releases) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def archives(url: str, sha256: str, cache: Path) -> ReleaseArchives:
    return ReleaseArchives({"etcd": (Archive(url, sha256),)}, Cache(cache), lambda _: None)


def test_a_release_archive_gives_the_family_s_programs_and_nothing_else(releases: str, tmp_path: Path) -> None:
    digest = hashlib.sha256(Releases.content).hexdigest()
    folder = archives(f"{releases}/etcd.tar.gz", digest, tmp_path).ensure(ETCD)
    assert {path.name for path in folder.iterdir()} == {"etcd", "etcdctl"}
    assert (folder / "etcd").read_bytes() == b"program"
    assert (folder / "etcd").stat().st_mode & 0o111 == 0o111


def test_an_archive_that_is_not_the_pinned_one_is_refused(releases: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnfit, match="not the file that was pinned") as refusal:
        archives(f"{releases}/etcd.tar.gz", "0" * 64, tmp_path).ensure(ETCD)
    assert "0" * 64 in refusal.value.expected
    assert not list((tmp_path / "releases").glob("etcd-*[!k]"))


def test_an_archive_that_is_not_there_is_named(releases: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnfit, match=r"absent\.tar could not be fetched"):
        archives(f"{releases}/absent.tar", "0" * 64, tmp_path).ensure(ETCD)


def test_archives_that_lack_a_program_say_which(releases: str, tmp_path: Path) -> None:
    digest = hashlib.sha256(Releases.content).hexdigest()
    larger = Family("etcd", "m", "v1", (Program("etcd", "p"), Program("etcdutl", "p")))
    with pytest.raises(EnvironmentUnfit, match="lack etcdutl"):
        archives(f"{releases}/etcd.tar.gz", digest, tmp_path).ensure(larger)
