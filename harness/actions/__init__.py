"""
What is done to a system on purpose: deletions, evictions, scaling, a pod made unready, a node closed.

Belongs here: one function per event, recorded as an ACTION, and its healing; commands run in a container, recorded as
OUTPUT. Does not belong here: waiting for what comes of it (see `harness.scenario.judge`), applying manifests (see
`harness.scenario.scenario_actions`).

A fault that lasts says how long: its ACTION carries `until`, the verb of the ACTION about the same kind and name that
ends it, as in `record_action(target, "cordon", "Node", node, until="uncordon")`. Reports draw the fault as a band from
the one to the other, or to the end of the record. Healings record their ACTION too.
"""
