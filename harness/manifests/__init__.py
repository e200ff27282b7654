"""
What the user wrote about a system: YAML files, made into objects that know their file and line.

Belongs here: reading, rendering, checking, editing, placing into a scenario's namespace, order, the server's refusals
in terms of the file. Does not belong here: requests to a cluster (see `harness.scenario.scenario_actions`).
"""
