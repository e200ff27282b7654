"""
A history as a file: JSON lines, the first of which says what the file is and how many observations follow.

What is read is exactly what was written, so that every judgement on the file is the one on the live record.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BufferedIOBase
from itertools import chain
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.history.history import History
from harness.history.observation import Observation, Verb
from harness.history.sharing import share

__all__ = ["SCHEMA", "load", "load_header", "save"]

SCHEMA = "statefulspec-history/1"
_FAMILY = SCHEMA.rpartition("/")[0]
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "seq": int,
    "at": (int, float),
    "wall": str,
    "topic": str,
    "verb": str,
    "name": str,
    "uid": str,
    "data": dict,
}


def save(
    history: History,
    path: Path,
    header: Mapping[str, Any],
    shown: Callable[[Observation], Mapping[str, Any]] = lambda observation: observation.data,
) -> None:
    """
    Write the history to `path`, compressed if that ends in `.gz`; `header` is returned as it is by `load`.

    `shown`: what of an observation's data may be kept, by default all.
    """
    first = json.dumps({"schema": SCHEMA, "observations": len(history), "header": dict(header)})
    lines = (json.dumps(_fields(observation, shown(observation)), allow_nan=False) for observation in history)
    with path.open("wb") as plain, _packing(path, plain) as file:
        file.writelines(f"{line}\n".encode() for line in chain([first], lines))


def load(path: Path) -> tuple[dict[str, Any], History]:
    """
    Return the header and the history stored in a file.

    Raises BadInput, with file and line, where the file is none, is cut short or was written by a newer version.
    """
    lines = _lines(path)
    first = _first(path, next(lines, ""))
    history = History()
    newest: dict[tuple[str, str], Any] = {}
    for number, line in enumerate(lines, 2):
        try:
            fields = _parse(path, number, line)
            history.append(_observation(fields, newest))
        except ValueError as error:
            raise BadInput(f"this is no observation: {error}", str(path), number) from error
    if len(history) != first.get("observations"):
        problem = f"the recording is cut short: it has {len(history)} of {first.get('observations')} observations"
        raise BadInput(problem, str(path), len(history) + 1, "it cannot be judged; take another copy")
    return dict(first.get("header") or {}), history


def load_header(path: Path) -> dict[str, Any]:
    """Return the header alone, without reading what follows; BadInput as `load` raises it for the first line."""
    with _reading(path), _opened(path) as file:
        line = file.readline().decode()
    return dict(_first(path, line).get("header") or {})


def _first(path: Path, line: str) -> dict[str, Any]:
    first = _parse(path, 1, line)
    schema = str(first.get("schema", ""))
    if schema != SCHEMA:
        raise _foreign(path, schema)
    return first


def _fields(observation: Observation, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seq": observation.seq,
        "at": observation.at,
        "wall": observation.wall,
        "topic": observation.topic,
        "verb": observation.verb.value,
        "name": observation.name,
        "uid": observation.uid,
        "data": data,
    }


def _observation(fields: dict[str, Any], newest: dict[tuple[str, str], Any]) -> Observation:
    wrong = [field for field, kind in _FIELDS.items() if not isinstance(fields.get(field), kind)]
    wrong += fields.keys() - _FIELDS.keys()
    if wrong:
        raise ValueError(f"{wrong[0]} is {fields.get(wrong[0])!r}")
    topic, uid = sys.intern(fields["topic"]), sys.intern(fields["uid"])
    data = share(fields["data"], newest.get((topic, uid)) or newest.get((topic, "")))
    newest[topic, uid] = newest[topic, ""] = data
    more = {"verb": Verb(fields["verb"]), "topic": topic, "uid": uid, "name": sys.intern(fields["name"]), "data": data}
    return Observation(**fields | more)


def _lines(path: Path) -> Iterator[str]:
    with _reading(path), _opened(path) as file:
        for line in file:
            yield line.decode().removesuffix("\n")


def _opened(path: Path) -> BufferedIOBase:
    return gzip.GzipFile(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _packing(path: Path, plain: BufferedIOBase) -> BufferedIOBase:
    return gzip.GzipFile("", "wb", 6, plain, mtime=0) if path.suffix == ".gz" else plain


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Explain why a file cannot be read."""
    try:
        yield
    except OSError as error:
        problem = "there is no such recording" if isinstance(error, FileNotFoundError) else f"it is unreadable: {error}"
        raise BadInput(problem, str(path)) from error
    except (EOFError, zlib.error) as error:
        raise BadInput("the recording is cut short or damaged", str(path), remedy="take another copy") from error
    except UnicodeDecodeError as error:
        raise BadInput("this is no recording: it is not text", str(path)) from error


def _parse(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError as error:
        problem = "this is no recording" if number == 1 else "the recording is cut short or damaged here"
        raise BadInput(problem, str(path), number, "it cannot be judged; take another copy") from error
    if not isinstance(parsed, dict):
        raise BadInput("this is no recording" if number == 1 else "this is no observation", str(path), number)
    return parsed


def _foreign(path: Path, schema: str) -> BadInput:
    if schema.startswith(f"{_FAMILY}/"):
        return BadInput(f"the recording is of another version, {schema}; this one reads {SCHEMA}", str(path), 1)
    return BadInput(f"this is no recording: its first line names no {_FAMILY}", str(path), 1)
