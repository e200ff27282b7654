"""
What is done to a system on purpose: deletions, evictions, scaling, a pod made unready, a node closed.

Belongs here: one function per event, recorded as an ACTION, and its healing; commands run in a container, recorded as
OUTPUT. Does not belong here: waiting for what comes of it (see `harness.scenario.judge`), applying manifests (see
`harness.scenario.sandbox`).
"""
