"""What kubectl takes, the harness takes with the same meaning, or refuses with line and remedy."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.manifests.loading import load, parse

A = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
B = A.replace("name: a", "name: b")
JSON = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}\n'
PLAIN = """\
0755 0o755 0O17 -0o17 00 0 -0 0.0
0x1F 0X1F 0x_1F -0x1F 0b11 -0b11 0B11 -012 +0755 +1 1_000 1__0 0777_1 1.5 1. .5 +.5 -.5
1e3 1E3 1e-7 1e21 1.5e+3 6.8523015e+5 685_230.15 09.5 123456789.123456789 9223372036854775807
-9223372036854775808 1e400 0b2 0x 0xG _1 +_5 1.5.2 1,000 .1. 1:30 12:30:00 190:20:30.15 2024-01-01
2024-01-01T00:00:00Z ~ null Null NULL nULL yes Yes YES yEs no n y N Y on On ON oN off true True TRUE
tRUE false = << 100m --x +y ._ -.inf_ '0755' "no" 'it''s' a#b "a"#b
"""
WORDS = [
    *PLAIN.split(),
    *["a #b", "!!str 1", "!!str yes", '!!int "3"', '!!bool "yes"', '!!float "1"'],
    r'"\x41\N\_\e\u00e9\U0001F600\L\a\\\t"',
]

TAKEN = {
    "two documents": f"{A}---\n{B}",
    "a comment behind the separator": f"{A}--- # b\n{B}---# c\n",
    "blanks behind the separator": f"{A}---\t \n{B}",
    "carriage returns": f"{A}---\n{B}".replace("\n", "\r\n"),
    "a mark": f"\ufeff{A}",
    "a mark before the separator": f"\ufeff---\n{A}",
    "a mark in a later document": f"{A}---\n\ufeff{B}",
    "a mark in a later document with carriage returns": f"{A}---\n\ufeff{B}".replace("\n", "\r\n"),
    "a mark in a value": f"{A}x: a\ufeffb\n",
    "an end of a document": f"{A}...\n---\n{B}",
    "empty documents": f"---\n---\n# nothing\n---\n{A}---\nnull\n---\n~\n",
    "nothing": "",
    "comments": "# nothing\n",
    "booleans in every document": f"{A}x: yes\n---\n{B}x: [off, On, n, 0755, 1:30]\n",
    "a list": f"apiVersion: v1\nkind: List\nmetadata: {{resourceVersion: ''}}\nitems:\n- {JSON}- {JSON}",
    "a list of a kind": "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]\n",
    "an empty list": "apiVersion: v1\nkind: List\nitems: []\n",
    "a list of nothing": "apiVersion: v1\nkind: List\nitems:\n",
    "a merge before": f"{A}b: &b {{x: 1, z: 3}}\nd:\n  <<: *b\n  x: 2\n",
    "a merge of several": f"{A}b: &b {{x: 1}}\nc: &c {{x: 2, z: 3}}\nd:\n  <<: [*b, *c]\n",
    "a merge of a merge": f"{A}b: &b {{x: 1, z: 1}}\nc: &c {{<<: *b, z: 2}}\nd: {{<<: *c}}\n",
    "a merge in quotes": f"{A}d: {{'<<': {{x: 1}}}}\n",
    "an anchor twice": f"{A}b: &b 1\nc: *b\nd: &b 2\ne: *b\n",
    "an alias as key": f"{A}b: &b name\nd: {{*b : 1}}\n",
    "keys that are no texts": f"{A}d: {{1: x, 1.5: x, -1: x, true: x, =: x, 1:30: x, 2024-01-01: x}}\n",
    "tabs behind values": f"{A}d:\tx\t# c\ne:\t\n  x: 1\t\n",
    "tabs in quotes": f"{A}d: 'a\n\tb'\n",
    "tabs behind a bar": f"{A}d: |\t\n  a\ne: |-\t# c\n  a\nf: >2\t\n    a\n",
    "a tab before a colon": f"{A}d\t: x\n",
    "folded lines": f"{A}d: >\n  a\n  b\n\n   c\n  d\ne: >+\n  a\n\n  b\n\nf: >-\n  a\n\n",
    "literal lines": f"{A}d: |+\n  a\n\n\ne: |2\n    a\n   b\nf: |\ng: |\n  a  \n   \n  b\n",
    "literal lines with carriage returns": f"{A}d: |\r\n  a\r\n  b\r\n",
    "a literal that ends with the file": f"{A}d: |\n  a",
    "a literal with a separator in it": f"{A}d: |\n  ---\n  x\n",
    "a plain text of several lines": f"{A}d: a\n\n\n   b\n   c\n",
    "quoted texts of several lines": f"{A}d: \"a\n  b\n\n  c\\\n  d\"\ne: 'a\n\n  b'\n",
    "flow": f'{A}d: [a:1, {{b:2}}, {{"a":1}}, a#b, [a: 1], [a,], {{a, b: }}, ?a, http://x/y]\n',
    "a list as deep as its key": f"{A}d:\n- a\n- b\n",
    "JSON": JSON.replace("}\n", ',"d":{"u":"\\/ \\ud83d\\ude00 \\u00e9","n":1e3,"m":1.0,"b":true,"z":null}}\n'),
    "JSON with tabs": JSON.replace("{", "{\n\t")
    .replace(",", "\t,\n\t")
    .replace('"name":"a"', '"n":true\t\n\t,"name":"a"\n'),
    "JSON with a mark": f"\ufeff{JSON}",
    "JSON after a comment": f"# c\n{JSON}",
    "JSON values in a row": f"{JSON}{JSON} {JSON}",
    "JSON documents": f"{JSON}---\n{JSON}",
    "JSON, then YAML": f"{JSON}---\n{B}",
    "YAML in braces": "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, d: yes,}\n",
    "UTF-16": f"{A}---\n{B}".encode("utf-16").decode("latin-1"),
}
REFUSED = {
    "a key twice": (f"{A}data:\n  a: x\n  a: z\n", 6, "the key 'a' is given twice", "keep one of the two"),
    "a key of JSON twice": (JSON.replace("{", '{"kind":"Pod",', 1), 1, "the key 'kind' is given twice", "keep one"),
    "a merge behind": (f"{A}b: &b {{x: 1}}\nd:\n  x: 2\n  <<: *b\n", 7, "kubectl takes it from `<<`", "`<<` first"),
    "two merges": (f"{A}b: &b {{x: 1}}\nd:\n  <<: *b\n  <<: *b\n", 7, "`<<` is given twice", "a list of mappings"),
    "a boolean as key": (f"{A}d: {{y: x}}\n", 4, "kubectl takes the key y for true, others for a text", "in quotes"),
    "an octal as key": (f"{A}d: {{010: x}}\n", 4, "kubectl takes the key 010 for 8", "put it in quotes"),
    "a fraction as key": (f"{A}d: {{1.0: x}}\n", 4, "kubectl takes the key 1.0 for 1", "put it in quotes"),
    "no octal": (f"{A}d: 089\n", 4, "readers of YAML disagree on 089", "put it in quotes"),
    "a fraction with a gap": (f"{A}d: .5_0\n", 4, "readers of YAML disagree on .5_0", "put it in quotes"),
    "more than 64 bits": (f"{A}d: 18446744073709551615\n", 4, "kubectl would round it", "put it in quotes"),
    "a tag of one's own": (f"{A}d: !x {{a: 1}}\n", 4, "the tag !x is not allowed", "leave the tag out"),
    "the empty tag": (f"{A}d: ! 12\n", 4, "the tag ! is not allowed", ""),
    "a set": (f"{A}d: !!set {{a, b}}\n", 4, "the tag tag:yaml.org,2002:set is not allowed", "leave the tag out"),
    "what follows the end of a document": (f"{A}...\n{B}", 5, "is not YAML", "begin a document with a line `---`"),
    "separators that kubectl cannot see": (f"{A}---\n{B}".replace("\n", "\r"), 5, "kubectl passes over", "`---`"),
    "a line break of YAML 1.1": (f"{A}d: |\n  a\u2028  b\n", 5, "holds U+2028", 'double quotes as "\\u2028"'),
    "half a character": (JSON.replace('"a"', '"a","x":"\\ud83d"'), 1, "half a character", "write the whole one"),
    "an object with items": (
        "apiVersion: x.example/v1\nkind: Shelf\nmetadata: {name: a}\nitems:\n- " + JSON,
        4,
        "kubectl takes this Shelf for a list of its items",
        "apply its items by themselves",
    ),
}
REFUSED_BY_BOTH = {
    "content behind the separator": (f"{A}--- {JSON}", 4, "nothing but a comment behind `---`"),
    "four dashes": (f"{A}----\n{B}", 4, "nothing but a comment behind `---`"),
    "a directive": (f"%YAML 1.1\n---\n{A}", 2, "kubectl takes none"),
    "a mark in front of a separator": (f"{A}\ufeff---\n{B}", 5, "is not YAML"),
    "a tab that indents": (f"{A}d:\n\tx: 1\n", 5, "indent with blanks, never with tabs"),
    "a tab behind a dash": (f"{A}d:\n-\tx: 1\n-\tz: 1\n", 5, "is not YAML"),
    "an alias of another document": (f"{A}b: &b 1\n---\n{B}d: *b\n", 9, "undefined alias"),
    "infinity": (f"{A}d: .inf\n", 4, ".inf is not a number"),
    "nothing as key": (f"{A}d: {{~: x}}\n", 4, "the key ~ is not a text"),
    "a number as label": (A.replace("a}", "a, labels: {v: 1}}"), 3, 'put it in quotes: "1"'),
}
Read = Callable[[str, Path], list[Any] | str]


def bytes_of(text: str) -> bytes:
    return text.encode("latin-1") if text.startswith("\xff\xfe") else text.encode()


@pytest.fixture(scope="module")
def readings(kubectl_program: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Any] | str]:
    """What kubectl makes of each text of the tables: the objects, or its error."""
    folder = tmp_path_factory.mktemp("kubectl")
    texts = [*TAKEN.values(), *(one[0] for one in REFUSED.values()), *(one[0] for one in REFUSED_BY_BOTH.values())]
    paths = [folder / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(bytes_of(text))
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(texts, pool.map(lambda path: read(kubectl_program, path), paths), strict=True))
    return found.__getitem__


def read(kubectl: str, path: Path) -> list[Any] | str:
    """Return the objects that kubectl takes a file for, before any server has seen them, or its error."""
    argv = [kubectl, "annotate", "--local", "-f", str(path), "statefulspec.dev/read=", "-o", "json"]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    if ran.returncode:
        return ran.stderr
    objects, rest = [], ran.stdout.strip()
    while rest:
        found, end = json.JSONDecoder().raw_decode(rest)
        del found["metadata"]["annotations"]
        objects.append(found)
        rest = rest[end:].strip()
    return objects


@pytest.mark.parametrize("name", TAKEN)
def test_what_kubectl_takes_means_the_same(name, readings, tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(bytes_of(TAKEN[name]))

    assert [found.body for found in load(path)] == readings(TAKEN[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_others_read_otherwise_than_kubectl_is_refused_with_line_and_remedy(name, readings):
    text, line, said, remedy = REFUSED[name]
    with pytest.raises(BadInput) as raised:
        parse(text, "f.yaml")

    assert isinstance(readings(text), list), "kubectl takes it, so it must be told why we do not"
    assert str(raised.value).startswith(f"f.yaml:{line}: ")
    assert said in str(raised.value)
    assert remedy in str(raised.value)


@pytest.mark.parametrize("name", REFUSED_BY_BOTH)
def test_what_kubectl_refuses_is_told_with_its_line(name, readings):
    text, line, said = REFUSED_BY_BOTH[name]
    with pytest.raises(BadInput) as raised:
        parse(text, "f.yaml")

    assert isinstance(readings(text), str)
    assert str(raised.value).startswith(f"f.yaml:{line}: ")
    assert said in str(raised.value)


def test_words_mean_what_they_mean_to_kubectl(kubectl_program, tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(f"{A}x:\n" + "".join(f"- {word}\n" for word in WORDS))

    [kubectls], [ours] = read(kubectl_program, path), load(path)
    assert dict(zip(WORDS, map(repr, ours.body["x"]), strict=True)) == dict(
        zip(WORDS, map(repr, kubectls["x"]), strict=True)
    )


@pytest.mark.row(28)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text("0123456789_.eE+-xobXOB:aflyntrusfNYT~=", min_size=1, max_size=9), min_size=200, max_size=400))
def test_any_word_means_what_it_means_to_kubectl_or_is_refused(kubectl_program, tmp_path, words):
    taken = {word: value for word in words if (value := taken_for(word)) != ()}
    assume(taken)
    path = tmp_path / "f.yaml"
    path.write_text(f"{A}x:\n" + "".join(f"- {word}\n" for word in taken))

    [found] = read(kubectl_program, path)
    assert [repr(value) for value in found["x"]] == [repr(value) for [value] in taken.values()]


def taken_for(word: str) -> tuple[Any, ...]:
    """Return the value that a word is taken for, nothing where it is refused or is no word."""
    try:
        [found] = parse(f"{A}x:\n- {word}\n", "f.yaml")
    except BadInput:
        return ()
    return tuple(found.body["x"])
