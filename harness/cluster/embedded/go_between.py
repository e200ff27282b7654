"""
The go-between of a program: where it is, and how it is told what to do. It is a process of the cluster of its own.

A rule is what `programs/go-between/rules.go` says: `do`, and whatever else it takes. It is known by an id, and there
until it is withdrawn or the process ends.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from harness import timeouts
from harness.cluster.embedded.control_plane import ControlPlane
from harness.cluster.embedded.state import ClusterPaths
from harness.errors import EnvironmentUnfit

__all__ = ["GoBetween", "Met"]

_REPLY_S = 10.0
"""How long it may take to answer, beyond what it was asked to wait."""


@dataclass(frozen=True, slots=True)
class Met:
    """What a rule has met: how many events or requests, and whether that was all it waits for."""

    seen: int
    done: bool


@dataclass(frozen=True, slots=True)
class GoBetween:
    """The go-between of one program of the cluster of these paths; the program is called as a component is."""

    paths: ClusterPaths
    program: str

    @property
    def name(self) -> str:
        """What the process is called among the components."""
        return f"go-between-{self.program.replace('/', '-')}"

    def command(self, plane: ControlPlane, user: str, address: str) -> list[str]:
        """
        Return the command; `user` has the pair of files that the program shows the server, empty where it has a token.

        It serves as the API server does, with the server's own certificate, for that is who it stands for.
        """
        keys = plane.data / "pki"
        return [
            f"{plane.data}/bin/go-between",
            f"--listen={address}",
            f"--upstream={plane.server}",
            f"--ca={keys}/ca.crt",
            f"--serve={keys}/kube-apiserver",
            f"--client={keys / user if user else ''}",
            f"--socket={self._folder / self.name}",
        ]

    def await_ready(self) -> None:
        """Return when it takes connections; raises EnvironmentUnfit where it does not."""
        retrying = Retrying(
            retry=retry_if_exception_type(OSError),
            stop=stop_after_delay(timeouts.GO_BETWEEN.s),
            wait=wait_fixed(0.01),
            reraise=True,
        )
        try:
            retrying(self._tell, {})
        except OSError as error:
            raise EnvironmentUnfit(
                f"{self.name} did not start", observed=str(error), look_at=(str(self.paths.log(self.name)),)
            ) from error

    def add(self, rule_id: str, rule: Mapping[str, Any]) -> None:
        """Put the program under a rule; raises EnvironmentUnfit where there is no go-between."""
        self.tell({"add": {**rule, "id": rule_id}})

    def remove(self, rule_id: str) -> bool:
        """Withdraw a rule; return whether it was there until now."""
        try:
            return bool(self._tell({"remove": rule_id})["done"])
        except OSError:
            return False  # the process is gone, and with it all that it held

    def met(self, rule_id: str, timeout_s: float = 0) -> Met:
        """Return what a rule has met once it is done, or when this time is over."""
        told = self.tell({"await": rule_id, "seconds": timeout_s}, timeout_s)
        for rule in told["rules"]:
            if rule["id"] == rule_id:
                return Met(int(rule["seen"]), bool(rule["done"]))
        raise EnvironmentUnfit(f"{self.name} has lost the rule {rule_id!r}", look_at=(str(self.paths.log(self.name)),))

    def tell(self, command: Mapping[str, Any], patience_s: float = 0) -> dict[str, Any]:
        """Return what it answers; raises EnvironmentUnfit where it refuses or cannot be reached."""
        try:
            answer = self._tell(command, patience_s)
        except OSError as error:
            raise EnvironmentUnfit(
                f"{self.name} cannot be reached", observed=str(error), look_at=(str(self.paths.log(self.name)),)
            ) from error
        if wrong := answer.get("wrong"):
            raise EnvironmentUnfit(f"{self.name} refuses {command}", observed=str(wrong))
        return answer

    def _tell(self, command: Mapping[str, Any], patience_s: float = 0) -> dict[str, Any]:
        folder = os.open(self._folder, os.O_PATH)  # a path may be longer than the name of a socket
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(patience_s + _REPLY_S)
                line.connect(f"/proc/self/fd/{folder}/{self.name}")
                line.sendall(json.dumps(command).encode() + b"\n")
                with line.makefile() as answers:
                    answer: dict[str, Any] = json.loads(answers.readline() or '{"wrong": "it has ended"}')
                    return answer
        finally:
            os.close(folder)

    @property
    def _folder(self) -> Path:
        return self.paths.data / "go-between"
