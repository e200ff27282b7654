"""One thread that follows one kind of object: list, watch from there, and again from the last version known."""

from __future__ import annotations

import secrets
import threading
import time

from harness.errors import Expired, Forbidden, Invalid, KubeError, NotFound, Unauthorized, Unreachable
from harness.history.object_tracker import ObjectTracker
from harness.kube.api import Api
from harness.model import Kind

__all__ = ["FATAL", "Backoff", "Reflector"]

FATAL = (Unauthorized, Forbidden, NotFound, Invalid)
"""Refusals that another attempt would meet again: the credentials do not allow it, or there is no such kind."""

_FIRST_PAUSE_S = 0.8
"""Seconds; this and the next are those of client-go's reflector (reflector.go, backoffManager)."""
_LONGEST_PAUSE_S = 30.0
"""Seconds, as client-go's."""
_SOONEST_PAUSE_S = 0.1
"""Seconds, where nobody answers at all: a restarted server is to be heard from its first moment on."""
_GROWTH_WHILE_AWAY = 1.1
"""Factor: after a minute without a server there is a question every six seconds."""
_HEALTHY_S = 30.0
"""Seconds that a watch must have lasted for the trouble before it to be over."""
_SHORTEST_WATCH_S = 1.0
"""A watch that ends sooner, even normally, is followed by a pause: some servers do nothing but hang up."""


class Backoff:
    """
    Pauses between attempts: 0.8 s to 30 s, doubling, each with jitter; from the start after 30 healthy seconds.

    A server that does not answer at all is away, not in trouble: it is asked again from 0.1 s on, each pause about a
    tenth of the time that it has been away, so that little happens unseen between its return and ours. One that no
    longer serves a version is asked for a new list at once, for the same reason; if it goes on so, after a pause.
    """

    def __init__(self) -> None:
        self._next_s, self._soon_s = _FIRST_PAUSE_S, _SOONEST_PAUSE_S
        self._expired = False
        self._random = secrets.SystemRandom()

    def pause_s(self, lasted_s: float, error: KubeError | None) -> float:
        """Return how long to wait after an attempt that lasted this long and ended in this error, or in none."""
        away = isinstance(error, Unreachable) and not error.status
        if lasted_s >= _HEALTHY_S:
            self._next_s = _FIRST_PAUSE_S
        if lasted_s >= _HEALTHY_S or not away:
            self._soon_s = _SOONEST_PAUSE_S
        first = isinstance(error, Expired) and not self._expired
        self._expired = isinstance(error, Expired)
        if first:
            return 0.0
        if away:
            pause_s = self._soon_s * (1 + self._random.random() / 2)
            self._soon_s *= _GROWTH_WHILE_AWAY
            return min(pause_s, _LONGEST_PAUSE_S)
        if error is None and lasted_s >= _SHORTEST_WATCH_S:
            return 0.0
        wanted_s = max(self._next_s * (1 + self._random.random()), (error and error.retry_after_s) or 0.0)
        self._next_s = min(self._next_s * 2, _LONGEST_PAUSE_S)
        return min(wanted_s, _LONGEST_PAUSE_S)


class Reflector(threading.Thread):
    """
    Keeps a tracker up to date until it is stopped or meets a refusal that is fatal, which it keeps as `failure`.

    `changed` guards the tracker and is notified after each message. `trouble` says what is wrong at the moment.
    """

    def __init__(
        self, api: Api, kind: Kind, namespace: str | None, tracker: ObjectTracker, changed: threading.Condition
    ):
        super().__init__(name=f"watch {kind.plural}", daemon=True)
        self.kind = kind
        self.namespace = namespace if kind.namespaced else None
        self.tracker = tracker
        self.listed = False
        self.failure: Exception | None = None
        self.trouble = ""
        self._api = api.fork()
        self._changed = changed
        self._stopped = threading.Event()
        self._version = ""
        self._was_ready = False

    def run(self) -> None:
        """Follow the kind; returns once stopped or failed."""
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the record
            if not self._stopped.is_set():
                self._fail(error)
        finally:
            self._api.close()

    def stop(self) -> None:
        """End the thread soon, whatever it waits for."""
        self._stopped.set()
        self._api.abort()

    def _run(self) -> None:
        backoff = Backoff()
        failures = 0
        while not self._stopped.is_set():
            began = time.monotonic()
            error = self._attempt()
            lasted_s = time.monotonic() - began
            failures = failures + 1 if error and lasted_s < _HEALTHY_S else int(error is not None)
            self.trouble = f"{error} ({failures} times in a row)" if error else ""
            self._stopped.wait(backoff.pause_s(lasted_s, error))

    def _attempt(self) -> KubeError | None:
        """Follow the kind until the server ends the watch; return the error that another attempt may cure."""
        try:
            if not self._version:
                self._list()
            watch = self._api.watch(self.kind, self.namespace, self._version)
            self.trouble, self._was_ready = "", False
            for event in watch:
                with self._changed:
                    self._version = self.tracker.happened(event["type"], event["object"])
                    self._changed.notify_all()
        except (Unauthorized, Forbidden) as error:
            # A server that starts refuses everybody but system:masters until it has read who may do what.
            if self._was_ready or not self.listed:
                raise
            self._was_ready = self._api.is_ready()
            return error
        except FATAL:
            raise
        except Expired as error:
            self._version = ""
            return error
        except KubeError as error:
            return error
        return None

    def _list(self) -> None:
        """
        Take note of a list. The first may be as old as the server's cache is: all that came later, the watch tells.

        Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list (`0`: Any).
        """
        listing = self._api.list(self.kind, self.namespace, resource_version=None if self.listed else "0")
        with self._changed:
            self.tracker.listed(listing.items)
            self._version = listing.resource_version
            self.listed = True
            self._changed.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self.failure = error
            self._changed.notify_all()
