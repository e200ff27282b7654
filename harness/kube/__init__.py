"""
The only door to the Kubernetes client: raw dictionaries in, raw dictionaries out, every refusal a `KubeError`.

Belongs here: connecting, reading, writing, watching, exec, port-forward and what the server's answers mean.
Does not belong here: retries, waiting, or any knowledge of what an object should look like.
"""
