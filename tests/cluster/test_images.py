"""Images are archives that depend on nothing but their recipe."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.images import Image, Layer, archive, specification_images


def recipe(folder: Path, text: str = "hello") -> Image:
    (folder / "tool").write_text("#!/bin/sh\n")
    layer = Layer(
        files={"bin/tool": folder / "tool"}, texts={"etc/word": text}, links={"bin/sh": "tool"}, folders=("tmp", "bin")
    )
    return Image(("example.org/tool:1",), (layer,), entrypoint=("/bin/tool",), command=("run",))


def test_an_archive_holds_what_its_manifest_says(tmp_path: Path) -> None:
    path = archive([recipe(tmp_path)], "set", Cache(tmp_path / "cache"))
    with tarfile.open(path) as image:
        (entry,) = json.load(image.extractfile("manifest.json"))  # type: ignore[arg-type]
        config = json.load(image.extractfile(entry["Config"]))  # type: ignore[arg-type]
        layer = image.extractfile(entry["Layers"][0]).read()  # type: ignore[union-attr]
    assert entry["RepoTags"] == ["example.org/tool:1"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    assert (config["config"]["Entrypoint"], config["config"]["Cmd"]) == (["/bin/tool"], ["run"])


def test_a_layer_has_the_modes_that_a_container_needs(tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    layer.write_bytes(recipe(tmp_path).layers[0].tar())
    with tarfile.open(layer) as content:
        members = {member.name: member for member in content}
    assert members["bin/tool"].mode == 0o755
    assert members["tmp"].mode == 0o1777
    assert members["bin/sh"].linkname == "tool"
    assert {member.mtime for member in members.values()} == {0}


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    first = archive([recipe(tmp_path)], "set", Cache(tmp_path / "one"))
    second = archive([recipe(tmp_path)], "set", Cache(tmp_path / "two"))
    assert first.read_bytes() == second.read_bytes()


def test_another_content_gives_another_archive(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert archive([recipe(tmp_path)], "set", cache) != archive([recipe(tmp_path, "bye")], "set", cache)


def test_the_versions_of_an_image_differ_in_one_small_layer(tmp_path: Path) -> None:
    programs = {name: tmp_path / name for name in ("agnhost", "coredns", "busybox", "catatonit")}
    for path in programs.values():
        path.write_text(path.name)
    (tmp_path / "localhost.crt").write_text("c")
    versions = specification_images(programs, {"localhost.crt": tmp_path / "localhost.crt"})
    by_name = {image.names[0].rpartition("/")[2]: image for image in versions}
    assert set(by_name) == {f"busybox:1.{n}" for n in (35, 36, 37)} | {f"agnhost:2.{n}" for n in (53, 54, 55)}
    assert by_name["busybox:1.35"].layers[0] == by_name["busybox:1.37"].layers[0]
    assert by_name["busybox:1.36"].layers[-1].texts == {"etc/version": "1.36\n"}
    with tarfile.open(archive(versions, "set", Cache(tmp_path / "cache"))) as image:
        layers = [name for name in image.getnames() if name.endswith(".tar")]
    assert len(layers) == len(set(layers)) == 1 + 1 + 6
