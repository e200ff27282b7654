"""
What happened: one append-only record per scenario, made by watching.

Belongs here: observations, the recorder that makes them, gaps, storage, queries by kind, name and time.
Does not belong here: any opinion about what should have happened (see `harness.promises`).
"""
