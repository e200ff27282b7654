"""
Real kind on a machine that reaches no registry: its node image, and an engine that the machine does not notice.

The image is assembled from the pinned programs of the embedded cluster, from kind's own sources in the Go module cache
and from Debian's packages; the engine is Debian's Docker in namespaces that end with the run. `ci/kind` is the way in.
"""
