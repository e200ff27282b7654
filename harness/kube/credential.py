"""
Credentials that a program hands out, as cloud providers' kubeconfigs ask for.

Problem: the client waits for such a program without end, and where it fails, goes on without credentials. Solution: it
is run here, within a bound, its failure told with its own words, and run again when its token expires.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness import timeouts
from harness.errors import EnvironmentUnfit

__all__ = ["CredentialPlugin"]

_EARLY = timedelta(minutes=1)


class CredentialPlugin:
    """The `exec` entry of a kubeconfig's user; safe to ask from several threads."""

    def __init__(self, entry: Mapping[str, Any], cluster: Mapping[str, Any], folder: Path) -> None:
        self._entry, self._cluster, self._folder = entry, cluster, folder
        self._lock = threading.Lock()
        self._status: dict[str, Any] = {}

    def user(self) -> dict[str, str]:
        """
        Return the entries of a kubeconfig's user that stand for the credential, from memory while it is valid.

        Raises EnvironmentUnfit where the plugin is missing, fails, takes too long or prints something else.
        """
        with self._lock:
            if not self._status or self._expired():
                self._status = self._run()
        if "token" in self._status:
            return {"token": str(self._status["token"])}
        pair = {"client-certificate-data": "clientCertificateData", "client-key-data": "clientKeyData"}
        return {key: base64.b64encode(str(self._status[field]).encode()).decode() for key, field in pair.items()}

    def _expired(self) -> bool:
        given = self._status.get("expirationTimestamp")
        return bool(given) and datetime.fromisoformat(str(given)) - _EARLY <= datetime.now(UTC)

    def _run(self) -> dict[str, Any]:
        argv = [self._command(), *map(str, self._entry.get("args") or ())]
        added = {str(item["name"]): str(item["value"]) for item in self._entry.get("env") or ()}
        environment = os.environ | added | {"KUBERNETES_EXEC_INFO": json.dumps(self._info())}
        try:
            ran = _run(argv, environment)
        except subprocess.TimeoutExpired as error:
            details = (error.stderr or b"").decode("utf-8", "replace")
            raise self._unfit(f"it had not ended after {timeouts.CREDENTIAL.s:g} s", details) from error
        except OSError as error:
            hint = str(self._entry.get("installHint") or "")
            raise self._unfit(f"it cannot be started: {error.strerror}", hint) from error
        if ran.returncode:
            raise self._unfit(f"it exited with code {ran.returncode}", ran.stderr)
        return self._parse(ran.stdout, ran.stderr)

    def _parse(self, stdout: str, stderr: str) -> dict[str, Any]:
        try:
            status = json.loads(stdout)["status"]
        except (ValueError, KeyError, TypeError) as error:
            raise self._unfit("what it printed is no ExecCredential", stderr) from error
        if not isinstance(status, dict) or not (
            "token" in status or {"clientCertificateData", "clientKeyData"} <= status.keys()
        ):
            raise self._unfit("its ExecCredential has neither a token nor a certificate with its key", stderr)
        return status

    def _command(self) -> str:
        command = str(self._entry.get("command") or "")
        return str(self._folder / command) if "/" in command else command

    def _info(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"interactive": False}
        if self._entry.get("provideClusterInfo"):
            spec["cluster"] = dict(self._cluster)
        return {"apiVersion": self._entry.get("apiVersion"), "kind": "ExecCredential", "spec": spec}

    def _unfit(self, observed: str, details: str = "") -> EnvironmentUnfit:
        return EnvironmentUnfit(
            f"the kubeconfig's credential plugin {self._entry.get('command')!r} gave no credential",
            expected=f"an ExecCredential within {timeouts.CREDENTIAL.s:g} s",
            observed=observed,
            details="\n".join(f"  {line}" for line in details.strip().splitlines()[-5:]),
        )


def _run(argv: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return what became of a program; where it takes too long, all that it has started has ended with it."""
    with subprocess.Popen(
        argv,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as program:
        try:
            stdout, stderr = program.communicate(timeout=timeouts.CREDENTIAL.s)
        except BaseException:
            os.killpg(program.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(argv, program.returncode, stdout, stderr)
