"""
Each name says whose it is: `statefulspec` is the product, `harness` is its Python package and what pytest sees of it.

The product gives its name to the distribution, the command, the domain of labels and annotations, to clusters and
folders; the package to what is imported, to options and to variables of the environment. Nothing has a third name.

A module's name appears once in the house. Only the rooms of a domain word share names: what is said, done, awaited,
promised and broken of pods stands in a module `pods` of each. No public class has the name of another.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
THIRD_NAMES = {
    "an option of the product's name": re.compile(r"--statefulspec-"),
    "an option of pytest.ini of the product's name": re.compile(r"\bstatefulspec_\w+ ?="),
    "a variable of the environment of the product's name": re.compile(r"\bSTATEFULSPEC_"),
    "a package of the product's name": re.compile(r"\b(from|import) statefulspec\b"),
    "a fixture of the product's name": re.compile(r"\bstatefulspec_(judge|scenario|settings|actions)\b"),
    "a domain of the package's name": re.compile(r"\bharness\.(dev|io|k8s\.io|local|test)\b"),
    "a domain of the product's that is not statefulspec.dev": re.compile(r"\bstatefulspec\.(io|k8s\.io|com|org)\b"),
}
"""What is wrong → what shows it. Names within a cluster may end in `statefulspec.test`, where DNS asks for a domain."""


def tracked_files() -> list[Path]:
    """Every text of the project but this one, which must name what it forbids."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and ROOT / name != Path(__file__)]


def third_names(text: str) -> list[str]:
    """Return what is named by a third name in a text, with the line that does."""
    return [
        f"line {number}: {wrong}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        for wrong, shown in THIRD_NAMES.items()
        if shown.search(line)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "pytest --statefulspec-cluster=kind",
        "STATEFULSPEC_CACHE=/tmp pytest",
        "statefulspec_cluster = kind",
        "import statefulspec",
        "def step(statefulspec_judge): ...",
        "harness.dev/run: abc",
        "statefulspec.io/run: abc",
    ],
)
def test_a_third_name_is_seen(line):
    assert len(third_names(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "pytest --harness-cluster=kind",
        "HARNESS_CACHE=/tmp statefulspec doctor",
        "import harness",
        "statefulspec.dev/run: a",
    ],
)
def test_the_two_names_are_fine(line):
    assert third_names(line) == []


def test_nothing_has_a_third_name():
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a recording, or removed here and not yet committed
        found += [f"{path.relative_to(ROOT)}, {each}" for each in third_names(text)]
    assert found == []


ROOMS_OF_A_WORD = frozenset(
    {"steps", "harness/actions", "harness/promises", "harness/promises/conditions", "harness/promises/mutations"}
)
"""One module for each object or promise in each: its sentences, what is done to it, asked, judged, and broken of it."""


def module_paths() -> list[Path]:
    """Every module of the product, as a path within the project."""
    return [
        path.relative_to(ROOT)
        for room in ("harness", "steps")
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.stem != "__init__"
    ]


def repeated_modules(modules: Iterable[Path]) -> list[str]:
    """Return the names that stand for two things: one of them at least outside the rooms of a domain word."""
    named = defaultdict(list)
    for path in modules:
        named[path.stem].append(path)
    return [
        " and ".join(map(str, same))
        for same in named.values()
        if len(same) > 1 and not all(path.parent.as_posix() in ROOMS_OF_A_WORD for path in same)
    ]


def test_a_module_name_of_two_things_is_seen():
    steps, engine = Path("steps/pods.py"), Path("harness/promises/pods.py")
    assert repeated_modules([steps, engine]) == []
    assert repeated_modules([steps, engine, Path("harness/kube/pods.py")]) == [
        "steps/pods.py and harness/promises/pods.py and harness/kube/pods.py"
    ]


def test_a_module_name_appears_once():
    assert len(module_paths()) > 300
    assert repeated_modules(module_paths()) == []


def repeated_classes(sources: Mapping[str, str]) -> list[str]:
    """Return the names of public classes that several modules define, or one module twice."""
    named = defaultdict(list)
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named[node.name].append(path)
    return [f"{name} of {' and '.join(paths)}" for name, paths in named.items() if len(paths) > 1]


def test_a_class_name_of_two_things_is_seen():
    assert repeated_classes({"a.py": "class Server: ...", "b.py": "class _Row: ..."}) == []
    assert repeated_classes({"a.py": "class Server: ...", "b.py": "if True:\n    class Server: ..."}) == [
        "Server of a.py and b.py"
    ]


def test_a_class_name_means_one_thing():
    assert repeated_classes({str(path): (ROOT / path).read_text() for path in module_paths()}) == []
