"""
Clusters: start one or attach to one, and say what it can do.

Belongs here: the interface every cluster has (`provider`), the guard that keeps the harness off clusters that are
not for testing (`guard`), attaching to a kubeconfig's context (`context`), having one made by a program of this
machine (`providers`), and a real Kubernetes made of plain processes (`embedded`). Does not belong here: requests about
the application under test (`harness.kube`).
"""
