"""
What is kept of a scenario that failed, before it is cleaned up: objects, warnings, container states, logs.

Belongs here: collecting, cleaning of what strangers wrote, files. Does not belong here: how a failure is shown (see
`harness.reports`), what was recorded (see `harness.history`).
"""
