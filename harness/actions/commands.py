"""Commands run in a pod's application, files written and read there, and the commands that a set names for replicas."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from harness import timeouts
from harness.actions.target import Target
from harness.app_container import app_name
from harness.errors import BadInput
from harness.history.observation import OUTPUT, Observation, Verb
from harness.model import KINDS, Object

__all__ = ["begun", "command_of", "read_file", "run_command", "write_file"]

_NOT_BEGUN = re.compile(r'exec: "[^"]*": |executable file')
"""How runc and crun begin to say that a command could not be started; a container that is gone is told otherwise."""
_NO_SUCH_COMMAND = (126, 127)
"""The codes by which a shell says that a command cannot be run, or is not there (POSIX, Exit Status for Commands)."""


def command_of(stateful_set: Object, annotation: str) -> list[str]:
    """Return the words of a command that a set names; BadInput, with what to add, where it names none."""
    name = stateful_set["metadata"]["name"]
    told = stateful_set["metadata"].get("annotations", {}).get(annotation, "")
    try:
        words = shlex.split(told)
    except ValueError as error:
        raise BadInput(f'"{name}" names a command that cannot be read in {annotation}: {error}') from error
    if not words:
        remedy = f"annotate the StatefulSet with {annotation}: COMMAND"
        raise BadInput(f'StatefulSet "{name}" has no annotation {annotation}', remedy=remedy)
    return words


def begun(ran: Observation, convention: str) -> Observation:
    """
    Return the record of a command that was begun, whatever came of it.

    Raises BadInput where its container has no such command: what `convention` asks of an application is not there.
    """
    code, error = ran.data["code"], str(ran.data["error"])
    if code in _NO_SUCH_COMMAND or (code is None and _NOT_BEGUN.search(error)):
        said = str(ran.data["stderr"]).strip() or error or f"code {code}"
        where = f'container "{ran.data["container"]}" of {ran.data["pod"]}'
        raise BadInput(f"`{shlex.join(ran.data['argv'])}` cannot be run in {where}: {said}", remedy=convention)
    return ran


def run_command(
    target: Target,
    pod: str,
    argv: Sequence[str],
    *,
    name: str = "",
    timeout_s: float | None = None,
    **more: str,
) -> Observation:
    """
    Return the record of what a command printed in a pod's application, and of its exit code.

    `name` is what the record is found by, by default the pod. The code is None where the command could not be followed
    to its end; `error` then says why. `more` are further facts, such as `file` and `purpose`.
    """
    return _record(target, pod, argv, name, timeouts.COMMAND.s if timeout_s is None else timeout_s, more)


def write_file(target: Target, pod: str, path: str, content: str) -> Observation:
    """Return the record, found by `pod:path`, of a text written to a file in an application; its purpose: `wrote`."""
    argv = ["sh", "-c", 'printf %s "$1" >"$2" && sync', "write", content, path]
    more = {"file": path, "purpose": "wrote", "content": content}
    return _record(target, pod, argv, f"{pod}:{path}", timeouts.COMMAND.s, more)


def read_file(target: Target, pod: str, path: str) -> Observation:
    """
    Return the record, found by `pod:path`, of a file's content in a pod's application; `purpose` is `read`.

    A file that cannot be read has an empty `content`, and a `code` that is not 0.
    """
    argv = ["sh", "-c", 'cat "$1"', "read", path]  # a shell may have what is no program of its own
    return _record(target, pod, argv, f"{pod}:{path}", timeouts.COMMAND.s, {"file": path, "purpose": "read"})


def _record(
    target: Target,
    pod: str,
    argv: Sequence[str],
    name: str,
    timeout_s: float,
    more: dict[str, str],
) -> Observation:
    found = target.api.read(KINDS["Pod"], pod, target.namespace)
    container = app_name(found)
    began = target.recorder.now
    ran = target.api.exec(pod, target.namespace, argv, container=container, timeout_s=timeout_s)
    facts: dict[str, Any] = {
        "pod": pod,
        "pod_uid": found["metadata"]["uid"],
        "container": container,
        "argv": list(argv),
        "began": began,
    }
    output: dict[str, Any] = {"code": ran.code, "stdout": ran.stdout, "stderr": ran.stderr, "error": ran.error}
    if more.get("purpose") == "read":
        output["content"] = ran.stdout if ran.code == 0 else ""
    return target.recorder.record(OUTPUT, Verb.DONE, name=name or pod, data=facts | output | more)
