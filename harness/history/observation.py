"""One entry of a history: what was seen, when, and of which object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["ACTION", "ANSWER", "OUTPUT", "SAMPLE", "SERVER", "STEP", "Observation", "Verb"]

STEP = "step"
"""Topic of the marks that the run of a Gherkin step leaves."""
ACTION = "action"
"""Topic of our own writes: who deleted, scaled or applied what."""
ANSWER = "answer"
"""Topic of DNS answers."""
OUTPUT = "output"
"""Topic of what a command inside a container printed."""
SAMPLE = "sample"
"""Topic of what a client in the cluster tells of the service it gets (see `harness.history.sampling`)."""
SERVER = "server"
"""Topic of what the API server says of itself: when recording begins, and after each upgrade."""


class Verb(StrEnum):
    """What an observation says of its object."""

    LISTED = "listed"
    """The object was there when watching began."""
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    """`data` is the object as it was last."""
    GAP = "gap"
    """
    With a uid: this object changed while nobody watched. Without: the stream was interrupted, so that an object
    unknown to us may have lived meanwhile. `data` holds `since`: the `at` of the last thing known before.
    """
    SYNCED = "synced"
    """
    The stream has delivered all that a fresh list showed. `data` holds `asked`: the `at` when the list was
    requested; `lag`: seconds from the list's answer until the stream had caught up with it.
    """
    BEGAN = "began"
    ENDED = "ended"
    """A step began or ended."""
    DONE = "done"
    """An action of ours was answered by the server, a question was answered, a command has run."""


@dataclass(frozen=True, slots=True)
class Observation:
    """
    One thing seen, never changed afterwards.

    `seq` is dense from 0 in order of arrival; `at` is in seconds of the monotonic clock since the history began, and
    decides every duration; `wall` is an ISO-8601 UTC instant for display. `topic` is an object kind (`Pod`) or one of
    STEP, ACTION, ANSWER, OUTPUT, SAMPLE, SERVER. `data` is the raw, redacted object, or the facts of the topic:

    - STEP: `text`, `keyword`, `line`, on ENDED also `outcome`
    - ACTION: `verb` (create, apply, patch, delete, evict, scale …), `kind`, `uid` of the target, `generation` that the
      server gave (a delete has none), `grace` where given; of a fault that lasts `until`: the verb that ends it
    - ANSWER: `question`, `type`, `server`, `viewpoint` (`service` or `pod`), `rcode`, `records` (list of texts)
    - OUTPUT: `pod_uid`, `container`, `argv`, `code`, `stdout`, `stderr`, `began`: the `at` of its start
    - SAMPLE: `kind` (`answer`, `name` or `write`), `subject`, `outcome`, `detail`; `clock`: the client's own time in
      seconds since the history began; `same`: how many equal samples since the last recorded one were left out
    - SERVER: its name is the version, as `v1.36.3`; `on`: the feature gates that are on, None where it does not say
    """

    seq: int
    at: float
    wall: str
    topic: str
    verb: Verb
    name: str = ""
    uid: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def resource_version(self) -> str:
        """The object's resourceVersion, empty for what is not an object."""
        return str(self.data.get("metadata", {}).get("resourceVersion", ""))

    @property
    def is_state(self) -> bool:
        """Whether `data` shows an object as it was at this moment."""
        return self.verb in (Verb.LISTED, Verb.ADDED, Verb.MODIFIED, Verb.DELETED)
