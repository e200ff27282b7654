"""One answer to one question about a name, and its place in the history."""

from __future__ import annotations

from dataclasses import dataclass

from harness.history.observation import ANSWER, Observation, Verb
from harness.history.recorder import Recorder

__all__ = ["Reply", "record_reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a server answered.

    `rcode` is the DNS code as text: NOERROR, NXDOMAIN (there is no such name), SERVFAIL… `records` holds those of the
    type asked for, sorted, names without their final dot: an address, a name, for SRV `PRIORITY WEIGHT PORT TARGET`.
    `viewpoint` is `service` (what clients of the cluster's DNS get) or `pod` (with its search paths). `took_s` is in
    seconds.
    """

    question: str
    type: str
    rcode: str
    records: tuple[str, ...]
    server: str
    took_s: float = 0.0
    viewpoint: str = "service"

    @property
    def nodata(self) -> bool:
        """Whether the name exists, but has no record of this type."""
        return self.rcode == "NOERROR" and not self.records


def record_reply(recorder: Recorder, reply: Reply) -> Observation:
    """Return the record of an answer, found by the name that was asked for."""
    data = {
        "question": reply.question,
        "type": reply.type,
        "server": reply.server,
        "viewpoint": reply.viewpoint,
        "rcode": reply.rcode,
        "records": list(reply.records),
        "took": reply.took_s,
    }
    return recorder.record(ANSWER, Verb.DONE, name=reply.question, data=data)
