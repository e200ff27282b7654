"""
The life of one scenario: the stage it plays on, the sandbox its events happen in, the judge that says what came of it.

Belongs here: what a step may call. Does not belong here: Gherkin, pytest, wording of steps (see `harness.plugin`,
`steps`).
"""
