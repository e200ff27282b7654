"""One thread that follows one client's log, through broken connections, restarts and new pods, into the record."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from harness.app_container import app_name, app_status
from harness.errors import Forbidden, Invalid, KubeError, NotFound, Unauthorized
from harness.history.history import History
from harness.history.object_tracker import Sink
from harness.history.observation import SAMPLE, Verb
from harness.history.sampling import CLIENT_LABEL, SampleFilter, read_sample
from harness.kube.api import Api
from harness.kube.log import LogLine
from harness.model import Object

__all__ = ["LogTailer"]

_PAUSE_S = 0.3
"""Seconds between two attempts to read a log that has ended or broken off."""
_REMEMBERED = 2000
"""How many of the newest lines are remembered, so that none is taken twice: more than any client prints in seconds."""


class Record(Sink, Protocol):
    """Where samples go, and the record of the pods that print them."""

    @property
    def history(self) -> History:
        """The history as it is."""

    @property
    def epoch(self) -> float:
        """When the history began, in seconds since 1970."""


class LogTailer(threading.Thread):
    """
    Records every line of a client once, until it is stopped or meets what it cannot go past, kept as `failure`.

    `changed` guards the record. `heard`: the `at`, at the earliest, of the newest line; None before the first.
    """

    def __init__(self, api: Api, namespace: str, client: str, record: Record, changed: threading.Condition) -> None:
        super().__init__(name=f"follow client {client}", daemon=True)
        self.client = client
        self.failure: Exception | None = None
        self.trouble = ""
        self.heard: float | None = None
        self._api, self._namespace = api.fork(), namespace
        self._record, self._changed = record, changed
        self._stopped = threading.Event()
        self._fold = SampleFilter()
        self._skew = float("inf")
        self._seen: OrderedDict[LogLine, None] = OrderedDict()
        self._run: tuple[str, int] = ("", 0)
        self._since = ""
        self._was_ready = False

    def run(self) -> None:
        """Follow the client; returns once stopped or failed."""
        try:
            while not self._stopped.is_set():
                self._attempt()
                self._stopped.wait(_PAUSE_S)
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the record
            if not self._stopped.is_set():
                with self._changed:
                    self.failure = error
                    self._changed.notify_all()
        finally:
            self._api.close()

    def stop(self) -> None:
        """End the thread soon, whatever it waits for."""
        self._stopped.set()
        self._api.abort()

    def flush(self) -> None:
        """Record the newest sample of whatever was left out; the record is complete up to `heard` then."""
        for sample, clock, same in self._fold.flush():
            self._note(sample.facts(), clock, same)

    def _attempt(self) -> None:
        """Read the log of the client's present pod to its end; what another attempt may cure is no failure."""
        pod = self._pod()
        if pod is None:
            self.trouble = f'no pod of client "{self.client}" runs'
            return
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        container = app_name(pod)
        run = (uid, _restarts(pod))
        try:
            if run[0] != self._run[0]:
                self._since = ""  # another pod may be on a node whose clock is behind
            elif run[1] > self._run[1]:
                self._read_former(name, container)
            self._run = run
            self._read(name, container)
            self.trouble = f'the log of client "{self.client}" has ended'
        except (Unauthorized, Forbidden) as error:
            if self._was_ready or self.heard is None:  # see Stream
                raise
            self._was_ready, self.trouble = self._api.is_ready(), str(error)
        except KubeError as error:
            self.trouble = str(error)

    def _read_former(self, pod: str, container: str) -> None:
        """Read what is left of the run before the present one, where the node still has it."""
        try:
            self._read(pod, container, previous=True)
        except (Invalid, NotFound) as error:
            self.trouble = str(error)

    def _read(self, pod: str, container: str, *, previous: bool = False) -> None:
        lines = self._api.follow_log(pod, self._namespace, container, since=self._since, previous=previous)
        self.trouble, self._was_ready = "", False
        for line in lines:
            with self._changed:
                self._take(line)
                self._changed.notify_all()

    def _take(self, line: LogLine) -> None:
        if line in self._seen:
            return
        self._seen[line] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        self._since = line.stamp
        sample = read_sample(line.text, self.client)
        clock = line.instant - self._record.epoch
        self._skew = min(self._skew, self._record.now - clock)
        self.heard = max(self.heard or 0.0, clock + self._skew)
        if sample is None:
            return
        hole = self._fold.hole(sample, clock)
        if hole is not None:
            data = {"since": hole + self._skew, "kind": sample.kind, "subject": sample.subject}
            self._record.record(SAMPLE, Verb.GAP, name=self.client, uid=self._run[0], data=data)
        same = self._fold.take(sample, clock)
        if same is not None:
            self._note(sample.facts(), clock, same)

    def _note(self, facts: dict[str, object], clock: float, same: int) -> None:
        data = facts | {"clock": round(clock, 6), "same": same}
        self._record.record(SAMPLE, Verb.DONE, name=self.client, data=data)

    def _pod(self) -> Object | None:
        """Return the newest pod of the client whose container has begun."""
        with self._changed:
            lives = [life for life in self._record.history.incarnations("Pod") if life.deleted is None]
        pods = [life.last.data for life in lives if _client(life.last.data) == self.client]
        begun = [pod for pod in pods if _began(pod)]
        return max(begun, key=lambda pod: str(pod["metadata"].get("creationTimestamp", ""))) if begun else None


def _client(pod: Object) -> str:
    return str((pod["metadata"].get("labels") or {}).get(CLIENT_LABEL, ""))


def _began(pod: Object) -> bool:
    return bool(app_status(pod).get("state", {}).keys() & {"running", "terminated"} or _restarts(pod))


def _restarts(pod: Object) -> int:
    return int(app_status(pod).get("restartCount", 0))
