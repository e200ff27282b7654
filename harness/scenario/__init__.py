"""
The life of one scenario: its run on a cluster or recording, what its steps may do, the judge of what came of it.

Belongs here: what a step may call. Does not belong here: Gherkin, pytest, wording of steps (see `harness.plugin`,
`steps`).
"""
