"""
What names resolve to, seen through the cluster's DNS service and from inside a pod.

Belongs here: spelling of names, asking servers, reading what a pod prints; the only door to dnspython. Does not belong
here: an opinion about answers (see `harness.promises.dns`).
"""
