"""
Which images an embedded cluster can have, said before it is asked to run them.

Problem: a pod whose image is nowhere waits for it until somebody gives up. Solution: what there is stands in tables, so
that a specification can be tagged with what its images need.
"""

from __future__ import annotations

from harness.cluster.embedded.images import SPECIFICATION_IMAGES
from harness.cluster.embedded.servers import IMAGES

__all__ = ["full_reference", "need_of", "offered"]

_REGISTRY, _LIBRARY, _LATEST = "docker.io", "library", "latest"


def offered() -> tuple[str, ...]:
    """Return all images that can be had without a registry."""
    return (*SPECIFICATION_IMAGES, *IMAGES)


def need_of(image: str, policy: str = "") -> str:
    """
    Return the capability that an image needs of a cluster, empty where each has it.

    `policy` is the container's imagePullPolicy: who always pulls needs a registry for any image.
    """
    name = full_reference(image)
    always = policy == "Always" or (not policy and name.endswith(f":{_LATEST}"))
    if always or name not in offered():
        return "needs_registry"
    return "needs_servers" if name in IMAGES else ""


def full_reference(image: str) -> str:
    """Return the reference with what container runtimes fill in: `nginx` is `docker.io/library/nginx:latest`."""
    first, slash, _ = image.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        path = image if slash else f"{_LIBRARY}/{image}"
        image = f"{_REGISTRY}/{path}"
    tagged = "@" in image or ":" in image.rpartition("/")[2]
    return image if tagged else f"{image}:{_LATEST}"
