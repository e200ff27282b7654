"""Makes the history of one scenario: watches every kind that matters and takes down what others report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_before_delay, wait_fixed

from harness import timeouts
from harness.errors import Forbidden, KubeError, TooManyRequests, Unauthorized, Unreachable
from harness.history.history import History
from harness.history.log_tailer import LogTailer
from harness.history.object_tracker import ObjectFilter, ObjectTracker
from harness.history.observation import SAMPLE, Observation, Verb
from harness.history.reflector import Reflector
from harness.kube.api import Api
from harness.model import KINDS, Object

__all__ = ["Recorder"]

_STOP_S = 1.0
"""Seconds that an end waits for threads that sit in the kernel; their connections are broken already."""
_PROOF_PAUSE_S = 0.1
"""Seconds before a proof is asked for again, of a server that has refused it or was not there."""


class Recorder:
    """
    Watches one namespace, and of the cluster-wide kinds what `keep` lets through, into one history.

    `required` and `optional` are names of KINDS. A refusal to watch a required kind is raised to whoever waits; of an
    optional one it is kept in `notes`. `keep`: kind → filter; by default volumes count where a claim of this namespace
    has them. Safe to use from several threads at once.
    """

    def __init__(
        self,
        api: Api,
        namespace: str,
        required: Iterable[str],
        optional: Iterable[str] = (),
        *,
        keep: Mapping[str, ObjectFilter] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.history = History()
        self.epoch = time.time()
        """When the history began, in seconds since 1970."""
        self._api, self._namespace = api, namespace
        self._clock, self._origin = clock, clock()
        self._changed = threading.Condition()
        self._required = tuple(required)
        filters = {"PersistentVolume": _claimed_in(namespace)} | dict(keep or {})
        self._streams = {
            name: self._reflector(name, filters.get(name, _everything)) for name in (*self._required, *optional)
        }
        self._followers: dict[str, LogTailer] = {}

    @property
    def now(self) -> float:
        """Seconds since the history began."""
        return self._clock() - self._origin

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the kinds that are recorded at the moment."""
        return tuple(name for name, stream in self._streams.items() if not stream.failure)

    @property
    def failure(self) -> Exception | None:
        """Why a required kind, or a client, is no longer recorded; None while all are."""
        sources: list[Reflector | LogTailer] = [
            *(self._streams[name] for name in self._required),
            *self._followers.values(),
        ]
        return next((source.failure for source in sources if source.failure), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the streams at the moment, one sentence per source; empty while all is well."""
        sources: dict[str, Reflector | LogTailer] = {**self._streams}
        sources |= {f"client {name}": follower for name, follower in self._followers.items()}
        troubles = ((name, source.failure or source.trouble) for name, source in sources.items())
        return tuple(f"{name}: {trouble}" for name, trouble in troubles if trouble)

    def start(self, timeout_s: float | None = None) -> None:
        """
        Start watching; every kind is listed once this returns, but for optional ones that were refused.

        Raises the KubeError of a required kind that was refused, or Unreachable if the lists take longer than this.
        """
        within_s = timeouts.LISTS.s if timeout_s is None else timeout_s
        for stream in self._streams.values():
            stream.start()
        with self._changed:
            ready = self._changed.wait_for(lambda: bool(self.failure) or self._all_listed(), within_s)
        if self.failure or not ready:
            self.stop()
            reasons = "; ".join(self.notes) or "the server has not answered"
            raise self.failure or Unreachable(f"watching did not begin within {within_s:g} s: {reasons}")

    def stop(self) -> None:
        """End all watches; their threads have ended when this returns, or end by themselves soon."""
        deadline = time.monotonic() + _STOP_S
        streams: tuple[Reflector | LogTailer, ...] = (*self._streams.values(), *self._followers.values())
        for stream in streams:
            stream.stop()
        for stream in streams:
            if stream.ident is not None:
                stream.join(max(0.0, deadline - time.monotonic()))

    def follow(self, client: str) -> None:
        """Have what a client prints recorded from now on, as soon as a pod of it runs; nothing where it is already."""
        if client not in self._followers:
            follower = LogTailer(self._api, self._namespace, client, self, self._changed)
            self._followers = {**self._followers, client: follower}  # others may be reading the former one
            follower.start()

    def watch(self, kinds: Iterable[str], timeout_s: float | None = None) -> None:
        """
        Have these kinds recorded as well from now on; they are listed once this returns.

        Raises the KubeError of a kind that was refused, or Unreachable if the lists take longer than this.
        """
        within_s = timeouts.LISTS.s if timeout_s is None else timeout_s
        new = {name: self._reflector(name, _everything) for name in kinds if name not in self._streams}
        self._streams = {**self._streams, **new}  # others may be reading the former ones
        for stream in new.values():
            stream.start()
        with self._changed:
            ready = self._changed.wait_for(
                lambda: all(stream.listed or stream.failure for stream in new.values()), within_s
            )
        failure = next((stream.failure for stream in new.values() if stream.failure), None)
        if failure or not ready:
            raise failure or Unreachable(f"{', '.join(new)} could not be listed within {within_s:g} s")

    def _reflector(self, name: str, keep: ObjectFilter) -> Reflector:
        return Reflector(self._api, KINDS[name], self._namespace, ObjectTracker(name, self, keep), self._changed)

    def record(
        self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: Mapping[str, Any] | None = None
    ) -> Observation:
        """Return the observation that was appended to the history; everyone who waits is woken."""
        wall = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._changed:
            observation = Observation(self.history.end, self.now, wall, topic, verb, name, uid, data or {})
            self.history.append(observation)
            self._changed.notify_all()
        return observation

    def wait(self, seen_end: int, timeout_s: float) -> int:
        """
        Return the history's end as soon as it is beyond `seen_end`, or the same end when the time is over.

        Raises the KubeError of a required kind that can no longer be watched, the BadInput of a client that prints
        what is no sample.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self.failure) or self.history.end > seen_end, timeout_s)
        if self.failure:
            raise self.failure
        return self.history.end

    def confirm_fresh(self, kinds: Iterable[str], timeout_s: float | None = None) -> float:
        """
        Return the moment of asking, once each kind was listed anew and its stream has caught up with that list.

        Of SAMPLE this is so once every client has told something later than the moment of asking.

        The kinds are asked for at the same time. Each that has gets a SYNCED observation; one that has not within
        `timeout_s` gets none. What came and went between two lists is proved only as far as streams deliver in order.
        A server that is away is asked again as long as there is time. Raises like `wait`, and Unauthorized or Forbidden
        where listing is refused.
        """
        asked = self.now
        within_s = timeouts.PROOF.s if timeout_s is None else timeout_s
        deadline, names = time.monotonic() + within_s, tuple(kinds)
        with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
            for proof in [pool.submit(self._confirm_kind, name, deadline) for name in names]:
                proof.result()
        if self.failure:
            raise self.failure
        return asked

    def _confirm_kind(self, name: str, deadline: float) -> None:
        if name == SAMPLE:
            self._confirm_samples(deadline)
        else:
            self._confirm_stream(self._streams[name], deadline)

    def _confirm_stream(self, stream: Reflector, deadline: float) -> None:
        try:
            asked, known, items = self._list_within(stream, deadline)
        except (Unauthorized, Forbidden):
            raise
        except KubeError:
            return  # without proof the judge says inconclusive
        answered = self.now
        states = [(item["metadata"]["uid"], item["metadata"]["resourceVersion"]) for item in items]
        absent = known - {uid for uid, _ in states}
        with self._changed:
            caught_up = self._changed.wait_for(
                lambda: bool(stream.failure) or stream.tracker.shows(states, absent),
                max(0.0, deadline - time.monotonic()),
            )
            if caught_up and not stream.failure:
                stream.tracker.proved(asked)
                lag = self.now - answered
                self.record(stream.kind.name, Verb.SYNCED, data={"asked": asked, "lag": lag})

    def _confirm_samples(self, deadline: float) -> None:
        asked, followers = self.now, self._followers.values()
        with self._changed:
            heard = self._changed.wait_for(
                lambda: bool(self.failure) or all(one.heard is not None and one.heard >= asked for one in followers),
                max(0.0, deadline - time.monotonic()),
            )
            for one in followers:
                one.flush()
            if heard and not self.failure:
                self.record(SAMPLE, Verb.SYNCED, data={"asked": asked, "lag": 0.0})

    def _list_within(self, stream: Reflector, deadline: float) -> tuple[float, set[str], tuple[Object, ...]]:
        """Return when a list was asked for, what was known then, and the list; ask again while the server is away."""

        def ask() -> tuple[float, set[str], tuple[Object, ...]]:
            with self._changed:
                asked, known = self.now, set(stream.tracker.known)
            left_s = max(0.1, deadline - time.monotonic())
            return asked, known, self._api.list(stream.kind, stream.namespace, timeout_s=left_s).items

        retrying = Retrying(
            retry=retry_if_exception_type((Unreachable, TooManyRequests)),
            wait=wait_fixed(_PROOF_PAUSE_S),
            stop=stop_before_delay(max(0.0, deadline - time.monotonic())),
            reraise=True,
        )
        return retrying(ask)

    def _all_listed(self) -> bool:
        return all(stream.listed or stream.failure for stream in self._streams.values())


def _everything(_item: Object) -> bool:
    return True


def _claimed_in(namespace: str) -> ObjectFilter:
    def claimed(item: Object) -> bool:
        claim = (item.get("spec") or {}).get("claimRef") or {}
        return bool(claim.get("namespace") == namespace)

    return claimed
