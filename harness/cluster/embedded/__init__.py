"""
A real Kubernetes made of plain processes, without a container engine.

Belongs here: where its programs and images come from, and the making and removing of processes, namespaces, links,
cgroups and folders. `lifecycle` is the door: up, down, status. Does not belong here: what the cluster is used for.
"""
