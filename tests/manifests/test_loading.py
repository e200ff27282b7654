"""What a manifest file may hold, what its values mean, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.manifests.loading import LARGEST_FILE, load, parse
from harness.manifests.yaml_nodes import MOST_VALUES

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
SET = """\
# a set
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: myapp
  labels:
    app.kubernetes.io/name: myapp
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: app
          image: busybox:1.36
        - name: side
          args:
            - "-v"
"""


def test_every_field_knows_its_line() -> None:
    (manifest,) = parse(SET, "myapp.yaml")
    assert (manifest.kind, manifest.name, manifest.file, manifest.line) == ("StatefulSet", "myapp", "myapp.yaml", 2)
    assert manifest.lines["metadata.labels[app.kubernetes.io/name]"] == 7
    assert manifest.lines["spec.template.spec.containers[1].args[0]"] == 17


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("spec.replicas", 9),
        (".spec.replicas", 9),
        ("spec.template.spec.containers[0].image", 14),
        ("spec.template.spec.containers[0].ports[0].containerPort", 13),
        ("spec.template.spec.containers[7].image", 12),
        ("spec.volumeClaimTemplates[0]", 8),
        ("metadata.labels[other/label]", 6),
        ("status", 2),
        ("", 2),
    ],
)
def test_a_field_that_the_file_lacks_lies_in_the_nearest_around_it(path: str, line: int) -> None:
    (manifest,) = parse(SET, "myapp.yaml")
    assert manifest.line_of(path) == line


@pytest.mark.row(27)
def test_empty_documents_are_left_out() -> None:
    text = f"---\n---\n# nothing\n---\n{CONFIG}---\nnull\n...\n---\n{CONFIG.replace('a}', 'b}')}"
    assert [(found.name, found.line) for found in parse(text, "f")] == [("a", 5), ("b", 12)]
    assert parse("", "f") == []


@pytest.mark.row(27)
def test_lists_are_taken_apart() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
    text += "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n  data:\n    a.b: x\n"
    first, second = parse(text, "f")
    assert (first.name, first.line, second.name, second.line) == ("a", 4, "b", 5)
    assert second.lines["data[a.b]"] == 9
    (typed,) = parse("apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}}]", "f")
    assert (typed.kind, typed.body["apiVersion"]) == ("Pod", "v1")


@pytest.mark.row(27)
def test_a_kind_that_merely_ends_in_list_is_an_object() -> None:
    text = "apiVersion: x.example/v1\nkind: AllowList\nmetadata: {name: a}\nitems: [b]"
    assert [found.kind for found in parse(text, "f")] == ["AllowList"]
    assert [found.kind for found in parse(text.replace("items: [b]", "spec: {}"), "f")] == ["AllowList"]


@pytest.mark.row(28)
@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("no", False),
        ("On", True),
        ("y", True),
        ("0755", 493),
        ("0o755", 493),
        ("0x1F", 31),
        ("-012", -10),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("~", None),
        ("", None),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ('"no"', "no"),
        ("100m", "100m"),
    ],
)
def test_a_value_means_what_it_means_to_kubectl(yaml: str, value: object) -> None:
    (found,) = parse(f"{CONFIG}spec: {{x: {yaml}}}\n", "f")
    assert found.body["spec"]["x"] == value
    assert type(found.body["spec"]["x"]) is type(value)


def test_aliases_and_merged_mappings_are_written_out() -> None:
    text = f"{CONFIG}data: &base {{a: x, b: c}}\nspec: {{<<: *base, b: z, again: *base}}\n"
    (found,) = parse(text, "f")
    assert found.body["spec"] == {"a": "x", "b": "z", "again": {"a": "x", "b": "c"}}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
)


@pytest.mark.row(27)
@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param(f"{CONFIG}data:\n  a: x\n  a: y\n", 6, "the key 'a' is given twice", id="duplicate key"),
        pytest.param(f"{CONFIG}data:\n\ta: x\n", 5, "indent with blanks, never with tabs", id="tab"),
        pytest.param(f"{CONFIG}data: {{a: x\n", 5, "is not YAML", id="unclosed"),
        pytest.param(f"{CONFIG}data: *gone\n", 4, "is not YAML: found undefined alias 'gone'", id="unknown alias"),
        pytest.param(f"{CONFIG}spec: !!python/object:os.system x\n", 4, "tag", id="python tag"),
        pytest.param(f"{CONFIG}spec: !!python/object/apply:os.system [x]\n", 4, "tag", id="python tag on a list"),
        pytest.param(f"{CONFIG}spec: !vault x\n", 4, "the tag !vault is not allowed", id="own tag"),
        pytest.param(f"{CONFIG}spec: !!set {{a, b}}\n", 4, "tag", id="set"),
        pytest.param(f"{CONFIG}spec: !!binary aGk=\n", 4, "tag", id="binary"),
        pytest.param(f"{CONFIG}spec: .inf\n", 4, ".inf is not a number", id="infinity"),
        pytest.param(f"{CONFIG}spec: 089\n", 4, "readers of YAML disagree on 089", id="octal with a nine"),
        pytest.param(f"{CONFIG}spec: {'[' * 5000}", 0, "is nested too deeply", id="5000 brackets"),
        pytest.param(f"{CONFIG}spec: {'[' * 101}{']' * 101}", 4, "more than", id="101 levels"),
        pytest.param(f"{CONFIG}spec: a\x01b\n", 0, "special characters are not allowed", id="control character"),
        pytest.param(f"{CONFIG}spec: !!int abc\n", 4, "abc is not a number", id="tagged number"),
        pytest.param(f"{CONFIG}spec: !!bool z\n", 4, "z is not a boolean", id="tagged boolean"),
        pytest.param(f"{CONFIG}spec: {{~: x}}\n", 4, "the key ~ is not a text", id="nothing as key"),
        pytest.param(f"{CONFIG}spec: {{on: x}}\n", 4, "kubectl takes the key on for true", id="boolean as key"),
        pytest.param(f"{CONFIG}spec: {{010: x}}\n", 4, "kubectl takes the key 010 for 8", id="octal as key"),
        pytest.param(f"{CONFIG}spec: {{? [a] : x}}\n", 4, "is not a text", id="list as key"),
        pytest.param(f"{CONFIG}spec: {{<<: 1}}\n", 4, "`<<` takes a mapping", id="merged number"),
        pytest.param(f"{CONFIG}spec: &a [*a]\n", 4, "an alias to itself", id="alias to itself"),
        pytest.param(
            f"{CONFIG}spec:\n{BOMB}".replace("\na", "\n  a").replace("  apiV", "apiV"), 0, "more than", id="bomb"
        ),
        pytest.param("kind: ConfigMap\nmetadata: {name: a}\n", 1, "has no apiVersion", id="no apiVersion"),
        pytest.param("\napiVersion: v1\nmetadata: {name: a}\n", 2, "has no kind", id="no kind"),
        pytest.param("apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n", 1, "no metadata.name", id="no name"),
        pytest.param("apiVersion: v1\nkind: Pod\nmetadata: a\n", 1, "no metadata.name", id="metadata is a text"),
        pytest.param("- a\n", 1, "an object is a mapping", id="not a mapping"),
        pytest.param("apiVersion: v1\nkind: List\nitems:\n- 1\n", 4, "an object is a mapping", id="a number in a list"),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems:\n- {kind: Pod}\n", 4, "has no apiVersion", id="unfit in a list"
        ),
        pytest.param(CONFIG.replace("a}", "5}"), 3, "metadata.name is text", id="number as name"),
    ],
)
def test_what_is_ambiguous_or_foreign_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadInput) as raised:
        parse(text, "f.yaml")
    assert said in str(raised.value)
    assert str(raised.value).startswith(f"f.yaml:{line}: " if line else "f.yaml:")


def test_all_that_is_unfit_in_a_document_is_told_at_once() -> None:
    text = f"{CONFIG}---\n{CONFIG}data:\n  x: '1'\n  y: '2'\n  n: '3'\n  feature: on\n  country: no\n"
    with pytest.raises(BadInput) as raised:
        parse(text, "f.yaml")
    told = str(raised.value).splitlines()
    assert told[0] == "f.yaml:10: 4 places cannot be taken as they are:"
    assert [line.partition(": ")[0] for line in told[1:]] == [
        "  f.yaml:10",
        "  f.yaml:11",
        "  f.yaml:12",
        "  f.yaml:13",
    ]
    assert told[1].endswith("the key y for true, others for a text; put it in quotes")
    assert told[4].endswith('data[country] is text, but readers of YAML take no for a boolean; put it in quotes: "no"')
    many = f"{CONFIG}data:\n" + "".join(f"  k{index}: no\n" for index in range(30))
    with pytest.raises(BadInput, match=r"30 places .*\n(.*\n){20}  and 10 more$"):
        parse(many, "f.yaml")


@pytest.mark.row(28)
@pytest.mark.parametrize("value", ["no", "0755", "1.36", "1e3", "true"])
@pytest.mark.parametrize(
    "field",
    [
        "metadata: {{name: a, labels: {{version: {}}}}}",
        "metadata: {{name: a, annotations: {{version: {}}}}}",
        "metadata: {{name: a}}\nspec: {{selector: {{matchLabels: {{version: {}}}}}}}",
        "metadata: {{name: a}}\nspec: {{containers: [{{args: [{}]}}]}}",
    ],
)
def test_a_forgotten_quote_in_a_text_field_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadInput, match="is text, but readers of YAML take") as raised:
        parse(f"apiVersion: v1\nkind: ConfigMap\n{field.format(value)}\n", "f.yaml")
    assert f'put it in quotes: "{value}"' in str(raised.value)
    quoted = f'"{value}"'
    assert len(parse(f"apiVersion: v1\nkind: ConfigMap\n{field.format(quoted)}\n", "f.yaml")) == 1


@pytest.mark.row(48)
@pytest.mark.parametrize("value", ["0755", "98765432", "1e3"])
@pytest.mark.parametrize(
    "field",
    ["data: {{pin: {}}}", "stringData: {{pin: {}}}", "spec: {{containers: [{{env: [{{name: PIN, value: {}}}]}}]}}"],
)
def test_a_value_that_may_be_secret_is_refused_without_being_told(field: str, value: str) -> None:
    with pytest.raises(BadInput, match="is text, but readers of YAML take its value for a") as raised:
        parse(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{field.format(value)}\n", "f.yaml")
    assert value not in str(raised.value)
    assert "put it in quotes" in str(raised.value)


@pytest.mark.row(27)
def test_limits_are_far_above_what_is_needed() -> None:
    many = "".join(f"  k{index}: x\n" for index in range(MOST_VALUES // 4))
    assert len(parse(f"{CONFIG}data:\n{many}", "f")[0].body["data"]) == MOST_VALUES // 4


def test_files_are_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "größe 1.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + CONFIG.encode())
    assert [found.file for found in load(path)] == [str(path)]
    path.write_bytes(CONFIG.encode() + b"data: {a: \xff}\n")
    with pytest.raises(BadInput, match="is not UTF-8") as raised:
        load(path)
    assert raised.value.line == 4
    path.write_bytes(CONFIG.encode("utf-16"))  # as kubectl takes it
    assert [found.file for found in load(path)] == [str(path)]
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(BadInput, match="split the file"):
        load(path)
    with pytest.raises(BadInput, match="No such file"):
        load(tmp_path / "missing.yaml")
    with pytest.raises(BadInput, match="Is a directory"):
        load(tmp_path)


@pytest.mark.row(27)
@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>'\"#%@`?,\n\t 0.~<=")), max_size=40))
def test_whatever_a_file_holds_it_is_read_or_refused(text: str) -> None:
    """Nothing but BadInput gets out, whatever stands in the file."""
    try:
        told = parse(f"{CONFIG}data: {text}", "f.yaml")[0].name
    except BadInput as error:
        told = str(error)
    assert told == "a" or told.startswith("f.yaml:")
