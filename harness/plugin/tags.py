"""The tags that features may carry, and what each means; every one is registered as a pytest marker."""

from __future__ import annotations

from harness.cluster.provider import CAPABILITIES

__all__ = ["KNOWN_BROKEN", "TAGS"]

KNOWN_BROKEN = "known_broken"

TAGS = {
    **CAPABILITIES,
    KNOWN_BROKEN: "Kubernetes itself breaks this promise, as its control tells; red where it is kept after all",
    "exclusive": "hurts its neighbours (nodes, control plane, cluster DNS): nothing else of the run runs meanwhile",
    "upstream": "says a case of upstream's own tests; `statefulspec coverage` tells which",
    "slow": "takes more than a minute on a healthy cluster",
}
