"""A command run inside a container, and what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.kube.channels import CUT, Channels, Silence, open_channels
from harness.kube.refusal import Request
from harness.kube.settings import ClientSettings

__all__ = ["CommandResult", "run"]

_STDOUT, _STDERR, _STATUS = 1, 2, 3
"""The channels of the protocol v5.channel.k8s.io."""
_TRUNCATED = "\n[truncated]"


@dataclass(frozen=True, slots=True)
class CommandResult:
    """
    What became of a command: it ended with `code`, or `error` says why no code is known.

    Output is decoded as UTF-8 with replacement characters and ends in `[truncated]` where it exceeded the limit.
    """

    code: int | None
    stdout: str
    stderr: str
    error: str = ""


@dataclass(slots=True)
class _Output:
    """The first `limit` bytes of one channel."""

    limit: int
    kept: bytearray = field(default_factory=bytearray)
    exceeded: bool = False

    def add(self, data: bytes) -> None:
        room = self.limit - len(self.kept)
        self.kept += data[:room]
        self.exceeded = self.exceeded or len(data) > room

    @property
    def text(self) -> str:
        return self.kept.decode("utf-8", "replace") + (_TRUNCATED if self.exceeded else "")


def run(
    settings: ClientSettings,
    pod: str,
    namespace: str,
    argv: Sequence[str],
    *,
    container: str,
    timeout_s: float,
    limit: int,
) -> CommandResult:
    """
    Return what became of a command in a container, at the latest after `timeout_s`.

    Raises a KubeError where the API server does not let us in; everything that happens behind it is in the result.
    """
    deadline = time.monotonic() + timeout_s
    request = Request("create", "pods/exec", namespace, pod)
    options: dict[str, Any] = {"command": list(argv), "stdout": True, "stderr": True, "stdin": False, "tty": False}
    options["container"] = container
    channels = open_channels(settings, request, timeout_s, "exec", **options)
    outputs = {_STDOUT: _Output(limit), _STDERR: _Output(limit), _STATUS: _Output(limit)}
    try:
        error = _collect(channels, outputs, deadline, timeout_s)
    finally:
        channels.close()
    code, reason = _ending(outputs[_STATUS].text)
    return CommandResult(
        code, outputs[_STDOUT].text, outputs[_STDERR].text, "" if code is not None else reason or error
    )


def _collect(channels: Channels, outputs: dict[int, _Output], deadline: float, timeout_s: float) -> str:
    """Fill `outputs` until the command ends; return why it could not be followed to its end, as far as is known."""
    dropped = "the connection was dropped before the command ended"
    late = f"the command had not ended after {timeout_s:g} s"
    try:
        while (left := deadline - time.monotonic()) > 0:
            channels.allow(left)
            received = channels.receive()
            if received is None:
                return dropped
            channel, data = received
            if channel in outputs:
                outputs[channel].add(data)
    except Silence:
        return late
    except CUT as failure:
        return f"{dropped}: {failure}"
    return late


def _ending(text: str) -> tuple[int | None, str]:
    """Return the exit code, or None and the reason, that the Status on the error channel tells."""
    if not text:
        return None, ""
    try:
        status = json.loads(text)
    except ValueError:
        return None, text
    if status.get("status") == "Success":
        return 0, ""
    for cause in (status.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode" and str(cause.get("message")).isdecimal():
            return int(cause["message"]), ""
    return None, str(status.get("message") or text)
